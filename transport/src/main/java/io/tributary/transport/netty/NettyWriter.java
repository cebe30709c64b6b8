package io.tributary.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.tributary.transport.io.Outlet;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Sends the way Netty does, wherever Netty runs.
final class NettyWriter implements DatagramWriter {
    /// Writes between flushes: half of what Netty hands to the kernel at once (UIO_MAXIOV).
    private static final int BATCH = 512;

    private final DatagramChannel channel;
    private final ShardCounters counters;
    private int written;

    NettyWriter(DatagramChannel channel, ShardCounters counters) {
        this.channel = channel;
        this.counters = counters;
    }

    @Override
    public void write(InetSocketAddress remote, byte[] array, int offset, int length) {
        if (!channel.isWritable()) {
            channel.flush();
            if (!channel.isWritable()) {
                counters.dropped(UdpDrop.SOCKET_FULL);
                return;
            }
        }
        ByteBuf content = channel.alloc().directBuffer(length).writeBytes(array, offset, length);
        channel.write(new DatagramPacket(content, remote)).addListener(done -> {
            if (done.isSuccess()) {
                counters.sent(1, length);
            } else {
                counters.dropped(UdpDrop.UNSENDABLE);
            }
        });
        if (++written == BATCH) {
            flush();
        }
    }

    @Override
    public @Nullable Outlet outlet(InetSocketAddress remote) {
        return null;
    }

    @Override
    public boolean holding() {
        return false; // Netty holds what the socket doesn't take, and watches for room itself
    }

    @Override
    public void flush() {
        if (written > 0) {
            written = 0;
            channel.flush();
        }
    }

    @Override
    public void close() {
        // the channel owns what is queued
    }
}
