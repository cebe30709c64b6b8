package io.tributary.transport.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.codec.PayloadReader;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.recording.Recording.Packet;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.rtp.RtpPacket;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// That what is checked in is what tests are told it is.
class RecordingTest {
    private final PacketPool pool = new PacketPool();

    @ParameterizedTest
    @CsvSource({
        "vp8-simulcast, 3, 1",
        "h264-simulcast, 3, 1",
        "vp9-l3t3-key, 1, 3",
        "vp9-l3t3, 1, 3",
        "av1-l3t3-key, 1, 3",
        "av1-l1t3, 1, 1",
        "opus, 1, 1"
    })
    void holdsTenSecondsOfEveryLayerWithKeyframes(String name, int layers, int spatialLayers) {
        Recording recording = Recording.named(name);

        assertThat(recording.layers()).isEqualTo(layers);
        assertThat(recording.durationMicros()).isBetween(9_500_000L, 10_000_000L);
        for (int layer = 0; layer < layers; layer++) {
            List<FrameFacts> facts = facts(recording, layer);
            assertThat(facts).hasSizeGreaterThan(100);
            if (recording.codec().kind() == MediaKind.VIDEO) {
                assertThat(facts.stream().filter(one -> one.keyframe)).hasSizeGreaterThan(2);
            }
            assertThat(facts.stream().mapToInt(one -> one.spatialId).distinct()).hasSize(spatialLayers);
        }
    }

    @ParameterizedTest
    @CsvSource({"vp8-simulcast", "opus"})
    void readsAsItWasWritten(String name) throws IOException {
        Recording recording = Recording.named(name);
        var written = new ByteArrayOutputStream();
        recording.write(written);

        Recording again = Recording.read(new ByteArrayInputStream(written.toByteArray()));

        assertThat(again).usingRecursiveComparison().isEqualTo(recording);
    }

    /// Of what carries a frame, in order of arrival.
    private List<FrameFacts> facts(Recording recording, int layer) {
        var reader = PayloadReader.of(recording.codec());
        var rtp = new RtpPacket();
        var all = new ArrayList<FrameFacts>();
        for (Packet packet : recording.packets()) {
            if (packet.layer() == layer) {
                PacketBuffer buffer = packet.toBuffer(pool);
                var facts = new FrameFacts();
                assertThat(rtp.wrap(buffer, recording.extensions())).isTrue();
                if (rtp.payloadLength() > 0) {
                    boolean readable = reader.read(rtp, packet.extendedSeq(), facts);
                    // What AV1's descriptors mean is told with a key frame.
                    assertThat(readable || all.isEmpty()).isTrue();
                    if (readable) {
                        all.add(facts);
                    }
                }
                buffer.release();
            }
        }
        return all;
    }
}
