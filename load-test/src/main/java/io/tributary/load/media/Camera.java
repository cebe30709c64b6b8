package io.tributary.load.media;

import io.tributary.frames.LiveKitSender;
import io.tributary.load.net.ClientLoop;
import io.tributary.load.peer.ClientPeer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// A camera at 720p and 30 frames a second in three simulcast layers, as libwebrtc sends VP8: frames of varying size in
/// packets of equal size, three temporal layers, key frames only when somebody asks.
public final class Camera implements PublishedMedia {
    /// The layers, from the lowest: what is announced and what is sent.
    public record Encoding(String rid, int width, int height, int bitrateBps) {}

    public static final List<Encoding> ENCODINGS = List.of(
            new Encoding("q", 320, 180, 150_000),
            new Encoding("h", 640, 360, 500_000),
            new Encoding("f", 1280, 720, 1_700_000));

    static final int FRAMES_PER_SECOND = 30;

    private static final int CLOCK_RATE_HZ = 90_000;
    private static final long FRAME_MICROS = 1_000_000 / FRAMES_PER_SECOND;

    private final Pace pace;
    private final List<CameraLayer> layers = new ArrayList<>();

    /// @param ssrcs of the layers, from the lowest
    /// @param rate how many times as many frames as a camera has, for load
    /// @param sealing encrypts frames; null for none
    public Camera(
            ClientLoop loop,
            ClientPeer peer,
            SentExtensions extensions,
            List<Integer> ssrcs,
            int payloadType,
            int sourceId,
            double rate,
            @Nullable LiveKitSender sealing,
            Random random) {
        for (int i = 0; i < ENCODINGS.size(); i++) {
            Encoding encoding = ENCODINGS.get(i);
            OutgoingSource source = new OutgoingSource(
                    peer, extensions, ssrcs.get(i), payloadType, encoding.rid(), random.nextInt(1 << 15));
            layers.add(new CameraLayer(loop, source, sourceId, i, encoding, sealing, random));
        }
        pace = new Pace(FRAME_MICROS, rate, loop.nowMicros(), random);
    }

    @Override
    public long nextDeadlineMicros() {
        return pace.nextMicros();
    }

    @Override
    public void onDeadline(long nowMicros) {
        while (pace.take(nowMicros)) {
            for (CameraLayer layer : layers) {
                layer.sendFrame(pace.ticks(CLOCK_RATE_HZ));
            }
        }
    }

    @Override
    public void rate(double rate) {
        pace.rate(rate);
    }

    @Override
    public void onKeyframeWanted(int ssrc) {
        for (CameraLayer layer : layers) {
            if (layer.source().ssrc() == ssrc) {
                layer.wantKeyframe();
            }
        }
    }

    @Override
    public void onMissing(int ssrc, int seq) {
        for (CameraLayer layer : layers) {
            if (layer.source().ssrc() == ssrc) {
                layer.source().resend(seq);
            }
        }
    }

    @Override
    public void onReported(int ssrc) {
        for (CameraLayer layer : layers) {
            if (layer.source().ssrc() == ssrc) {
                layer.source().onReported();
            }
        }
    }

    @Override
    public void sendReports(long ntpTime) {
        for (CameraLayer layer : layers) {
            layer.source().sendReport(ntpTime);
        }
    }

    @Override
    public long packets() {
        return layers.stream().mapToLong(layer -> layer.source().packets()).sum();
    }

    @Override
    public long skipped() {
        return pace.skipped();
    }
}
