package io.tributary.load.media;

import io.tributary.frames.FrameCodec;
import io.tributary.frames.LiveKitSender;
import io.tributary.load.net.ClientLoop;
import io.tributary.load.peer.ClientPeer;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Speech as Opus sends it: a packet every 20 ms, 32 kbit/s, never silent.
public final class Microphone implements PublishedMedia {
    private static final long PACKET_MICROS = 20_000;
    private static final int CLOCK_RATE_HZ = 48_000;

    /// 32 kbit/s: with RTP header, level and SRTP tag some 120 bytes on the wire.
    private static final int PAYLOAD_BYTES = 80;

    /// The first byte of an Opus packet, which stays readable (RFC 6716 §3.1): hybrid, 20 ms, mono. Where frames are
    /// not
    /// encrypted nobody reads it, and it is left out.
    static final byte TABLE_OF_CONTENTS = 0x78;

    private final ClientLoop loop;
    private final int sourceId;
    private final @Nullable LiveKitSender sealing;
    private final OutgoingSource source;
    private final Pace pace;
    private int timestampTicks;

    /// @param rate how many times as fast as people speak, for load
    /// @param sealing encrypts frames; null for none
    public Microphone(
            ClientLoop loop,
            ClientPeer peer,
            SentExtensions extensions,
            int ssrc,
            int payloadType,
            int sourceId,
            double rate,
            @Nullable LiveKitSender sealing,
            Random random) {
        this.loop = loop;
        this.sourceId = sourceId;
        this.sealing = sealing;
        source = new OutgoingSource(peer, extensions, ssrc, payloadType, "", random.nextInt(1 << 15));
        timestampTicks = random.nextInt();
        pace = new Pace(PACKET_MICROS, rate, loop.nowMicros(), random);
    }

    @Override
    public long nextDeadlineMicros() {
        return pace.nextMicros();
    }

    @Override
    public void onDeadline(long nowMicros) {
        while (pace.take(nowMicros)) {
            timestampTicks += pace.ticks(CLOCK_RATE_HZ);
            int payload = source.begin(false, timestampTicks);
            LiveKitSender seal = sealing;
            if (seal == null) {
                TestPayload.write(
                        source.bytes(), payload, PAYLOAD_BYTES, sourceId, 0, source.packets(), loop.realtimeNanos());
                source.send(payload + PAYLOAD_BYTES);
            } else {
                byte[] frame = sealed(seal);
                System.arraycopy(frame, 0, source.bytes(), payload, frame.length);
                source.send(payload + frame.length);
            }
        }
    }

    private byte[] sealed(LiveKitSender seal) {
        byte[] frame = new byte[PAYLOAD_BYTES];
        frame[0] = TABLE_OF_CONTENTS;
        TestPayload.write(frame, 1, frame.length - 1, sourceId, 0, source.packets(), loop.realtimeNanos());
        return seal.seal(FrameCodec.OPUS, true, frame, source.ssrc(), timestampTicks)
                .orElseThrow();
    }

    @Override
    public void rate(double rate) {
        pace.rate(rate);
    }

    @Override
    public void onKeyframeWanted(int ssrc) {
        // Opus has none.
    }

    @Override
    public void onMissing(int ssrc, int seq) {
        if (ssrc == source.ssrc()) {
            source.resend(seq);
        }
    }

    @Override
    public void onReported(int ssrc) {
        if (ssrc == source.ssrc()) {
            source.onReported();
        }
    }

    @Override
    public void sendReports(long ntpTime) {
        source.sendReport(ntpTime);
    }

    @Override
    public long packets() {
        return source.packets();
    }

    @Override
    public long skipped() {
        return pace.skipped();
    }
}
