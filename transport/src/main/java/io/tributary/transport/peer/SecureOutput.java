package io.tributary.transport.peer;

import io.tributary.transport.io.DatagramSink;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.io.Tuple;
import io.tributary.transport.srtp.SrtpContext;
import io.tributary.transport.srtp.SrtpError;
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

    /// Takes over the caller's reference, whatever happens.
    void sendRtp(PacketBuffer packet) {
        send(packet, false);
    }

    /// Takes over the caller's reference, whatever happens.
    void sendRtcp(PacketBuffer packet) {
        send(packet, true);
    }

    /// Ends the use of one of our SSRCs.
    void retire(int ssrc) {
        SrtpContext keys = context;
        if (keys != null) {
            keys.retire(ssrc);
        }
    }

    private void send(PacketBuffer packet, boolean rtcp) {
        SrtpContext keys = context;
        Tuple to = path;
        if (keys == null || to == null) {
            drops.count(PeerDrop.NOT_CONNECTED);
            packet.release();
            return;
        }
        int length = SrtpError.MALFORMED;
        try {
            length = rtcp
                    ? keys.protectRtcp(packet.array(), packet.offset(), packet.length())
                    : keys.protectRtp(packet.array(), packet.offset(), packet.length());
        } finally {
            if (length < 0) {
                drops.count(PeerDrop.NOT_PROTECTED);
                packet.release();
            }
        }
        if (length >= 0) {
            packet.length(length);
            sink.send(to, packet);
        }
    }
}
