package io.tributary.transport.peer;

import io.tributary.transport.io.DatagramSink;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.Outlet;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.io.Tuple;
import io.tributary.transport.srtp.SrtpContext;
import io.tributary.transport.srtp.SrtpError;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// The one way out of a connection for RTP and RTCP: protected in place, to the selected path, or not at all.
final class SecureOutput {
    private final PacketPool pool;
    private final DatagramSink sink;
    private final DropCounter<PeerDrop> drops;
    private @Nullable SrtpContext context;
    private @Nullable Tuple path;
    private @Nullable Outlet outlet;

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
        outlet = newPath == null ? null : sink.outlet(newPath);
    }

    /// Whether what is sent now would leave.
    boolean ready() {
        return context != null && path != null;
    }

    /// A buffer to write RTCP into.
    PacketBuffer take() {
        return pool.take();
    }

    /// Sends what was composed, from where the sink says or from a buffer, and lets go of its source.
    void sendRtp(OutgoingPacket packet) {
        try {
            SrtpContext keys = context;
            Tuple to = path;
            Outlet direct = outlet;
            if (keys == null || to == null) {
                drops.count(PeerDrop.NOT_CONNECTED);
            } else if (direct != null) {
                sendDirectly(keys, direct, packet);
            } else {
                PacketBuffer buffer = pool.take();
                packet.place(buffer);
                send(buffer, false);
            }
        } finally {
            packet.clear();
        }
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

    private void sendDirectly(SrtpContext keys, Outlet direct, OutgoingPacket packet) {
        long at = direct.claim(PacketBuffer.CAPACITY);
        if (at == Outlet.NO_ROOM) {
            return;
        }
        int plainBytes = packet.sizeBytes();
        int tagBytes = keys.rtpTagBytes();
        int paddingBytes = direct.evenSize(plainBytes + tagBytes, packet.more()) - tagBytes - plainBytes;
        MemorySegment memory = direct.memory();
        packet.place(memory, at, paddingBytes);
        int length = keys.protectRtp(
                memory, at, packet.headerLength(), plainBytes + paddingBytes, packet.ssrc(), packet.seq());
        if (length < 0) {
            drops.count(PeerDrop.NOT_PROTECTED);
        } else {
            direct.commit(length, packet.urgent());
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
