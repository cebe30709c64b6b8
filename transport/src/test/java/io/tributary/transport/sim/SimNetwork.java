package io.tributary.transport.sim;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// UDP between the addresses of a [SimWorld]; what is sent to an address that nobody has bound is gone.
public final class SimNetwork {
    private record Path(InetSocketAddress from, InetSocketAddress to) {}

    private final SimWorld world;
    private final Map<InetSocketAddress, Receiver> receivers = new HashMap<>();
    private final Map<Path, SimLink> links = new HashMap<>();

    SimNetwork(SimWorld world) {
        this.world = world;
    }

    public void bind(InetSocketAddress address, Receiver receiver) {
        receivers.put(address, receiver);
    }

    public void unbind(InetSocketAddress address) {
        receivers.remove(address);
    }

    /// The link from one address to another, for making it worse.
    public SimLink link(InetSocketAddress from, InetSocketAddress to) {
        return links.computeIfAbsent(new Path(from, to), path -> new SimLink(world));
    }

    /// The bytes are the network's from now on.
    public void send(InetSocketAddress from, InetSocketAddress to, byte[] datagram) {
        link(from, to).send(datagram, () -> {
            @Nullable Receiver receiver = receivers.get(to);
            if (receiver != null) {
                receiver.onDatagram(from, datagram);
            }
        });
    }

    /// Whoever has bound an address.
    public interface Receiver {
        void onDatagram(InetSocketAddress from, byte[] datagram);
    }
}
