package io.tributary.load.call;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// The server under load, and the fence around it: nothing is sent to an address that is neither a loopback address nor
/// named by whoever started the run, whatever a candidate of the server's says.
///
/// @param url of the server's HTTP and WebSocket port, `ws://…`
/// @param local of this machine, towards the server
/// @param allowed besides loopback
public record Target(URI url, Inet4Address local, Set<InetAddress> allowed) {
    private static final int ANY_PORT = 7880;

    /// Resolves the URL and finds the way to it.
    ///
    /// @throws IOException when the host cannot be found, is not IPv4 or is not one that may be loaded
    public static Target of(URI url, Set<InetAddress> allowed) throws IOException {
        String host = url.getHost();
        if (host == null || !Set.of("ws", "wss").contains(url.getScheme())) {
            throw new IOException(url + " is no address of a server; it should read ws://127.0.0.1:7880");
        }
        List<Inet4Address> addresses = new ArrayList<>();
        for (InetAddress address : InetAddress.getAllByName(host)) {
            if (address instanceof Inet4Address four) {
                addresses.add(four);
            }
        }
        if (addresses.isEmpty()) {
            throw new IOException(host + " has no IPv4 address, and the generator speaks IPv4 only");
        }
        for (Inet4Address address : addresses) {
            if (!address.isLoopbackAddress() && !allowed.contains(address)) {
                throw new IOException(address.getHostAddress()
                        + " is not a loopback address. A load test can bring down what it is aimed at; if that machine is"
                        + " yours to load, say so with --allow-remote " + address.getHostAddress());
            }
        }
        return new Target(url, towards(addresses.getFirst()), Set.copyOf(allowed));
    }

    /// Whether packets may go there.
    public boolean allows(byte[] ipv4) {
        return ipv4[0] == 127 || allowed.stream().anyMatch(a -> Arrays.equals(a.getAddress(), ipv4));
    }

    /// The address that the kernel would send from; asking sends nothing.
    private static Inet4Address towards(Inet4Address remote) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(new InetSocketAddress(remote, ANY_PORT));
            if (socket.getLocalAddress() instanceof Inet4Address local && !local.isAnyLocalAddress()) {
                return local;
            }
        }
        throw new IOException("there is no way from here to " + remote.getHostAddress());
    }
}
