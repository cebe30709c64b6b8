package io.tributary.transport.peer;

import io.tributary.transport.io.DatagramSink;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.io.Tuple;
import io.tributary.transport.srtp.SrtpContext;
import org.jspecify.annotations.Nullable;

/// The one way out of a connection for RTP and RTCP: protected in place, to the selected path, or not at all.
final class SecureOutput {
    private final PacketPool pool;
    private final DatagramSink sink;
    private final DropCounter<PeerDrop> drops;
    private @Nullable SrtpContext context;
    private @Nullable Tuple path;

    SecureOutput(PacketPool pool, DatagramSink sink, DropCounter<PeerDrop> drops) {
        this.pool = pool;
        this.sink = sink;
        this.drops = drops;
    }

    void keys(@Nullable SrtpContext newContext) {
        context = newContext;
    }

    void path(@Nullable Tuple newPath) {
        path = newPath;
    }

    /// Whether what is sent now would leave.
    boolean ready() {
        return context != null && path != null;
    }

    /// A buffer to write a packet into, for one of the two below.
    PacketBuffer take() {
        return pool.take();
    }

    /// Takes over the caller's reference.
    void sendRtp(PacketBuffer packet) {
        SrtpContext keys = context;
        int length = keys == null ? 0 : keys.protectRtp(packet.array(), packet.offset(), packet.length());
        send(packet, length);
    }

    /// Takes over the caller's reference.
    void sendRtcp(PacketBuffer packet) {
        SrtpContext keys = context;
        int length = keys == null ? 0 : keys.protectRtcp(packet.array(), packet.offset(), packet.length());
        send(packet, length);
    }

    /// Ends the use of one of our SSRCs.
    void retire(int ssrc) {
        SrtpContext keys = context;
        if (keys != null) {
            keys.retire(ssrc);
        }
    }

    private void send(PacketBuffer packet, int protectedLength) {
        Tuple to = path;
        if (to == null || protectedLength <= 0) {
            drops.count(protectedLength < 0 ? PeerDrop.NOT_PROTECTED : PeerDrop.NOT_CONNECTED);
            packet.release();
            return;
        }
        packet.length(protectedLength);
        sink.send(to, packet);
    }
}
