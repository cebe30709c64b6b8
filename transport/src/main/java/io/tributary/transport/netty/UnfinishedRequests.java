package io.tributary.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.AttributeKey;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// Bounds what all requests together hold that have begun and are not complete: each may be large, and anybody may
/// begin many. Beyond the bound the largest goes, so that who holds much keeps nobody out who needs little, and with it
/// every other large one that asks for more before there is room. An ordinary one has as much again to be finished in.
///
/// The channel's own thread counts; any may close another's channel. Bytes are counted as they come from the socket
/// (parsed, each takes three to five on the heap) until their channel is closed: a thread that reads a hundred channels
/// in one turn closes none of them before its end.
public final class UnfinishedRequests {
    /// No request of everyday is larger.
    private static final long ORDINARY_BYTES = 64 << 10;

    private static final AttributeKey<Count> COUNT = AttributeKey.valueOf("tributary.unfinished");

    private final long mostBytes;
    private final AtomicLong heldBytes = new AtomicLong();
    private final Runnable onCutOff;
    private final Set<Count> large = ConcurrentHashMap.newKeySet();

    /// @param mostBytes of all unfinished requests together; ordinary ones may exceed it by as much again
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
            count.free();
        }
    }

    /// The connection carries requests no longer. On the channel's thread.
    public static void unwatch(Channel channel) {
        Count count = channel.attr(COUNT).getAndSet(null);
        if (count != null) {
            count.free();
            if (channel.pipeline().context(count) != null) { // a closed channel's pipeline is empty
                channel.pipeline().remove(count);
            }
        }
    }

    /// Of all that are not complete, as they came. Any thread.
    public long heldBytes() {
        return heldBytes.get();
    }

    private @Nullable Count largest() {
        Count largest = null;
        for (Count each : large) {
            if (!each.cutOff.get() && (largest == null || each.bytes.get() > largest.bytes.get())) {
                largest = each;
            }
        }
        return largest;
    }

    /// Of one connection.
    private final class Count extends ChannelInboundHandlerAdapter {
        private final Channel channel;
        private final AtomicLong bytes = new AtomicLong();
        private final AtomicBoolean cutOff = new AtomicBoolean();

        Count(Channel channel) {
            this.channel = channel;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) throws Exception {
            if (message instanceof ByteBuf received && (cutOff.get() || !admits(received.readableBytes()))) {
                received.release();
                return;
            }
            super.channelRead(context, message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) throws Exception {
            super.channelInactive(context); // what was kept of the request is let go of
            free();
        }

        private boolean admits(int more) {
            long own = bytes.addAndGet(more);
            boolean ordinary = own <= ORDINARY_BYTES;
            if (!ordinary) {
                large.add(this);
            }
            long held = heldBytes.addAndGet(more);
            if (held <= mostBytes) {
                return true;
            }
            Count largest = largest();
            if (largest != null) {
                largest.cutOff();
            }
            if (!ordinary || held > 2 * mostBytes) {
                bytes.addAndGet(-more);
                heldBytes.addAndGet(-more);
                cutOff();
            }
            return !cutOff.get();
        }

        private void cutOff() {
            if (cutOff.compareAndSet(false, true)) {
                channel.close().addListener(_ -> onCutOff.run());
            }
        }

        /// What it held is held no more.
        void free() {
            heldBytes.addAndGet(-bytes.getAndSet(0));
            large.remove(this);
        }
    }
}
