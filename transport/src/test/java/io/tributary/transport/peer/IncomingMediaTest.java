package io.tributary.transport.peer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.rtp.RtpPacket;
import io.tributary.transport.sim.SimPeer;
import io.tributary.transport.sim.SimRtcp;
import io.tributary.transport.sim.SimRtp;
import io.tributary.transport.sim.SimSender;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a client sends, as the owner of the connection gets to see it.
class IncomingMediaTest extends PeerScenario {
    private static final int SSRC = 0x1234_5678;
    private static final int REPAIR_SSRC = 0x8765_4321;

    /// A VP8 descriptor with a start bit and an inter frame behind it.
    private static final byte[] DELTA = {0x10, 0x01, 2, 3, 4, 5, 6, 7};

    private static final byte[] KEYFRAME = {0x10, 0x00, 2, 3, 4, 5, 6, 7};

    @BeforeEach
    void connected() {
        connect();
    }

    @Test
    void findsADeclaredSsrc() {
        receive(audio("0", 77));
        client.send(new SimRtp(OPUS, 1, 960, 77, new byte[50]).withMarker());
        world.runForMillis(100);
        assertThat(sink.streams).singleElement().satisfies(stream -> {
            assertThat(stream.mid()).isEqualTo("0");
            assertThat(stream.rid()).isEmpty();
            assertThat(stream.ssrc()).isEqualTo(77);
        });
        assertThat(sink.arrivals).singleElement().satisfies(arrival -> {
            assertThat(arrival.packet().marker()).isTrue();
            assertThat(arrival.packet().timestampTicks()).isEqualTo(960);
            assertThat(arrival.packet().payload()).hasSize(50);
        });
    }

    @Test
    void findsSimulcastLayersByMidAndRid() {
        receive(video("2", List.of("q", "h"), List.of(), List.of()));
        receive(video("3", List.of("q", "h"), List.of(), List.of()));
        int ssrc = 100;
        for (String mid : List.of("2", "3")) {
            for (String rid : List.of("h", "q")) {
                client.send(labelled(new SimRtp(VP8, 1, 0, ssrc, DELTA), mid, rid));
                client.send(new SimRtp(VP8, 2, 0, ssrc, DELTA)); // a sender stops labelling once it is heard
                ssrc++;
            }
        }
        world.runForMillis(100);
        assertThat(sink.arrivals)
                .extracting(a -> a.mid() + a.rid() + a.ssrc())
                .containsExactly("2h100", "2h100", "2q101", "2q101", "3h102", "3h102", "3q103", "3q103");
        assertThat(sink.streams).hasSize(4);
    }

    @Test
    void findsTheOnlyMLineWithThePayloadType() {
        receive(audio("0"));
        receive(video("1", List.of(), List.of(), List.of()));
        client.send(new SimRtp(OPUS, 1, 0, 5, new byte[10]));
        client.send(new SimRtp(VP8, 1, 0, 6, DELTA));
        world.runForMillis(100);
        assertThat(sink.arrivals).extracting(Arrival::mid).containsExactly("0", "1");
    }

    @Test
    void guessesNotBetweenMLinesOfOnePayloadType() {
        receive(audio("0"));
        receive(audio("1"));
        client.send(new SimRtp(OPUS, 1, 0, 5, new byte[10]));
        world.runForMillis(100);
        assertThat(sink.arrivals).isEmpty();
        assertThat(server.drops(PeerDrop.UNROUTABLE)).isEqualTo(1);
    }

    @Test
    void dropsAndCountsWhatNoMLineWants() {
        client.send(new SimRtp(OPUS, 1, 0, 5, new byte[10])); // before any m-line
        receive(video("2", List.of("q"), List.of(), List.of()));
        client.send(labelled(new SimRtp(VP8, 1, 0, 6, DELTA), "9", "q"));
        client.send(labelled(new SimRtp(VP8, 1, 0, 7, DELTA), "2", "x"));
        client.send(new SimRtp(VP8, 1, 0, 8, DELTA).with(MID_ID, "2".getBytes(UTF_8)));
        client.send(labelled(new SimRtp(63, 1, 0, 9, DELTA), "2", "q"));
        world.runForMillis(100);
        assertThat(sink.arrivals).isEmpty();
        assertThat(server.drops(PeerDrop.UNROUTABLE)).isEqualTo(4);
        assertThat(server.drops(PeerDrop.UNKNOWN_PAYLOAD_TYPE)).isEqualTo(1);
    }

    @Test
    void keepsAnSsrcOnTheMLineThatHadItFirst() {
        receive(audio("0", 77));
        receive(audio("1", 77, 78));
        client.send(new SimRtp(OPUS, 1, 0, 77, new byte[10]));
        client.send(new SimRtp(OPUS, 2, 0, 77, new byte[10]).with(MID_ID, "1".getBytes(UTF_8)));
        client.send(new SimRtp(OPUS, 1, 0, 78, new byte[10]).with(MID_ID, "1".getBytes(UTF_8)));
        world.runForMillis(100);
        assertThat(sink.arrivals).extracting(a -> a.mid() + "/" + a.ssrc()).containsExactly("0/77", "1/78");
        assertThat(server.drops(PeerDrop.SSRC_COLLISION)).isEqualTo(2); // the declaration and the packet
    }

    @Test
    void boundsHowFastAStreamChangesItsSsrc() {
        receive(video("2", List.of("q"), List.of(), List.of()));
        for (int ssrc = 1; ssrc <= 400; ssrc++) {
            client.send(labelled(new SimRtp(VP8, 1, 0, ssrc, DELTA), "2", "q"));
        }
        world.runForMillis(100);
        assertThat(sink.streams).hasSize(1);
        world.runForMillis(1_500);
        client.send(labelled(new SimRtp(VP8, 9, 0, 401, DELTA), "2", "q"));
        world.runForMillis(100);
        assertThat(sink.streams).extracting(IncomingStream::ssrc).containsExactly(1, 401);
    }

    @Test
    void deliversAReplayedPacketOnce() {
        receive(audio("0", 77));
        byte[] datagram = client.send(new SimRtp(OPUS, 1, 960, 77, new byte[50]));
        for (int i = 0; i < 10; i++) {
            client.sendDatagram(datagram);
        }
        world.runForMillis(100);
        assertThat(sink.arrivals).hasSize(1);
        assertThat(server.drops(PeerDrop.SRTP_REFUSED)).isEqualTo(10);
    }

    @Test
    void refusesWhatIsNotSignedWithTheKeys() {
        receive(audio("0", 77));
        byte[] datagram = client.send(new SimRtp(OPUS, 1, 960, 77, new byte[50]));
        world.runForMillis(100);
        datagram[30] ^= 1;
        datagram[3] ^= 1; // another sequence number, or it would be a replay
        client.sendDatagram(datagram);
        client.sendDatagram(new byte[] {(byte) 0x80, (byte) 200, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11});
        world.runForMillis(100);
        assertThat(sink.arrivals).hasSize(1);
        assertThat(server.drops(PeerDrop.SRTP_REFUSED)).isEqualTo(1);
        assertThat(server.drops(PeerDrop.SRTCP_REFUSED)).isEqualTo(1);
    }

    /// A microphone is taken away while its last packets are on their way; they do not become the other one's.
    @Test
    void whatIsLeftOfAStoppedLineIsNobodyElses() {
        receive(audio("1", 0x10));
        receive(audio("2", 0x20));
        var first = new SimSender(client, OPUS, 0x10, 1);
        var second = new SimSender(client, OPUS, 0x20, 500);
        first.send(960, false, payload(1));
        second.send(960, false, payload(2));
        world.runForMillis(50);
        onLoop(() -> peer.stopReceiving("2"));
        second.send(1_920, false, payload(3));
        world.runForMillis(50);
        first.send(1_920, false, payload(4));
        world.runForMillis(50);

        assertThat(sink.arrivals).extracting(Arrival::ssrc).containsExactly(0x10, 0x20, 0x10);
        assertThat(server.drops(PeerDrop.UNROUTABLE)).isEqualTo(1);
    }

    /// One packet in twelve is lost both ways for ten seconds; each arrives exactly once and as it was.
    @Test
    void recoversLossByRetransmission() {
        receive(video("1", List.of(), List.of(SSRC), List.of(REPAIR_SSRC)));
        var sender = new SimSender(client, VP8, SSRC, 65_000).repairs(RTX, REPAIR_SSRC);
        world.network().link(client.address(), server.address(0)).loss(0.08);
        world.network().link(server.address(0), client.address()).loss(0.08);
        int packets = 3_000;
        for (int i = 0; i < packets; i++) {
            sender.send(i / 10 * 3_000, i % 10 == 9, payload(i));
            world.runForMicros(3_333);
        }
        world.network().link(client.address(), server.address(0)).loss(0);
        for (int i = 0; i < 5; i++) {
            sender.send(packets / 10 * 3_000, false, payload(packets + i));
        }
        world.runForMillis(2_000);
        Set<Long> seen = new HashSet<>();
        Arrival earliest = sink.arrivals.getFirst(); // others may be lost before it
        long first = earliest.extendedSeq() - (earliest.packet().seq() - 65_000 & 0xFFFF);
        for (Arrival arrival : sink.arrivals) {
            assertThat(seen.add(arrival.extendedSeq())).isTrue();
            int i = (int) (arrival.extendedSeq() - first);
            assertThat(arrival.packet().ssrc()).isEqualTo(SSRC);
            assertThat(arrival.packet().payloadType()).isEqualTo(VP8);
            assertThat(arrival.packet().payload()).isEqualTo(payload(i));
            assertThat(arrival.packet().marker()).isEqualTo(i < packets && i % 10 == 9);
            assertThat(arrival.packet().seq()).isEqualTo((65_000 + i) & 0xFFFF);
        }
        assertThat(seen.size()).isGreaterThan(packets); // but for one in five thousand after five tries
        var quality = new PeerQuality[1];
        onLoop(() -> quality[0] = peer.takeQuality());
        assertThat(quality[0].uplinkLossPercent()).isLessThan(0.1);
        assertThat(quality[0].roundTripMicros()).isBetween(20_000L, 21_500L); // by the retransmissions alone
    }

    @Test
    void attachesALearntRepairStreamToTheLayerThatItsRepairedRidNames() {
        receive(video("2", List.of("q", "h"), List.of(), List.of()));
        for (String rid : List.of("q", "h")) {
            var sender = new SimSender(client, VP8, rid.equals("q") ? 10 : 20, 500)
                    .extension(MID_ID, "2")
                    .extension(RID_ID, rid)
                    .repairs(RTX, rid.equals("q") ? 11 : 21)
                    .repairExtension(MID_ID, "2")
                    .repairExtension(REPAIRED_RID_ID, rid);
            sender.send(0, false, DELTA);
            sender.lose(0, false, payload(rid.charAt(0)));
            sender.send(0, true, DELTA);
        }
        world.runForMillis(500);
        assertThat(sink.arrivals)
                .filteredOn(a -> a.packet().seq() == 501)
                .extracting(a -> a.rid() + a.ssrc())
                .containsExactlyInAnyOrder("q10", "h20");
    }

    @Test
    void asksOnTheScheduleAndGivesUp() {
        receive(video("1", List.of(), List.of(SSRC), List.of(REPAIR_SSRC)));
        var sender = new SimSender(client, VP8, SSRC, 500); // answers nothing
        sender.send(0, false, DELTA);
        sender.lose(0, false, DELTA);
        sender.send(0, true, DELTA);
        world.runForMillis(3_000);
        // 20 ms of guard; then 70 ms, the round trip while unknown, times 1.25, 1.25², 1.25³ and 1.25⁴.
        assertThat(client.reports().stream().filter(r -> r.is(SimRtcp.TRANSPORT_FEEDBACK, SimRtcp.NACK)))
                .hasSize(5)
                .allSatisfy(nack -> {
                    assertThat(nack.mediaSsrc()).isEqualTo(SSRC);
                    assertThat(nack.missing()).containsExactly(501);
                });
    }

    @Test
    void asksForNothingFromBeforeAKeyFrame() {
        receive(video("1", List.of(), List.of(SSRC), List.of(REPAIR_SSRC)));
        var sender = new SimSender(client, VP8, SSRC, 500).repairs(RTX, REPAIR_SSRC);
        sender.send(0, true, DELTA);
        sender.lose(3_000, true, DELTA);
        sender.send(6_000, true, KEYFRAME);
        world.runForMillis(15);
        // Whoever reads frames says that this was one.
        onLoop(() ->
                sink.streams.getFirst().forgetBefore(sink.arrivals.getLast().extendedSeq()));
        world.runForMillis(500);
        assertThat(client.reports()).noneMatch(r -> r.is(SimRtcp.TRANSPORT_FEEDBACK, SimRtcp.NACK));
    }

    @Test
    void saysThatAStreamLostSomethingForGood() {
        receive(video("1", List.of(), List.of(SSRC), List.of(REPAIR_SSRC)));
        var sender = new SimSender(client, VP8, SSRC, 500); // answers no NACK
        sender.send(0, true, DELTA);
        sender.lose(3_000, true, DELTA);
        sender.send(6_000, true, DELTA);
        world.runForMillis(500);
        assertThat(sink.losses).isEmpty();
        world.runForMillis(1_000);
        assertThat(sink.losses).isEqualTo(sink.streams);
        assertThat(server.table().repairs().counted(RepairCounters.Repair.REQUESTED))
                .isEqualTo(5);
        assertThat(server.table().repairs().counted(RepairCounters.Repair.GIVEN_UP))
                .isEqualTo(1);
    }

    /// Without RTX a repeat comes on the stream's own SSRC, as sound does where it is repeated at all.
    @Test
    void takesARepeatOnTheStreamItself() {
        receive(new IncomingMedia(
                "0",
                MediaKind.AUDIO,
                List.of(new PayloadFormat(Codec.OPUS, OPUS, -1, true)),
                EXTENSIONS,
                List.of(),
                List.of(77),
                List.of()));
        client.send(new SimRtp(OPUS, 1, 960, 77, new byte[10]));
        client.send(new SimRtp(OPUS, 3, 2_880, 77, new byte[10]));
        world.runForMillis(60);
        assertThat(client.reports())
                .filteredOn(r -> r.is(SimRtcp.TRANSPORT_FEEDBACK, SimRtcp.NACK))
                .singleElement()
                .satisfies(nack -> assertThat(nack.missing()).containsExactly(2));
        client.send(new SimRtp(OPUS, 2, 1_920, 77, new byte[10]));
        world.runForMillis(100);
        assertThat(sink.seqs()).containsExactly(1, 3, 2);
    }

    /// Both numbers were agreed: the stream goes on, and each is repaired by its own retransmission format.
    @Test
    void goesOnWhenThePayloadTypeChanges() {
        receive(new IncomingMedia(
                "1",
                MediaKind.VIDEO,
                List.of(VIDEO_FORMAT, new PayloadFormat(Codec.VP8, 100, 101, true)),
                EXTENSIONS,
                List.of(),
                List.of(SSRC),
                List.of(REPAIR_SSRC)));
        client.send(new SimRtp(VP8, 1, 0, SSRC, DELTA).withMarker());
        client.send(new SimRtp(100, 2, 3_000, SSRC, DELTA).withMarker());
        client.send(new SimRtp(102, 3, 6_000, SSRC, DELTA).withMarker()); // not agreed
        client.send(new SimRtp(100, 3, 6_000, SSRC, DELTA).asRepair(101, REPAIR_SSRC, 1));
        world.runForMillis(100);
        assertThat(sink.streams).hasSize(1);
        assertThat(sink.arrivals).extracting(a -> a.packet().payloadType()).containsExactly(VP8, 100, 100);
        assertThat(server.drops(PeerDrop.UNKNOWN_PAYLOAD_TYPE)).isEqualTo(1);
    }

    @Test
    void takesOverAnSsrcThatARenegotiationDeclares() {
        receive(video("1", List.of(), List.of(SSRC), List.of(REPAIR_SSRC)));
        var before = new SimSender(client, VP8, SSRC, 500).repairs(RTX, REPAIR_SSRC);
        before.send(0, true, DELTA);
        world.runForMillis(100);
        receive(video("1", List.of(), List.of(5), List.of(6)));
        var after = new SimSender(client, VP8, 5, 60_000).repairs(RTX, 6);
        after.send(0, true, DELTA);
        after.lose(3_000, true, DELTA);
        after.send(6_000, true, DELTA);
        world.runForMillis(300);
        before.send(3_000, true, DELTA); // nobody knows it any more, and a packet without MID tells nothing
        world.runForMillis(100);
        assertThat(sink.streams).extracting(IncomingStream::ssrc).startsWith(SSRC, 5);
        assertThat(sink.seqs()).startsWith(500, 60_000, 60_002, 60_001);
    }

    @Test
    void asksForAKeyFrameByFirWhereOnlyThatIsAgreed() {
        receive(new IncomingMedia(
                "1",
                MediaKind.VIDEO,
                List.of(new PayloadFormat(Codec.VP8, VP8, RTX, true, true)),
                EXTENSIONS,
                List.of(),
                List.of(SSRC),
                List.of(REPAIR_SSRC)));
        client.send(new SimRtp(VP8, 1, 0, SSRC, DELTA));
        world.runForMillis(100);
        for (int i = 0; i < 2; i++) {
            onLoop(() -> sink.streams.getFirst().requestKeyframe(world.nowMicros()));
        }
        world.runForMillis(100);
        List<ByteBuffer> commands = client.reports().stream()
                .filter(r -> r.is(SimRtcp.PAYLOAD_FEEDBACK, SimRtcp.FIR))
                .map(r -> ByteBuffer.wrap(r.body()))
                .toList();
        assertThat(commands)
                .hasSize(2)
                .allSatisfy(fir -> assertThat(fir.getInt(8)).isEqualTo(SSRC));
        assertThat(commands)
                .extracting(fir -> (int) fir.get(12))
                .as("each a new command")
                .doesNotHaveDuplicates();
        assertThat(client.reports()).noneMatch(r -> r.is(SimRtcp.PAYLOAD_FEEDBACK, SimRtcp.PLI));
    }

    @Test
    void asksForNothingWhereNackIsNotAgreed() {
        receive(audio("0", 77));
        var sender = new SimSender(client, OPUS, 77, 500);
        sender.send(0, false, new byte[10]);
        sender.lose(960, false, new byte[10]);
        sender.send(1920, false, new byte[10]);
        world.runForMillis(500);
        assertThat(client.reports()).noneMatch(r -> r.is(SimRtcp.TRANSPORT_FEEDBACK, SimRtcp.NACK));
    }

    @Test
    void deliversAPacketOnceWhenItsRetransmissionComesToo() {
        receive(video("1", List.of(), List.of(SSRC), List.of(REPAIR_SSRC)));
        var sender = new SimSender(client, VP8, SSRC, 500).repairs(RTX, REPAIR_SSRC);
        sender.send(0, true, DELTA);
        sender.repair(500);
        sender.repair(500);
        world.runForMillis(100);
        assertThat(sink.arrivals).hasSize(1);
        assertThat(server.drops(PeerDrop.DUPLICATE)).isEqualTo(2);
    }

    @Test
    void passesOnOnlyThePaddingThatTookANumberOfTheStream() {
        receive(video("1", List.of(), List.of(SSRC), List.of(REPAIR_SSRC)));
        client.send(new SimRtp(VP8, 1, 0, SSRC, DELTA));
        client.send(new SimRtp(VP8, 2, 0, SSRC, new byte[0]).withPadding(200));
        client.send(new SimRtp(VP8, 3, 0, SSRC, DELTA));
        client.send(new SimRtp(RTX, 1, 0, REPAIR_SSRC, new byte[0]).withPadding(224));
        client.send(new SimRtp(RTX, 2, 0, REPAIR_SSRC, new byte[1]));
        world.runForMillis(500);
        assertThat(sink.seqs()).containsExactly(1, 2, 3);
        assertThat(client.reports()).noneMatch(r -> r.is(SimRtcp.TRANSPORT_FEEDBACK, SimRtcp.NACK));
        assertThat(server.drops(PeerDrop.MALFORMED)).isEqualTo(1);
    }

    @Test
    void reportsWhatItReceived() {
        receive(audio("0", 77));
        long ntp = 0x1122_3344_5566_7788L;
        for (int seq = 65_500; seq < 65_600; seq++) {
            if (seq % 10 != 0) {
                client.send(new SimRtp(OPUS, seq & 0xFFFF, seq * 960, 77, new byte[50]));
            }
            world.runForMicros(1_000);
        }
        client.sendRtcp(SimRtcp.senderReport(77, ntp, 4711, 90, 4500));
        world.runForMillis(2_000);
        assertThat(sink.clocks).containsExactly(new Clock(77, ntp, 4711));
        List<SimRtcp> reports = client.reports().stream()
                .filter(r -> r.type() == SimRtcp.RECEIVER_REPORT && r.format() > 0)
                .toList();
        SimRtcp.ReportBlock last = reports.getLast().reportBlocks().getFirst();
        assertThat(last.ssrc()).isEqualTo(77);
        assertThat(last.lost()).isEqualTo(9); // 65,500 came first, so 65,500 is not known to be missing
        assertThat(last.highest()).isEqualTo(65_599);
        assertThat(last.lsr()).isEqualTo(0x3344_5566);
        assertThat(last.dlsr()).isPositive();
        assertThat(reports.stream()
                        .mapToInt(r -> r.reportBlocks().getFirst().fraction())
                        .max()
                        .orElseThrow())
                .isBetween(15, 35); // 9 in 99, of 256, perhaps in two intervals
        assertThat(client.reports()).anyMatch(r -> r.type() == SimRtcp.SDES);
    }

    @Test
    void reportsOnManyStreamsInSeveralPackets() {
        receive(audio("0", IntStream.range(1, 41).boxed().toArray(Integer[]::new)));
        for (int ssrc = 1; ssrc < 41; ssrc++) {
            client.send(new SimRtp(OPUS, 1, 960, ssrc, new byte[50]));
        }
        world.runForMillis(1_100);
        assertThat(client.reports().stream()
                        .filter(r -> r.type() == SimRtcp.RECEIVER_REPORT)
                        .flatMap(r -> r.reportBlocks().stream())
                        .map(SimRtcp.ReportBlock::ssrc)
                        .distinct())
                .hasSize(40);
    }

    @Test
    void asksForAKeyFrame() {
        receive(video("1", List.of(), List.of(SSRC), List.of(REPAIR_SSRC)));
        var sender = new SimSender(client, VP8, SSRC, 500);
        sender.send(0, true, DELTA);
        world.runForMillis(100);
        onLoop(() -> sink.streams.getFirst().requestKeyframe(world.nowMicros()));
        world.runForMillis(100);
        assertThat(sender.keyframeRequests()).isEqualTo(1);
    }

    /// Every packet of every stream is told once, lost ones as lost, with its arrival to a quarter of a millisecond.
    @Test
    void tellsWhenTransportWideNumberedPacketsArrived() {
        receive(audio("0", 77));
        receive(video("1", List.of(), List.of(SSRC), List.of(REPAIR_SSRC)));
        var counter = new SimSender.TransportCounter(65_400);
        var audio = new SimSender(client, OPUS, 77, 1).transportWide(TRANSPORT_CC_ID, counter);
        var video = new SimSender(client, VP8, SSRC, 1).transportWide(TRANSPORT_CC_ID, counter);
        var random = new Random(world.seed());
        var told = new TwccLog();
        client.onRtcp(told::onRtcp);
        Set<Integer> lost = new HashSet<>();
        world.network()
                .link(client.address(), server.address(0))
                .jitterMillis(5)
                .filter(datagram -> datagram[0] != (byte) 0x90 || !lost.contains(told.sent));
        for (int i = 0; i < 400; i++) {
            told.sent = 65_400 + i;
            if (random.nextInt(10) == 0 && i > 0) {
                lost.add(told.sent);
            }
            if (i % 4 == 0) {
                audio.send(i * 960, false, new byte[20]);
            } else {
                video.send(i * 900, false, DELTA);
            }
            world.runForMicros(2_000 + random.nextInt(6_000));
        }
        world.runForMillis(500);
        assertThat(told.packets).isBetween(18, 24); // 400 packets of 5 ms on average, told every 100 ms
        for (int seq = 65_400; seq < 65_400 + told.highest - 65_399; seq++) {
            assertThat(told.arrivals.containsKey(seq)).as("packet %d", seq).isEqualTo(!lost.contains(seq));
        }
        List<Long> actual = sink.arrivals.stream().map(Arrival::atMicros).toList();
        List<Long> reported = told.arrivals.values().stream().toList();
        assertThat(reported).hasSameSizeAs(actual);
        for (int i = 0; i < actual.size(); i++) {
            assertThat(reported.get(i)).isCloseTo(actual.get(i), offset(500L));
        }
    }

    @Test
    void stopsReceivingOnAnMLine() {
        receive(audio("0", 77));
        client.send(new SimRtp(OPUS, 1, 0, 77, new byte[10]));
        world.runForMillis(100);
        onLoop(() -> peer.stopReceiving("0"));
        client.send(new SimRtp(OPUS, 2, 960, 77, new byte[10]));
        world.runForMillis(100);
        assertThat(sink.seqs()).containsExactly(1);
        receive(audio("0", 77)); // published again on the same m-line by the same sender
        client.send(new SimRtp(OPUS, 3, 1920, 77, new byte[10]));
        world.runForMillis(100);
        assertThat(sink.seqs()).containsExactly(1, 3);
        assertThat(sink.streams).hasSize(2);
    }

    @Test
    void keepsStreamsThroughRenegotiation() {
        receive(video("2", List.of("q"), List.of(), List.of()));
        client.send(labelled(new SimRtp(VP8, 65_535, 0, 10, DELTA), "2", "q"));
        world.runForMillis(100);
        receive(video("2", List.of("q", "h"), List.of(), List.of()));
        client.send(new SimRtp(VP8, 0, 0, 10, DELTA));
        world.runForMillis(100);
        assertThat(sink.streams).hasSize(1);
        assertThat(sink.arrivals.get(1).extendedSeq())
                .isEqualTo(sink.arrivals.get(0).extendedSeq() + 1);
    }

    @Test
    void closesOnlyThePeerWhoseServiceThrows() {
        onLoop(() -> peer.receive(audio("0", 77), new Sink() {
            @Override
            public void onRtp(long nowMicros, IncomingStream stream, long extendedSeq, RtpPacket packet) {
                throw new IllegalStateException("a bug");
            }
        }));
        var bystander = new SimPeer(world, "bob", SimPeer.address("198.51.100.8", 40_001));
        var bystanderEvents = new Events();
        PeerTransport bystanderPeer = server.connect(bystander, bystanderEvents);
        onLoop(() -> bystanderPeer.receive(audio("0", 78), sink));
        world.runForMillis(500);
        client.send(new SimRtp(OPUS, 1, 0, 77, new byte[10]));
        bystander.send(new SimRtp(OPUS, 1, 0, 78, new byte[10]));
        world.runForMillis(100);
        assertThat(events.failed).singleElement().isInstanceOf(IllegalStateException.class);
        assertThat(events.disconnected).isEmpty();
        assertThat(server.drops(PeerDrop.PEER_FAILED)).isEqualTo(1);
        assertThat(server.table().peers()).containsExactly(bystanderPeer);
        assertThat(sink.arrivals).hasSize(1);
        assertThat(bystanderPeer.connected()).isTrue();
    }

    @Test
    void survivesAnythingThatIsSigned() {
        receive(audio("0", 77));
        receive(video("1", List.of(), List.of(SSRC), List.of(REPAIR_SSRC)));
        receive(video("2", List.of("q", "h"), List.of(), List.of()));
        onLoop(() -> peer.send(
                new OutgoingMedia("1", MediaKind.VIDEO, VIDEO_FORMAT, 5, 6, EXTENSIONS, "cname"), new NoFeedback()));
        var random = new Random(world.seed());
        int[] ssrcs = {77, SSRC, REPAIR_SSRC, 5, 6, 7, 8};
        int[] types = {OPUS, VP8, RTX, 63, 200 & 0x7F};
        for (int i = 0; i < 20_000; i++) {
            byte[] packet = new byte[12 + random.nextInt(80)];
            random.nextBytes(packet);
            boolean rtcp = random.nextBoolean();
            packet[0] = (byte) (0x80 | random.nextInt(64));
            if (rtcp) {
                packet[1] = (byte) (200 + random.nextInt(8));
                packet[2] = 0;
                packet[3] = (byte) (random.nextInt(8) == 0 ? random.nextInt(256) : packet.length / 4 - 1);
                putInt(packet, 8, ssrcs[random.nextInt(ssrcs.length)]);
            } else {
                packet[1] = (byte) (types[random.nextInt(types.length)] | random.nextInt(2) << 7);
                packet[2] = (byte) (i >>> 8);
                packet[3] = (byte) i;
                putInt(packet, 8, ssrcs[random.nextInt(ssrcs.length)]);
            }
            client.sendIfItCan(packet, rtcp);
            if (i % 100 == 0) {
                world.runForMillis(10);
            }
        }
        world.runForMillis(1_000);
        assertThat(events.failed).isEmpty();
        assertThat(events.disconnected).isEmpty();
        assertThat(server.drops(PeerDrop.MALFORMED)).isPositive();
    }

    private static void putInt(byte[] packet, int at, int value) {
        ByteBuffer.wrap(packet).putInt(at, value);
    }

    private static final class NoFeedback implements OutgoingFeedback {
        @Override
        public void onNack(long nowMicros, int seq) {}

        @Override
        public void onKeyframeRequest(long nowMicros) {}
    }

    private static SimRtp labelled(SimRtp packet, String mid, String rid) {
        return packet.with(MID_ID, mid.getBytes(UTF_8)).with(RID_ID, rid.getBytes(UTF_8));
    }

    private static byte[] payload(int i) {
        byte[] payload = DELTA.clone();
        payload[4] = (byte) (i >>> 8);
        payload[5] = (byte) i;
        return payload;
    }
}
