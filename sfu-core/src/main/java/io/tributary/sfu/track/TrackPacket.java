package io.tributary.sfu.track;

import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.rtp.RtpPacket;

/// One packet on its way down a fanout, with what everybody there wants to know, worked out once. Reused for the
/// next packet: a sink keeps nothing of it but the buffer, which it retains.
public final class TrackPacket {
    private RtpPacket rtp;
    private Layer layer;
    private long extendedSeq;
    private final FrameFacts facts = new FrameFacts();
    private int shares;
    private int liveLayers;

    @SuppressWarnings("NullAway.Init") // a flyweight shows nothing before its first packet
    TrackPacket() {}

    /// Shows a packet of `itsLayer`; who the live layers are is told before it is sent.
    void show(RtpPacket itsRtp, Layer itsLayer, long itsExtendedSeq) {
        rtp = itsRtp;
        layer = itsLayer;
        extendedSeq = itsExtendedSeq;
        if (padding()) {
            facts.clear();
            shares = FrameShares.NOBODYS;
        } else {
            // What cannot be read is passed on as it is, for only the receiver can judge it.
            layer.reader().read(rtp, extendedSeq, facts);
            shares = FrameShares.of(facts);
        }
    }

    void liveLayers(int live) {
        liveLayers = live;
    }

    public Layer layer() {
        return layer;
    }

    public long extendedSeq() {
        return extendedSeq;
    }

    public RtpPacket rtp() {
        return rtp;
    }

    public PacketBuffer buffer() {
        return rtp.buffer();
    }

    /// What can be read of its frame without a key.
    public FrameFacts facts() {
        return facts;
    }

    /// Who needs it: [FrameShares].
    public int shares() {
        return shares;
    }

    /// Whether there is nothing of any frame in it: a bandwidth probe that took a number all the same.
    public boolean padding() {
        return rtp.payloadLength() == 0;
    }

    /// Whether a receiver that has seen nothing so far can start here: the first packet of a key frame, or any
    /// packet of audio.
    public boolean keyframeStart() {
        return facts.keyframe;
    }

    /// Whether a receiver may be started here: [#keyframeStart], or where nobody but the receiver can tell.
    public boolean mayStart() {
        return facts.keyframe || facts.keyframeHidden;
    }

    /// Which layers have packets coming, bit 0 the lowest.
    public int liveLayers() {
        return liveLayers;
    }
}
