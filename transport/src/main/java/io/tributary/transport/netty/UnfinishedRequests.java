package io.tributary.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// Bounds what all requests together hold that have begun and are not complete: each may be large, and anybody may
/// begin many. Beyond the bound the largest goes, so that who holds much keeps nobody out who needs little.
///
/// The channel's own thread counts; any may close another's channel. Bytes are counted as they come from the socket:
/// parsed, each takes three to five on the heap.
public final class UnfinishedRequests {
    /// No request of everyday is larger: it is only cut off where there is no larger one.
    private static final long ORDINARY_BYTES = 64 << 10;

    private static final AttributeKey<Count> COUNT = AttributeKey.valueOf("tributary.unfinished");

    private final long mostBytes;
    private final AtomicLong heldBytes = new AtomicLong();
    private final Runnable onCutOff;
    private final Set<Count> large = ConcurrentHashMap.newKeySet();

    /// @param mostBytes of all unfinished requests together
    /// @param onCutOff called on the thread of any channel, once for each connection that was closed for it
    public UnfinishedRequests(long mostBytes, Runnable onCutOff) {
        this.mostBytes = mostBytes;
        this.onCutOff = onCutOff;
    }

    /// Counts from here on what comes.
    public void watch(ChannelHandlerContext context) {
        var count = new Count(context.channel());
        context.channel().attr(COUNT).set(count);
        context.pipeline().addFirst(count);
    }

    /// The request, or its head, is complete: it is somebody else's now to bound what is made of it. On the channel's
    /// thread.
    public static void complete(Channel channel) {
        Count count = channel.attr(COUNT).get();
        if (count != null) {
            count.release();
        }
    }

    /// The connection carries requests no longer. On the channel's thread.
    public static void unwatch(Channel channel) {
        Count count = channel.attr(COUNT).getAndSet(null);
        if (count != null) {
            count.release();
            if (channel.pipeline().context(count) != null) { // a closed channel's pipeline is empty
                channel.pipeline().remove(count);
            }
        }
    }

    private void makeRoom(Count asking) {
        Count largest = asking;
        for (Count each : large) {
            if (each.bytes.get() > largest.bytes.get()) {
                largest = each;
            }
        }
        largest.cutOff = true;
        largest.release();
        largest.channel.close().addListener(_ -> onCutOff.run());
    }

    /// Of one connection.
    private final class Count extends ChannelInboundHandlerAdapter {
        private final Channel channel;
        private final AtomicLong bytes = new AtomicLong();
        private volatile boolean cutOff;

        Count(Channel channel) {
            this.channel = channel;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            if (message instanceof ByteBuf received) {
                if (cutOff) {
                    received.release();
                    return;
                }
                add(received.readableBytes());
            }
            super.channelRead(context, message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) throws Exception {
            release();
            super.channelInactive(context);
        }

        private void add(int more) {
            if (bytes.addAndGet(more) > ORDINARY_BYTES) {
                large.add(this);
            }
            if (heldBytes.addAndGet(more) > mostBytes) {
                makeRoom(this);
            }
        }

        void release() {
            heldBytes.addAndGet(-bytes.getAndSet(0));
            large.remove(this);
        }
    }
}
