package io.tributary.auth.endpoint;

import io.tributary.auth.matrix.Network;
import io.tributary.transport.http.HttpRequest;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// Whose request it is, as far as addresses tell: the last one in the chain of proxies that isn't a trusted proxy.
/// Whatever stands further left was written by strangers.
final class SourceAddress {
    /// Addresses of one chain that are looked at.
    private static final int MAX_HOPS = 16;

    /// What a household or an office gets of IPv6; within it addresses are free.
    private static final int SITE_BYTES = 8;

    private SourceAddress() {}

    /// A name for the address, for counting.
    static String of(HttpRequest request, List<Network> trustedProxies) {
        InetAddress at = request.remote();
        List<String> hops =
                List.of(String.join(",", request.headers("X-Forwarded-For")).split(",", -1));
        for (int i = hops.size() - 1; i >= 0 && hops.size() - i <= MAX_HOPS && isProxy(at, trustedProxies); i--) {
            Optional<Network> hop = Network.parse(hops.get(i).strip());
            if (hop.isEmpty()) {
                break;
            }
            at = hop.get().address();
        }
        return site(at);
    }

    private static boolean isProxy(InetAddress address, List<Network> trusted) {
        return trusted.stream().anyMatch(network -> network.contains(address));
    }

    private static String site(InetAddress address) {
        return address instanceof Inet6Address
                ? Arrays.toString(Arrays.copyOf(address.getAddress(), SITE_BYTES))
                : address.getHostAddress();
    }
}
