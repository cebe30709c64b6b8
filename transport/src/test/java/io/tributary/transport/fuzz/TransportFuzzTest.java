package io.tributary.transport.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tributary.transport.codec.CodecPackets;
import io.tributary.transport.codec.DependencyDescriptor;
import io.tributary.transport.codec.FrameDependencies;
import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.codec.PayloadReader;
import io.tributary.transport.codec.Vp8Payload;
import io.tributary.transport.codec.Vp9Payload;
import io.tributary.transport.ice.StunMessage;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.rtcp.RtcpReader;
import io.tributary.transport.rtcp.RtcpVisitor;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.RtpPacket;
import io.tributary.transport.sdp.SdpReader;
import io.tributary.transport.sdp.SdpWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What reads a stranger's bytes in this module. Without `JAZZER_FUZZ` each target sees the inputs that are
/// checked in.
class TransportFuzzTest {
    private static final int MAX_DATAGRAM_BYTES = PacketBuffer.CAPACITY - PacketBuffer.HEADROOM;

    private static final ExtensionMap EXTENSIONS = extensions();

    @FuzzTest
    void stun(byte[] input) {
        var message = new StunMessage();
        PacketBuffer datagram = datagram(input);
        if (StunMessage.looksLikeStun(datagram) && message.wrap(datagram)) {
            message.isBindingRequest();
            message.hasCredentials();
            message.localUfrag();
        }
        datagram.release();
    }

    @FuzzTest
    void rtp(byte[] input) {
        var packet = new RtpPacket();
        PacketBuffer datagram = datagram(input);
        if (packet.wrap(datagram, EXTENSIONS)) {
            assertThat(packet.payloadOffset() + packet.payloadLength() + packet.paddingLength())
                    .isEqualTo(datagram.end());
            for (int at = packet.firstElement(); at >= 0; at = packet.nextElement(at)) {
                assertThat(packet.elementData(at) + packet.elementLength(at)).isLessThanOrEqualTo(datagram.end());
            }
            for (HeaderExtension extension : HeaderExtension.values()) {
                packet.find(extension);
            }
        }
        datagram.release();
    }

    @FuzzTest
    void rtcp(byte[] input) {
        RtcpReader.read(input, 0, input.length, new RtcpVisitor() {});
    }

    /// Transport-wide feedback behind the header of its packet, which says its length.
    @FuzzTest
    void transportFeedback(byte[] input) {
        int words = Math.min(input.length, MAX_DATAGRAM_BYTES) / 4;
        byte[] packet =
                Arrays.copyOf(new byte[] {(byte) 0x8F, (byte) 205, (byte) (words >>> 8), (byte) words}, 4 + 4 * words);
        System.arraycopy(input, 0, packet, 4, 4 * words);
        var counted = new int[1];
        RtcpReader.read(packet, 0, packet.length, new RtcpVisitor() {
            @Override
            public void onTransportPacket(int seq, boolean received, long deltaMicros) {
                counted[0]++;
            }
        });
        assertThat(counted[0]).isLessThanOrEqualTo(RtcpReader.MAX_TRANSPORT_STATUSES);
    }

    @FuzzTest
    void sdp(byte[] input) {
        String text = new String(input, StandardCharsets.UTF_8);
        if (SdpReader.read(text) instanceof SdpReader.Parsed(var description)) {
            String written = SdpWriter.write(description);
            if (SdpReader.read(written) instanceof SdpReader.Parsed(var again)) {
                assertThat(SdpWriter.write(again)).isEqualTo(written);
            }
        }
    }

    @FuzzTest
    void vp8(byte[] input) {
        var facts = new FrameFacts();
        if (Vp8Payload.parse(input, 0, input.length, facts)) {
            byte[] target = new byte[Vp8Payload.MAX_DESCRIPTOR_BYTES];
            int length = Vp8Payload.rewrite(input, 0, facts, 5, 6, 7, target, 0);
            assertThat(length).isEqualTo(facts.descriptorLength);
        }
        stream(PayloadReader.of(Codec.VP8), input);
        stream(PayloadReader.of(Codec.VP8, 0), input);
    }

    @FuzzTest
    void vp9(byte[] input) {
        var facts = new FrameFacts();
        if (Vp9Payload.parse(input, 0, input.length, facts)) {
            byte[] target = input.clone();
            Vp9Payload.rewrite(input, 0, facts, 5, 6, target, 0);
            var again = new FrameFacts();
            assertThat(Vp9Payload.parse(target, 0, target.length, again)).isTrue();
            assertThat(again.pictureId).isEqualTo(facts.pictureIdBits == 0 ? FrameFacts.NONE : 5);
            assertThat(again.descriptorLength).isEqualTo(facts.descriptorLength);
            assertThat(again.spatialId).isEqualTo(facts.spatialId);
        }
        stream(PayloadReader.of(Codec.VP9), input);
    }

    @FuzzTest
    void av1(byte[] input) {
        stream(PayloadReader.of(Codec.AV1), input);
    }

    @FuzzTest
    void h264(byte[] input) {
        stream(PayloadReader.of(Codec.H264), input);
    }

    @FuzzTest
    void h265(byte[] input) {
        stream(PayloadReader.of(Codec.H265), input);
    }

    @ParameterizedTest
    @ValueSource(strings = {"stun", "rtp", "rtcp", "transportFeedback", "sdp", "vp8", "vp9", "av1", "h264", "h265"})
    void standsMutationsOfItsInputs(String target) throws IOException {
        Mutations.run(TransportFuzzTest.class, target, target(target));
    }

    private Mutations.Target target(String name) {
        return switch (name) {
            case "stun" -> this::stun;
            case "rtp" -> this::rtp;
            case "rtcp" -> this::rtcp;
            case "transportFeedback" -> this::transportFeedback;
            case "sdp" -> this::sdp;
            case "vp8" -> this::vp8;
            case "vp9" -> this::vp9;
            case "av1" -> this::av1;
            case "h264" -> this::h264;
            case "h265" -> this::h265;
            default -> throw new IllegalArgumentException(name);
        };
    }

    /// A stream of packets, because readers remember: of each the step of its number, its timestamp, the length
    /// of its descriptor and that of its payload, a byte each, and then both.
    private static void stream(PayloadReader reader, byte[] input) {
        var packets = new CodecPackets();
        var facts = new FrameFacts();
        long seq = 1L << 16;
        int at = 0;
        while (at + 4 <= input.length) {
            seq += input[at];
            int timestamp = input[at + 1];
            int descriptorEnd = Math.min(input.length, at + 4 + (input[at + 2] & 0xFF));
            int payloadEnd = Math.min(input.length, descriptorEnd + (input[at + 3] & 0xFF));
            byte[] descriptor = Arrays.copyOfRange(input, at + 4, descriptorEnd);
            byte[] payload = Arrays.copyOfRange(input, descriptorEnd, payloadEnd);
            RtpPacket packet = packets.packet(seq, timestamp, (timestamp & 1) != 0, descriptor, payload);
            if (reader.read(packet, seq, facts)) {
                look(facts, descriptor);
            }
            at = payloadEnd;
        }
    }

    private static void look(FrameFacts facts, byte[] descriptor) {
        assertThat(facts.spatialId).isBetween(0, FrameFacts.HIGHEST_SPATIAL_LAYER);
        assertThat(facts.temporalId).isBetween(0, FrameFacts.HIGHEST_TEMPORAL_LAYER);
        for (int spatial = 0; spatial <= FrameFacts.HIGHEST_SPATIAL_LAYER; spatial++) {
            facts.neededFor(spatial, facts.temporalId);
            facts.endsPictureFor(spatial);
            assertThat(facts.temporalReach(spatial, 0)).isBetween(0, FrameFacts.HIGHEST_TEMPORAL_LAYER);
        }
        FrameDependencies dependencies = facts.dependencies;
        if (dependencies != null) {
            byte[] target = new byte[descriptor.length + DependencyDescriptor.MAX_GROWTH_BYTES];
            DependencyDescriptor.rewrite(descriptor, 0, dependencies, 9, 1, target, 0);
        }
    }

    private static PacketBuffer datagram(byte[] input) {
        PacketBuffer buffer = new PacketPool().take();
        int length = Math.min(input.length, MAX_DATAGRAM_BYTES);
        System.arraycopy(input, 0, buffer.array(), buffer.offset(), length);
        buffer.length(length);
        return buffer;
    }

    private static ExtensionMap extensions() {
        var ids = new EnumMap<HeaderExtension, Integer>(HeaderExtension.class);
        for (HeaderExtension extension : HeaderExtension.values()) {
            ids.put(extension, extension.ordinal() + 1);
        }
        return new ExtensionMap(Map.copyOf(ids));
    }
}
