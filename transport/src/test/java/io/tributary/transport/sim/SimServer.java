package io.tributary.transport.sim;

import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.ice.IceDrop;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.peer.PeerDrop;
import io.tributary.transport.peer.PeerEnvironment;
import io.tributary.transport.peer.PeerEvents;
import io.tributary.transport.peer.PeerId;
import io.tributary.transport.peer.PeerTable;
import io.tributary.transport.peer.PeerTransport;
import io.tributary.transport.srtp.JdkCipherProvider;
import java.net.InetSocketAddress;

/// One media loop of a server in a [SimWorld]: two sockets, a peer table, and its counters. It fails the world when a
/// packet buffer is still out after things have settled.
public final class SimServer {
    private final SimWorld world;
    private final SimLoop loop;
    private final PacketPool pool = new PacketPool();
    private final DropCounter<PeerDrop> drops = new DropCounter<>(PeerDrop.class);
    private final DropCounter<IceDrop> iceDrops = new DropCounter<>(IceDrop.class);
    private final InetSocketAddress[] sockets;
    private final PeerTable table;
    private long peers;

    /// @param sockets its addresses, in the order of their index
    public SimServer(SimWorld world, String name, InetSocketAddress... sockets) {
        this.world = world;
        this.sockets = sockets.clone();
        loop = world.loop(name);
        var shard = new SimShard(world, loop, pool, sockets);
        table = new PeerTable(new PeerEnvironment(
                loop,
                pool,
                shard,
                new ScriptedDtls.Factory(),
                new JdkCipherProvider(),
                world.random(),
                drops,
                iceDrops));
        shard.open(table);
    }

    public SimLoop loop() {
        return loop;
    }

    public PacketPool pool() {
        return pool;
    }

    public PeerTable table() {
        return table;
    }

    public InetSocketAddress address(int socket) {
        return sockets[socket];
    }

    public long drops(PeerDrop reason) {
        return drops.counted(reason);
    }

    public long drops(IceDrop reason) {
        return iceDrops.counted(reason);
    }

    /// New credentials of the server's side.
    public IceCredentials credentials() {
        return IceCredentials.random(world.random());
    }

    /// Opens the server's half of `client`'s connection, and lets the client begin its checks against the first socket.
    public PeerTransport connect(SimPeer client, PeerEvents events) {
        return connect(client, credentials(), events);
    }

    public PeerTransport connect(SimPeer client, IceCredentials local, PeerEvents events) {
        var opened = new PeerTransport[1];
        loop.run(() -> {
            opened[0] = table.open(new PeerId(++peers), local, events);
            opened[0].setRemote(client.credentials(), client.fingerprint());
        });
        client.connect(sockets[0], local);
        return opened[0];
    }
}
