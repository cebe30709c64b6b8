package io.tributary.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import java.net.InetSocketAddress;

/// Sends the way Netty does, wherever Netty runs.
final class NettyWriter implements DatagramWriter {
    private final DatagramChannel channel;
    private final ShardCounters counters;
    private boolean written;

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
                counters.sent(length);
            } else {
                counters.dropped(UdpDrop.UNSENDABLE);
            }
        });
        written = true;
    }

    @Override
    public void flush() {
        if (written) {
            written = false;
            channel.flush();
        }
    }

    @Override
    public void close() {
        // the channel owns what is queued
    }
}
