package io.tributary.auth.matrix;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Where a stranger's server name may lead us. Whoever chooses the name chooses the address and the port, so without
/// rules this server would knock on doors of the operator's own network for them.
///
/// Documentation ranges pass: nobody lives there.
public final class AddressRules {
    /// What is not somebody's public address (RFC 6890 and successors).
    private static final List<Network> NOT_PUBLIC = List.of(
            Network.of("0.0.0.0/8"),
            Network.of("10.0.0.0/8"),
            Network.of("100.64.0.0/10"),
            Network.of("127.0.0.0/8"),
            Network.of("169.254.0.0/16"),
            Network.of("172.16.0.0/12"),
            Network.of("192.0.0.0/24"),
            Network.of("192.168.0.0/16"),
            Network.of("198.18.0.0/15"),
            Network.of("224.0.0.0/3"),
            // Teredo, ORCHID and their neighbours; 6to4, which carries an IPv4 address and nobody uses any more.
            Network.of("2001::/23"),
            Network.of("2002::/16"));

    /// The only IPv6 addresses that are handed out to anybody (RFC 4291 §2.4): loopback, unique local, link-local,
    /// multicast and mapped addresses all lie outside.
    private static final Network GLOBAL_UNICAST = Network.of("2000::/3");

    /// The way of machines without IPv4 to those without IPv6 (RFC 6052 §2.1). The IPv4 address in it is what counts.
    private static final Network NAT64 = Network.of("64:ff9b::/96");

    private static final int NAT64_PREFIX_BYTES = 12;

    /// Above the ports that need a privilege everything is a homeserver's good right, but for what is known to be
    /// something else: databases, caches, container daemons, desktops.
    private static final Set<Integer> NOT_HOMESERVERS = Set.of(
            1433, 1521, 2049, 2375, 2376, 2379, 2380, 3306, 3389, 5432, 5672, 5900, 5984, 6379, 6443, 6667, 9042, 9092,
            9200, 9300, 10250, 11211, 27017);

    private static final int HTTPS_PORT = 443;
    private static final int FIRST_UNPRIVILEGED_PORT = 1024;

    private final List<Network> allowed;

    /// @param allowed networks that pass although they are not public
    public AddressRules(List<Network> allowed) {
        this.allowed = List.copyOf(allowed);
    }

    public boolean allows(InetAddress address) {
        if (allowed.stream().anyMatch(network -> network.contains(address))) {
            return true;
        }
        if (address instanceof Inet4Address) {
            return isPublic(address);
        }
        if (NAT64.contains(address)) {
            return allows(embedded(address));
        }
        return GLOBAL_UNICAST.contains(address) && isPublic(address);
    }

    public static boolean allowsPort(int port) {
        return port == HTTPS_PORT || port >= FIRST_UNPRIVILEGED_PORT && !NOT_HOMESERVERS.contains(port);
    }

    private static boolean isPublic(InetAddress address) {
        return NOT_PUBLIC.stream().noneMatch(network -> network.contains(address));
    }

    private static InetAddress embedded(InetAddress nat64) {
        byte[] bytes = nat64.getAddress();
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, NAT64_PREFIX_BYTES, bytes.length));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }
}
