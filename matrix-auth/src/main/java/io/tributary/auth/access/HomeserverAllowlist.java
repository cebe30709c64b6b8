package io.tributary.auth.access;

import io.tributary.auth.matrix.ServerName;
import java.util.LinkedHashSet;
import java.util.Set;

/// Homeservers whose users have full access; everybody else is restricted. Names are Matrix server names, port included
/// where the users' ids have one; they are not the host names that those servers run on.
public final class HomeserverAllowlist implements AccessPolicy {
    private static final String RULE = "full_access_homeservers";

    private final boolean everybody;
    private final Set<ServerName> servers;

    private HomeserverAllowlist(boolean everybody, Set<ServerName> servers) {
        this.everybody = everybody;
        this.servers = Set.copyOf(servers);
    }

    /// Reads names parted by commas or spaces; `*` alone means everybody.
    ///
    /// @throws IllegalArgumentException saying which entry is no server name
    public static HomeserverAllowlist parse(String text) {
        Set<ServerName> servers = new LinkedHashSet<>();
        boolean star = false;
        int entries = 0;
        for (String entry : text.split("[,\\s]+", -1)) {
            if (entry.isEmpty()) {
                continue;
            }
            entries++;
            if (entry.equals("*")) {
                star = true;
                continue;
            }
            servers.add(ServerName.parse(entry)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "'" + entry + "' is no Matrix server name; write the part after the colon of a user id")));
        }
        if (star && entries > 1) {
            throw new IllegalArgumentException("'*' means every homeserver and stands alone");
        }
        return new HomeserverAllowlist(star, servers);
    }

    public boolean contains(ServerName server) {
        return everybody || servers.contains(server);
    }

    /// Those named, none for `*`.
    public Set<ServerName> servers() {
        return servers;
    }

    @Override
    public AccessDecision decide(AccessRequest request) {
        return AccessDecision.of(contains(request.homeserver()) ? Access.FULL : Access.RESTRICTED, RULE);
    }
}
