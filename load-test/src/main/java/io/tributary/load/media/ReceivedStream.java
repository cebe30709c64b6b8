package io.tributary.load.media;

import io.tributary.frames.FrameCodec;
import io.tributary.frames.LiveKitReceiver;
import io.tributary.frames.Opened;
import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.codec.Vp8Payload;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.rtp.RtpPacket;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One track at one subscriber: whether its sequence numbers have gaps, and whether each packet is what a publisher of
/// this run sent; under end-to-end encryption each frame.
public final class ReceivedStream {
    /// Numbers looked back upon to tell late packets from repeated ones; two seconds of video.
    private static final int WINDOW = 512;

    private final MediaKind kind;
    private final int ssrc;
    private final Tally tally;
    private final int verifyEvery;
    private final @Nullable LiveKitReceiver opening;
    private final FrameAssembly assembly = new FrameAssembly();
    private boolean keyframe;
    private boolean sealed;
    private final FrameFacts facts = new FrameFacts();
    private final long[] seen = new long[WINDOW];
    private long firstSeq;
    private long highestSeq = -1;
    private long lastNumber = -1;
    private int lastSource = -1;
    private int lastLayer = -1;
    private int lastReport;
    private long lastReportMicros;
    private long packets;
    private boolean verifies;
    private int untilVerified;
    private int verifiedTimestampTicks;

    /// @param verifyEvery check one frame of so many; 1 for all
    /// @param opening decrypts frames; null where they are not encrypted
    /// @param tally shared by all
    public ReceivedStream(MediaKind kind, int ssrc, int verifyEvery, @Nullable LiveKitReceiver opening, Tally tally) {
        this.kind = kind;
        this.ssrc = ssrc;
        this.verifyEvery = verifyEvery;
        this.opening = opening;
        this.tally = tally;
        Arrays.fill(seen, -1);
    }

    public MediaKind kind() {
        return kind;
    }

    public int ssrc() {
        return ssrc;
    }

    /// Whether anything has come.
    public boolean flowing() {
        return packets > 0;
    }

    /// Extended: cycles in the upper bits; -1 before the first packet.
    public long highestSeq() {
        return highestSeq;
    }

    /// The simulcast layer that came last, -1 before the first packet.
    public int layer() {
        return lastLayer;
    }

    /// Whether a packet is to be decrypted, of which only the header can be read so far. Packets of one frame are
    /// treated alike.
    public boolean verifies(RtpPacket packet) {
        if (packets == 0 || packet.timestampTicks() != verifiedTimestampTicks) {
            verifiedTimestampTicks = packet.timestampTicks();
            verifies = untilVerified == 0;
            untilVerified = verifies ? verifyEvery - 1 : untilVerified - 1;
        }
        return verifies;
    }

    /// Whether its frames do not open, so that nobody knows which layer they are of.
    public boolean sealed() {
        return sealed;
    }

    /// A packet whose payload cannot be read.
    public void onUnopened(RtpPacket packet) {
        sequence(packet.seq());
        tally.received++;
        tally.bytes += packet.sizeBytes();
        packets++;
    }

    /// @param arrivedNanos by the clock that the payload is stamped with
    public void onPacket(RtpPacket packet, long arrivedNanos) {
        boolean newest = sequence(packet.seq());
        if (packet.payloadLength() == 0) {
            tally.padding++;
            return;
        }
        tally.received++;
        tally.bytes += packet.sizeBytes();
        tally.checked++;
        packets++;
        byte[] a = packet.array();
        int at = packet.payloadOffset();
        int end = at + packet.payloadLength();
        if (kind == MediaKind.VIDEO) {
            if (!Vp8Payload.parse(a, at, end - at, facts)) {
                tally.corrupt++;
                return;
            }
            tally.keyframes += facts.keyframe ? 1 : 0;
            at += facts.descriptorLength;
        }
        LiveKitReceiver receiver = opening;
        if (receiver != null) {
            assemble(receiver, packet, at, end, arrivedNanos);
            return;
        }
        if (kind == MediaKind.VIDEO) {
            at += CameraLayer.headerBytes(facts.startsFrame, facts.keyframe);
        }
        if (!TestPayload.isIntact(a, at, end - at) || (newest && !follows(a, at))) {
            tally.corrupt++;
            return;
        }
        tally.latency(arrivedNanos - TestPayload.sentNanos(a, at));
    }

    private void assemble(LiveKitReceiver receiver, RtpPacket packet, int at, int end, long arrivedNanos) {
        boolean audio = kind == MediaKind.AUDIO;
        if (audio || facts.startsFrame) {
            keyframe = facts.keyframe;
            assembly.begin(packet);
        }
        assembly.add(packet, at, end - at);
        if (audio || packet.marker()) {
            byte[] frame = assembly.end();
            if (frame.length > 0) {
                open(receiver, frame, arrivedNanos);
            }
        }
    }

    private void open(LiveKitReceiver receiver, byte[] frame, long arrivedNanos) {
        boolean audio = kind == MediaKind.AUDIO;
        Opened opened = receiver.open(audio ? FrameCodec.OPUS : FrameCodec.VP8, keyframe, frame);
        sealed = opened instanceof Opened.Refused;
        switch (opened) {
            case Opened.Refused refused -> tally.sealed++;
            case Opened.Plain(byte[] plain) -> {
                int body = audio ? 1 : CameraLayer.headerBytes(true, keyframe);
                if (!TestPayload.isIntact(plain, body, plain.length - body) || !follows(plain, body)) {
                    tally.corrupt++;
                    return;
                }
                tally.frames++;
                tally.latency(arrivedNanos - TestPayload.sentNanos(plain, body));
            }
        }
    }

    /// A sender report, which the next receiver report answers (RFC 3550 §6.4.1).
    public void onReport(int middleNtp, long nowMicros) {
        lastReport = middleNtp;
        lastReportMicros = nowMicros;
    }

    public int lastReport() {
        return lastReport;
    }

    public long lastReportMicros() {
        return lastReportMicros;
    }

    /// A stream stays one source's, and what that numbered higher comes later.
    private boolean follows(byte[] a, int at) {
        int source = TestPayload.source(a, at);
        int layer = TestPayload.layer(a, at);
        long number = TestPayload.number(a, at);
        boolean same = source == lastSource || lastSource < 0;
        boolean ascends = layer != lastLayer || number > lastNumber;
        lastSource = source;
        lastLayer = layer;
        lastNumber = number;
        return same && ascends;
    }

    /// @return whether it is the newest so far
    private boolean sequence(int seq) {
        if (highestSeq < 0) {
            highestSeq = seq + (1L << 16); // room for stragglers from before
            firstSeq = highestSeq;
            seen[(int) (highestSeq % WINDOW)] = highestSeq;
            return true;
        }
        long extended = highestSeq + (short) (seq - (int) highestSeq);
        int slot = (int) (extended % WINDOW);
        if (extended > highestSeq) {
            tally.missing += extended - highestSeq - 1;
            highestSeq = extended;
            seen[slot] = extended;
            return true;
        }
        if (seen[slot] == extended || extended <= highestSeq - WINDOW) {
            tally.duplicates++;
        } else if (extended > firstSeq) { // one from before the first was never missed
            seen[slot] = extended;
            tally.missing--;
            tally.late++;
        }
        return false;
    }
}
