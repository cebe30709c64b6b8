package io.tributary.server;

import io.tributary.sfu.track.TrackSpec;
import io.tributary.transport.peer.IncomingMediaSink;
import io.tributary.transport.peer.IncomingStream;
import io.tributary.transport.recording.Recording;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.rtp.RtpPacket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Writes down one track, and asks for key frames as subscribers would who change layers all the time. On the loop.
final class TrackRecorder implements IncomingMediaSink {
    static final long LENGTH_MICROS = 10_000_000;

    /// Times the layer's number and one: so that layers begin anew at different times.
    private static final long KEYFRAME_MICROS = 900_000;

    private final TrackSpec track;
    private final ExtensionMap extensions;
    private final List<Recording.Event> events = new ArrayList<>();
    private final long[] keyframeMicros;
    private @Nullable CompletableFuture<Recording> recording;
    private String about = "";
    private long startMicros;

    TrackRecorder(TrackSpec track, ExtensionMap extensions) {
        this.track = track;
        this.extensions = extensions;
        keyframeMicros = new long[track.layers()];
    }

    void begin(long nowMicros, String what, CompletableFuture<Recording> into) {
        about = what;
        startMicros = nowMicros;
        Arrays.fill(keyframeMicros, nowMicros);
        events.clear();
        recording = into;
    }

    @Override
    public void onStream(long nowMicros, IncomingStream stream) {}

    @Override
    public void onRtp(long nowMicros, IncomingStream stream, long extendedSeq, RtpPacket packet) {
        int layer = layerOf(stream);
        if (recording == null || layer < 0) {
            return;
        }
        if (nowMicros - startMicros > LENGTH_MICROS) {
            recording.complete(new Recording(about, track.codec(), track.ridsLowToHigh(), extensions, events));
            recording = null;
            return;
        }
        int start = packet.buffer().offset();
        byte[] bytes = Arrays.copyOfRange(packet.array(), start, start + packet.sizeBytes());
        events.add(new Recording.Packet(nowMicros - startMicros, layer, extendedSeq, bytes));
        if (track.codec().kind() == MediaKind.VIDEO && nowMicros >= keyframeMicros[layer]) {
            stream.requestKeyframe(nowMicros);
            keyframeMicros[layer] = nowMicros + KEYFRAME_MICROS * (layer + 1);
        }
    }

    @Override
    public void onLoss(long nowMicros, IncomingStream stream) {
        if (recording != null) {
            recording.completeExceptionally(new IllegalStateException("packets were lost on the way to the recorder"));
            recording = null;
        }
    }

    @Override
    public void onSenderReport(long nowMicros, IncomingStream stream, long ntpTime, int rtpTimestampTicks) {
        if (recording != null && layerOf(stream) >= 0) {
            events.add(
                    new Recording.SenderReport(nowMicros - startMicros, layerOf(stream), ntpTime, rtpTimestampTicks));
        }
    }

    private int layerOf(IncomingStream stream) {
        return track.layers() == 1 ? 0 : track.ridsLowToHigh().indexOf(stream.rid());
    }
}
