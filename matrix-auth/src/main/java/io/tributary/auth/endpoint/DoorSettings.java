package io.tributary.auth.endpoint;

import io.tributary.auth.access.Access;
import io.tributary.auth.access.AccessPolicy;
import io.tributary.auth.access.AccessRule;
import io.tributary.auth.access.FederatedPublish;
import io.tributary.auth.access.HomeserverAllowlist;
import io.tributary.auth.access.RuleListPolicy;
import io.tributary.auth.matrix.Network;
import io.tributary.auth.matrix.ServerName;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What an operator decides about the door.
///
/// @param sfuUrl where clients find the SFU, `wss://…`, given to them with each token
/// @param fullAccess homeservers whose users make rooms
/// @param rules come before `fullAccess`; may be empty
/// @param federatedPublish whether restricted users may publish
/// @param trustedServers where to ask a homeserver without looking for it: base URLs, http or https, on any address
/// @param allowedNetworks addresses that may be connected to although they are not public
/// @param trustedProxies networks whose `X-Forwarded-For` is believed
/// @param strictJson whether fields that are not known refuse a request
public record DoorSettings(
        String sfuUrl,
        HomeserverAllowlist fullAccess,
        List<AccessRule> rules,
        FederatedPublish federatedPublish,
        Map<ServerName, URI> trustedServers,
        List<Network> allowedNetworks,
        List<Network> trustedProxies,
        boolean strictJson,
        DoorLimits limits) {
    /// Proxies stand on the same machine or in the same private network. Whoever else is there is no stranger.
    public static final List<Network> USUAL_PROXIES = List.of(
            Network.of("127.0.0.0/8"),
            Network.of("::1"),
            Network.of("10.0.0.0/8"),
            Network.of("172.16.0.0/12"),
            Network.of("192.168.0.0/16"),
            Network.of("fc00::/7"));

    public DoorSettings {
        rules = List.copyOf(rules);
        trustedServers = Map.copyOf(trustedServers);
        allowedNetworks = List.copyOf(allowedNetworks);
        trustedProxies = List.copyOf(trustedProxies);
        trustedServers.forEach((server, base) -> {
            boolean web = "http".equalsIgnoreCase(base.getScheme()) || "https".equalsIgnoreCase(base.getScheme());
            // Names with an underscore are no host names to java.net.URI.
            if (!web || base.getHost() == null) {
                throw new IllegalArgumentException(
                        "'" + base + "' for " + server + " is no http or https URL of a host");
            }
        });
    }

    /// The defaults around what has none.
    public static DoorSettings of(String sfuUrl, HomeserverAllowlist fullAccess) {
        return new DoorSettings(
                sfuUrl,
                fullAccess,
                List.of(),
                FederatedPublish.NEVER,
                Map.of(),
                List.of(),
                USUAL_PROXIES,
                false,
                DoorLimits.usual());
    }

    /// The shipped policies, as configured.
    public AccessPolicy policy() {
        return rules.isEmpty() ? fullAccess : new RuleListPolicy(rules, fullAccess);
    }

    /// Homeservers that the operator named, and not to keep them out: they have no rate, and outbound connections of
    /// their own.
    Set<ServerName> knownServers() {
        Set<ServerName> known = new HashSet<>(fullAccess.servers());
        known.addAll(trustedServers.keySet());
        known.addAll(federatedPublish.allowlist().servers());
        rules.stream()
                .filter(rule -> rule.access() != Access.DENIED)
                .map(AccessRule::homeserver)
                .map(ServerName::parse) // a pattern is none
                .flatMap(Optional::stream)
                .forEach(known::add);
        return known;
    }
}
