package io.tributary.transport.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.unix.IntegerUnixChannelOption;
import io.tributary.transport.io.DatagramReceiver;
import io.tributary.transport.io.DatagramSink;
import io.tributary.transport.io.Outlet;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.Tuple;
import io.tributary.transport.loop.Timed;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The UDP sockets of one loop, one per local address; a socket's index is its place in the list that was bound.
///
/// In: many datagrams per system call, each copied once into a [PacketBuffer] of the loop. Out: gathered over a turn
/// and sent together at its end. Both by system calls of our own where Linux has them, through Netty elsewhere. An IPv6
/// socket is IPv6 only, so both wildcards can share a port.
public final class UdpShard implements DatagramSink, Timed, AutoCloseable {
    /// How datagrams leave.
    public enum SendPath {
        /// As below, and packets of one size to one peer as one message that the kernel or the device cuts
        /// (UDP_SEGMENT).
        SEGMENTS,
        /// One sendmmsg(2) per turn and socket, on Linux.
        SENDMMSG,
        /// Through Netty, anywhere.
        PORTABLE
    }

    /// A second of 64 Mbit/s, or what comes in while the loop is busy with one large fan-out. The kernel gives what
    /// `net.core.rmem_max` and `wmem_max` allow.
    private static final int SOCKET_BUFFER_BYTES = 8 << 20;

    /// Datagrams read from one socket before the others get their turn.
    private static final int DATAGRAMS_PER_READ = RecvmmsgReader.BATCH;

    /// Room for one more than fits, so that a datagram cut short by the kernel shows.
    private static final int RECEIVE_SLOT_BYTES = PacketBuffer.CAPACITY;

    private static final int MAX_DATAGRAM_BYTES = PacketBuffer.CAPACITY - PacketBuffer.HEADROOM;

    /// What Netty may hold for a socket that doesn't take it: half a second of 32 Mbit/s is too late already.
    private static final WriteBufferWaterMark HELD = new WriteBufferWaterMark(1 << 20, 2 << 20);

    /// How soon a full socket is tried again: a gigabit takes a hundred packets meanwhile.
    private static final long RETRY_MICROS = 1_000;

    private static final ChannelOption<Integer> IPV6_ONLY = new IntegerUnixChannelOption("IPV6_V6ONLY", 41, 26);

    private static final long BIND_TIMEOUT_SECONDS = 10;

    private static final Logger log = LoggerFactory.getLogger(UdpShard.class);

    private final NettyLoop loop;
    private final DatagramReceiver receiver;
    private volatile SendPath sendPath;
    private final ShardCounters counters = new ShardCounters();
    private final List<DatagramChannel> channels = new ArrayList<>();
    private final List<DatagramWriter> writers = new ArrayList<>();
    private final List<RecvmmsgReader> readers = new ArrayList<>();
    private final Runnable flush = this::flush;
    private long retryMicros = NEVER;
    private boolean open;

    private UdpShard(NettyLoop loop, DatagramReceiver receiver, SendPath sendPath) {
        this.loop = loop;
        this.receiver = receiver;
        this.sendPath = sendPath;
    }

    /// Binds every address on a running loop, or none. Not from the loop itself.
    ///
    /// @param addresses port 0 for any free one
    /// @param receiver gets every datagram, on the loop
    /// @throws IOException saying which address and port, why, and what to do
    public static UdpShard bind(NettyLoop loop, List<InetSocketAddress> addresses, DatagramReceiver receiver)
            throws IOException {
        boolean epoll = loop.backend() == NettyLoop.Backend.EPOLL;
        return bind(loop, addresses, receiver, epoll ? SendPath.SEGMENTS : SendPath.PORTABLE);
    }

    /// As above, with a say in how datagrams leave; what doesn't work here falls back to the next one.
    public static UdpShard bind(
            NettyLoop loop, List<InetSocketAddress> addresses, DatagramReceiver receiver, SendPath sendPath)
            throws IOException {
        assert !loop.inLoop();
        var shard = new UdpShard(loop, receiver, sendPath);
        for (InetSocketAddress address : addresses) {
            ChannelFuture bound =
                    shard.bootstrap(address, shard.channels.size()).bind(address);
            if (!bound.awaitUninterruptibly(BIND_TIMEOUT_SECONDS, TimeUnit.SECONDS) || !bound.isSuccess()) {
                shard.close();
                throw new IOException(describe(address, bound.cause()), bound.cause());
            }
            shard.channels.add((DatagramChannel) bound.channel());
        }
        shard.run(shard::openPaths);
        return shard;
    }

    /// The addresses bound, by socket index, with the ports that "any free one" became.
    public List<InetSocketAddress> addresses() {
        return channels.stream().map(DatagramChannel::localAddress).toList();
    }

    public ShardCounters counters() {
        return counters;
    }

    /// How datagrams leave, after all.
    public SendPath sendPath() {
        return sendPath;
    }

    @Override
    public @Nullable Outlet outlet(Tuple tuple) {
        assert loop.inLoop();
        return open ? writers.get(tuple.socket()).outlet(tuple.remote()) : null;
    }

    @Override
    public void send(Tuple tuple, PacketBuffer datagram) {
        assert loop.inLoop();
        try {
            if (open) {
                writers.get(tuple.socket())
                        .write(tuple.remote(), datagram.array(), datagram.offset(), datagram.length());
            } else {
                counters.dropped(UdpDrop.CLOSED);
            }
        } finally {
            datagram.release();
        }
    }

    /// Sends what is gathered and closes the sockets; later sends are dropped. Any thread but the loop, which
    /// must still run: close a shard before its loop.
    @Override
    public void close() {
        assert !loop.inLoop();
        run(this::closePaths);
        channels.forEach(channel -> channel.close().awaitUninterruptibly(BIND_TIMEOUT_SECONDS, TimeUnit.SECONDS));
    }

    /// A buffer for a datagram of this size; null when it is dropped.
    private @Nullable PacketBuffer admit(int sizeBytes) {
        if (sizeBytes > MAX_DATAGRAM_BYTES) {
            counters.dropped(UdpDrop.OVERSIZED);
            return null;
        }
        counters.received(sizeBytes);
        PacketBuffer packet = loop.packets().take();
        packet.length(sizeBytes);
        return packet;
    }

    private void deliver(int socket, InetSocketAddress remote, PacketBuffer packet) {
        try {
            receiver.receive(loop.nowMicros(), socket, remote, packet);
        } catch (RuntimeException | Error e) {
            loop.failed(e);
        } finally {
            packet.release();
        }
    }

    private void flush() {
        boolean holding = false;
        for (int i = 0; i < writers.size(); i++) {
            DatagramWriter writer = writers.get(i);
            writer.flush();
            holding |= writer.holding();
        }
        if (holding && retryMicros == NEVER) {
            retryMicros = loop.nowMicros() + RETRY_MICROS;
            loop.watch(this);
        }
    }

    @Override
    public long nextDeadlineMicros() {
        return retryMicros;
    }

    /// Only wakes the loop: what was held is tried again at the end of each turn.
    @Override
    public void onDeadline(long nowMicros) {
        retryMicros = NEVER;
    }

    private Bootstrap bootstrap(InetSocketAddress address, int socket) {
        boolean ipv6 = address.getAddress() instanceof Inet6Address;
        var family = ipv6 ? SocketProtocolFamily.INET6 : SocketProtocolFamily.INET;
        boolean epoll = loop.backend() == NettyLoop.Backend.EPOLL;
        // Netty's NIO reads one datagram per buffer; its epoll fills one buffer with as many as fit.
        var receive = new FixedRecvByteBufAllocator(RECEIVE_SLOT_BYTES * (epoll ? DATAGRAMS_PER_READ : 1));
        receive.maxMessagesPerRead(DATAGRAMS_PER_READ);
        var bootstrap = new Bootstrap()
                .group(loop.io())
                .channelFactory(() -> epoll ? new EpollDatagramChannel(family) : new NioDatagramChannel(family))
                .option(ChannelOption.ALLOCATOR, PooledByteBufAllocator.DEFAULT)
                .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_BYTES)
                .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_BYTES)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, HELD)
                .option(ChannelOption.RECVBUF_ALLOCATOR, receive)
                .handler(new Inbound(socket));
        if (epoll) {
            bootstrap.option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, RECEIVE_SLOT_BYTES);
            if (ipv6) {
                bootstrap.option(IPV6_ONLY, 1);
            }
        }
        return bootstrap;
    }

    private void openPaths() {
        for (int socket = 0; socket < channels.size(); socket++) {
            DatagramChannel channel = channels.get(socket);
            writers.add(writer(channel));
            openReader(channel, socket);
            int in = channel.config().getReceiveBufferSize();
            int out = channel.config().getSendBufferSize();
            if (Math.min(in, out) < SOCKET_BUFFER_BYTES) {
                log.warn(
                        "UDP {}: the kernel gave {} bytes of buffer in and {} out where {} were asked for; "
                                + "raise net.core.rmem_max and net.core.wmem_max, or packets are lost in bursts",
                        describe(channel.localAddress()),
                        in,
                        out,
                        SOCKET_BUFFER_BYTES);
            }
        }
        log.info("UDP {} sends by {}", describe(channels.getFirst().localAddress()), sendPath);
        open = true;
        loop.atEndOfTurn(flush);
    }

    /// Also says in [#sendPath] what came of the wish.
    private DatagramWriter writer(DatagramChannel channel) {
        if (sendPath != SendPath.PORTABLE && channel instanceof EpollDatagramChannel epoll) {
            int descriptor = epoll.fd().intValue();
            Sendmmsg system = Sendmmsg.on(descriptor);
            if (system != null) {
                boolean ipv6 = epoll.localAddress().getAddress() instanceof Inet6Address;
                boolean segmenting = sendPath == SendPath.SEGMENTS && Sendmmsg.canSegment(descriptor);
                sendPath = segmenting ? SendPath.SEGMENTS : SendPath.SENDMMSG;
                return new SendmmsgWriter(system, ipv6, segmenting, counters);
            }
        }
        sendPath = SendPath.PORTABLE;
        return new NettyWriter(channel, counters);
    }

    /// Reads by ourselves what is sent by ourselves; everything else comes through Netty.
    private void openReader(DatagramChannel channel, int socket) {
        if (sendPath != SendPath.PORTABLE && channel instanceof EpollDatagramChannel epoll) {
            channel.config().setAutoRead(false);
            RecvmmsgReader reader = RecvmmsgReader.open(loop, epoll.fd().intValue(), counters, new Direct(socket));
            if (reader == null) {
                channel.config().setAutoRead(true);
            } else {
                readers.add(reader);
            }
        }
    }

    private void closePaths() {
        if (open) {
            open = false;
            readers.forEach(RecvmmsgReader::close);
            readers.clear();
            flush();
            loop.notAtEndOfTurn(flush);
            loop.unwatch(this);
            writers.forEach(DatagramWriter::close);
            writers.clear();
        }
    }

    /// Runs `step` on the loop and waits for it.
    private void run(Runnable step) {
        CompletableFuture<@Nullable Void> done = new CompletableFuture<>();
        loop.post(() -> {
            try {
                step.run();
            } finally {
                done.complete(null);
            }
        });
        done.orTimeout(BIND_TIMEOUT_SECONDS, TimeUnit.SECONDS).join();
    }

    private static String describe(InetSocketAddress address, @Nullable Throwable failure) {
        String why = failure == null ? "no answer" : String.valueOf(failure.getMessage());
        String advice;
        if (why.contains("in use")) {
            advice = "port " + address.getPort() + " is in use; stop what holds it (`ss -lunp 'sport = :"
                    + address.getPort() + "'` names it) or choose another port";
        } else if (why.contains("assign")) {
            advice = "this machine has no such address; bind one of its own";
        } else {
            advice = "check the address and the port";
        }
        return "cannot receive media on UDP " + describe(address) + ": " + why + "; " + advice;
    }

    private static String describe(InetSocketAddress address) {
        return address.toString().replaceFirst("^.*/", "");
    }

    /// What comes straight from the kernel.
    private final class Direct implements RecvmmsgReader.Receiver {
        private final int socket;

        Direct(int socket) {
            this.socket = socket;
        }

        @Override
        public void receive(InetSocketAddress remote, MemorySegment memory, long at, int sizeBytes) {
            PacketBuffer packet = admit(sizeBytes);
            if (packet != null) {
                MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, at, packet.array(), packet.offset(), sizeBytes);
                deliver(socket, remote, packet);
            }
        }
    }

    /// The end of a socket's pipeline.
    private final class Inbound extends SimpleChannelInboundHandler<DatagramPacket> {
        private final int socket;

        Inbound(int socket) {
            this.socket = socket;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, DatagramPacket datagram) {
            ByteBuf bytes = datagram.content();
            PacketBuffer packet = admit(bytes.readableBytes());
            if (packet != null) {
                bytes.readBytes(packet.array(), packet.offset(), packet.length());
                deliver(socket, datagram.sender(), packet);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            if (!(cause instanceof IOException)) { // ICMP answers to what we sent show up as those
                loop.failed(cause);
            }
        }
    }
}
