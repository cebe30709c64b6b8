package io.tributary.transport.srtp;

import org.jspecify.annotations.Nullable;

/// What one context remembers of one SSRC: the packet indices seen, of RTP (48 bits: roll-over counter and sequence
/// number) and of RTCP (31 bits, explicit in the packet).
final class SsrcState {
    final ReplayWindow rtp = new ReplayWindow();

    /// Only of what we receive: what we send has one index for all SSRCs.
    private @Nullable ReplayWindow rtcp;

    /// How many packets the context had taken when this one took its last.
    long usedAt;

    ReplayWindow rtcp() {
        ReplayWindow window = rtcp;
        if (window == null) {
            window = new ReplayWindow();
            rtcp = window;
        }
        return window;
    }

    /// The index that `seq` most likely stands for, given the highest so far (RFC 3711 §3.3.1, appendix A).
    /// Negative for a packet from before the first roll-over.
    static long indexOf(long highestIndex, int seq) {
        if (highestIndex < 0) {
            return seq;
        }
        long rollOver = highestIndex >>> 16;
        int highestSeq = (int) highestIndex & 0xFFFF;
        if (highestSeq < 0x8000) {
            if (seq - highestSeq > 0x8000) {
                rollOver--;
            }
        } else if (highestSeq - 0x8000 > seq) {
            rollOver++;
        }
        return rollOver << 16 | seq;
    }
}
