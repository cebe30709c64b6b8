package io.tributary.sfu.forward;

/// Bounds what one subscriber gets sent again, over all its streams: a quarter of the media it is sent, and a little at
/// once. [ResendLimit] bounds each packet, this bounds the sum, so that whatever a subscriber asks for it draws at most
/// 1.25 times what it would have got anyway.
///
/// A quarter repairs 20 % of loss, beyond which fewer bits help more than repeated ones. Counts bytes, not time: who is
/// sent nothing earns nothing.
public final class ResendBudget {
    /// So many bytes of media earn one byte of retransmission.
    static final int MEDIA_PER_RESENT = 4;

    /// What may be saved up, and is there from the beginning: eighty full packets, the largest key frames of 720p. So a
    /// stream of a few packets a second recovers like any other, and a burst of loss after a good minute does too.
    static final int BURST_BYTES = 96_000;

    /// In units of media bytes, so that nothing is lost to rounding.
    private long saved = (long) BURST_BYTES * MEDIA_PER_RESENT;

    /// Media went to the subscriber.
    void onSent(int sizeBytes) {
        saved = Math.min(saved + sizeBytes, (long) BURST_BYTES * MEDIA_PER_RESENT);
    }

    /// Whether so many bytes may be sent again.
    boolean covers(int sizeBytes) {
        return saved >= price(sizeBytes);
    }

    /// They are; they must be covered.
    void spend(int sizeBytes) {
        saved -= price(sizeBytes);
    }

    private static long price(int sizeBytes) {
        return (long) sizeBytes * MEDIA_PER_RESENT;
    }
}
