package io.tributary.sfu.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.codec.FrameDependencies;
import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.codec.PayloadReader;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.recording.Recording;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.RtpPacket;
import io.tributary.transport.rtp.SequenceUnwrapper;
import io.tributary.transport.sim.SimRtp;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What dependency descriptors promise a subscriber, that changes its mind all the time: whatever a frame refers to
/// was sent before it, and the chain of the best decode target that the subscriber is told of never breaks (AV1 RTP
/// payload format, appendix A). A failing seed is in the test's name.
class DescriptorChainTest {
    private static final int SEEDS = 8;
    private static final int MANY = 20;

    static Stream<Arguments> recordings() {
        return Stream.of("av1-l3t3-key", "av1-l1t3")
                .flatMap(name -> IntStream.rangeClosed(1, SEEDS).mapToObj(seed -> Arguments.of(name, seed)));
    }

    @ParameterizedTest(name = "{0}, seed {1}")
    @MethodSource("recordings")
    void refersOnlyToWhatWasSent(String name, int seed) {
        Recording recording = Recording.named(name);
        var call = new ReplayedCall(recording, seed);
        call.run();
        var pool = new PacketPool();
        var reader = PayloadReader.of(Codec.AV1);
        var packet = new RtpPacket();
        var facts = new FrameFacts();
        var seqs = new SequenceUnwrapper();
        var numbers = new SequenceUnwrapper();
        var sent = new HashSet<Long>();
        for (SimRtp rtp : call.described) {
            byte[] bytes = rtp.encode();
            PacketBuffer buffer = pool.take();
            System.arraycopy(bytes, 0, buffer.array(), buffer.offset(), bytes.length);
            buffer.length(bytes.length);
            assertThat(packet.wrap(buffer, recording.extensions())).isTrue();
            assertThat(reader.read(packet, seqs.unwrap(rtp.seq()), facts)).isTrue();
            FrameDependencies frame = Objects.requireNonNull(facts.dependencies, "no descriptor");
            long number = numbers.unwrap(frame.frameNumber);
            if (facts.startsFrame) {
                intact(sent, number, frame);
                sent.add(number);
            }
            buffer.release();
        }
        assertThat(sent).hasSizeGreaterThan(MANY);
    }

    private static void intact(Set<Long> sent, long number, FrameDependencies frame) {
        for (int i = 0; i < frame.frameDiffCount; i++) {
            assertThat(sent).as("what frame %d refers to", number).contains(number - frame.frameDiffs[i]);
        }
        int target = frame.targetFor(FrameFacts.HIGHEST_SPATIAL_LAYER, FrameFacts.HIGHEST_TEMPORAL_LAYER);
        assertThat(target).as("the best target at frame %d", number).isNotNegative();
        if (frame.chains > 0) {
            int diff = frame.chainDiffs[frame.protectedBy[target]] & 0xFF;
            if (diff > 0) {
                assertThat(sent)
                        .as("before frame %d in the chain of target %d", number, target)
                        .contains(number - diff);
            }
        }
    }
}
