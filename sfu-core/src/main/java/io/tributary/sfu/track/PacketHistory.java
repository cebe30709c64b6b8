package io.tributary.sfu.track;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.rtp.MediaKind;
import org.jspecify.annotations.Nullable;

/// The last packets of one layer by extended sequence number, to answer NACKs of all its subscribers from: one
/// copy of the bytes, however many they are. Holds a reference to each buffer until it is overwritten or
/// [#clear]ed.
public final class PacketHistory {
    /// About one second of a 5 Mbit/s layer, well over the time after which a receiver gives a frame up.
    public static final int VIDEO_PACKETS = 512;

    /// Five seconds of 20 ms packets.
    public static final int AUDIO_PACKETS = 256;

    private final @Nullable PacketBuffer[] buffers;
    private final long[] seqs;
    private final int[] shares;
    private final int mask;

    // capacity: a power of two
    PacketHistory(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("a history of " + capacity + " packets is no power of two");
        }
        buffers = new @Nullable PacketBuffer[capacity];
        seqs = new long[capacity];
        shares = new int[capacity];
        mask = capacity - 1;
    }

    static PacketHistory of(MediaKind kind) {
        return new PacketHistory(kind == MediaKind.VIDEO ? VIDEO_PACKETS : AUDIO_PACKETS);
    }

    /// Retains `buffer`. A packet so late that its slot holds a newer one is not kept.
    ///
    /// @param itsShares [FrameShares]
    void put(long extendedSeq, PacketBuffer buffer, int itsShares) {
        int slot = (int) extendedSeq & mask;
        PacketBuffer older = buffers[slot];
        if (older != null) {
            if (seqs[slot] > extendedSeq) {
                return;
            }
            older.release();
        }
        buffers[slot] = buffer.retain();
        seqs[slot] = extendedSeq;
        shares[slot] = itsShares;
    }

    /// The packet, lent for the turn, or null when it never came or is gone.
    public @Nullable PacketBuffer get(long extendedSeq) {
        int slot = (int) extendedSeq & mask;
        PacketBuffer buffer = buffers[slot];
        return buffer != null && seqs[slot] == extendedSeq ? buffer : null;
    }

    /// The [FrameShares] of a packet that [#get] has found.
    public int shares(long extendedSeq) {
        return shares[(int) extendedSeq & mask];
    }

    void clear() {
        for (int slot = 0; slot < buffers.length; slot++) {
            PacketBuffer buffer = buffers[slot];
            if (buffer != null) {
                buffers[slot] = null;
                buffer.release();
            }
        }
    }
}
