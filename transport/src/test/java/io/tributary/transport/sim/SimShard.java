package io.tributary.transport.sim;

import io.tributary.transport.io.DatagramReceiver;
import io.tributary.transport.io.DatagramSink;
import io.tributary.transport.io.Outlet;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.io.Tuple;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The server's UDP sockets of one loop, on a [SimNetwork].
public final class SimShard implements DatagramSink {
    private final SimWorld world;
    private final SimLoop loop;
    private final PacketPool pool;
    private final List<InetSocketAddress> sockets;
    private final MemorySegment memory = Arena.ofAuto().allocate(PacketBuffer.CAPACITY);
    private @Nullable SimCpu cpu;
    private @Nullable DatagramReceiver opened;
    private boolean discards;
    private long received;
    private long sent;
    private long answers;

    public SimShard(SimWorld world, SimLoop loop, PacketPool pool, InetSocketAddress... sockets) {
        this.world = world;
        this.loop = loop;
        this.pool = pool;
        this.sockets = List.of(sockets);
    }

    /// Lets the loop's work take time; without it everything takes none.
    public SimShard on(SimCpu newCpu) {
        cpu = newCpu;
        return this;
    }

    /// Whether what is sent is counted and thrown away, at no cost, instead of going to the network.
    public void discards(boolean yes) {
        discards = yes;
    }

    /// Hands one datagram to the loop, which is running, without the network and whatever that costs.
    public void deliver(InetSocketAddress from, byte[] datagram) {
        Objects.requireNonNull(opened, "nobody receives yet");
        receive(opened, 0, from, datagram);
    }

    /// Datagrams that the loop has read.
    public long received() {
        return received;
    }

    /// Datagrams that the loop has sent.
    public long sent() {
        return sent;
    }

    /// Those of them that are STUN.
    public long answers() {
        return answers;
    }

    /// Starts handing datagrams to `receiver`.
    public void open(DatagramReceiver receiver) {
        opened = receiver;
        for (int i = 0; i < sockets.size(); i++) {
            int socket = i;
            world.network()
                    .bind(sockets.get(i), (from, datagram) -> arrive(() -> receive(receiver, socket, from, datagram)));
        }
    }

    private void receive(DatagramReceiver receiver, int socket, InetSocketAddress from, byte[] datagram) {
        received++;
        PacketBuffer buffer = pool.take();
        System.arraycopy(datagram, 0, buffer.array(), buffer.offset(), datagram.length);
        buffer.length(datagram.length);
        receiver.receive(world.nowMicros(), socket, from, buffer);
        buffer.release();
    }

    /// Worlds with an even seed write straight to where datagrams are sent from, the others hand buffers over.
    @Override
    public @Nullable Outlet outlet(Tuple tuple) {
        return world.seed() % 2 == 0 ? new SimOutlet(tuple) : null;
    }

    @Override
    public void send(Tuple tuple, PacketBuffer datagram) {
        if (discards) {
            sent++;
            datagram.release();
            return;
        }
        byte[] bytes = Arrays.copyOfRange(datagram.array(), datagram.offset(), datagram.end());
        datagram.release();
        leave(tuple, bytes);
    }

    private void leave(Tuple tuple, byte[] bytes) {
        sent++;
        answers += bytes[0] == 1 ? 1 : 0;
        SimCpu core = cpu;
        if (core == null) {
            world.network().send(sockets.get(tuple.socket()), tuple.remote(), bytes);
        } else {
            core.leave(() -> world.network().send(sockets.get(tuple.socket()), tuple.remote(), bytes));
        }
    }

    private void arrive(Runnable datagram) {
        SimCpu core = cpu;
        if (core == null) {
            loop.run(datagram);
        } else {
            core.arrive(() -> loop.run(datagram));
        }
    }

    private final class SimOutlet implements Outlet {
        private final Tuple tuple;

        SimOutlet(Tuple tuple) {
            this.tuple = tuple;
        }

        @Override
        public long claim(int maxBytes) {
            return 0;
        }

        @Override
        public MemorySegment memory() {
            return memory;
        }

        @Override
        public void commit(int sizeBytes, boolean urgent) {
            if (discards) {
                sent++;
                return;
            }
            leave(tuple, memory.asSlice(0, sizeBytes).toArray(ValueLayout.JAVA_BYTE));
        }

        @Override
        public int evenSize(int sizeBytes, boolean more) {
            return sizeBytes;
        }
    }
}
