package io.tributary.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.sim.SimRtcp;
import io.tributary.transport.sim.SimSender;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Somebody sends in a peer's name, from the peer's own address, what does not authenticate.
class ForgeryTest extends PeerScenario {
    private static final int SSRC = 0x1234;
    private static final int GARBAGE_PER_MILLI = 50;

    private final SimSender sender = new SimSender(client, VP8, SSRC, 100);
    private int sent;

    @BeforeEach
    void begin() {
        connect();
        receive(video("1", List.of(), List.of(SSRC), List.of()));
        sendAndRun(10, () -> {});
        assertThat(sink.arrivals).hasSize(10);
    }

    /// 50,000 packets a second of random SSRCs: a few are tried, all of the peer's arrive.
    @Test
    void randomForgeriesAreNotTriedAndHurtNobody() {
        sendAndRun(1_000, () -> garbage(world.random().nextInt()));

        assertThat(sink.arrivals).hasSize(sent);
        long forged = 1_000 * 10L * GARBAGE_PER_MILLI;
        assertThat(server.drops(PeerDrop.SRTP_REFUSED))
                .as("tried")
                .isLessThan(ForgerySieve.FREE_FAILURES + 11L * ForgerySieve.FREE_FAILURES_PER_SECOND + 200);
        assertThat(server.drops(PeerDrop.FORGERY_BUDGET)).isGreaterThan(forged * 9 / 10);
    }

    @Test
    void forgeriesOfOneStrangeSsrcRestAfterAFewAttempts() {
        sendAndRun(1_000, () -> garbage(77));

        assertThat(sink.arrivals).hasSize(sent);
        assertThat(server.drops(PeerDrop.SRTP_REFUSED))
                .isLessThan(ForgerySieve.FREE_FAILURES + 11L * ForgerySieve.FREE_FAILURES_PER_SECOND + 200);
    }

    /// Whoever sees the packets can name their SSRC; numbers far from its last are not tried.
    @Test
    void forgeriesOfTheStreamItselfDoNotStopIt() {
        sendAndRun(1_000, () -> garbage(SSRC));

        assertThat(sink.arrivals).hasSize(sent);
    }

    /// A camera that begins in the middle of it is a second late at most.
    @Test
    void aNewStreamBeginsDuringTheFlood() {
        int other = 0x9999;
        sendAndRun(100, () -> garbage(world.random().nextInt()));
        receive(video("2", List.of(), List.of(other), List.of()));
        var camera = new SimSender(client, VP8, other, 500);
        int[] frames = {0};
        world.every(20_000, () -> {
            camera.send(frames[0] * 1_800, true, new byte[20]);
            return ++frames[0] < 100;
        });
        sendAndRun(200, () -> garbage(world.random().nextInt()));

        assertThat(sink.arrivals.stream().filter(arrival -> arrival.ssrc() == other))
                .hasSizeGreaterThan(50);
    }

    /// The same for reports: one of the peer's own gets through.
    @Test
    void reportsOfAKnownSsrcGetThrough() {
        client.sendRtcp(SimRtcp.senderReport(SSRC, 1L << 32, 90, 1, 1));
        world.runForMillis(50);
        int before = sink.clocks.size();
        sendAndRun(300, () -> {
            byte[] report = new byte[60];
            world.random().nextBytes(report);
            report[0] = (byte) 0x80;
            report[1] = (byte) 200;
            for (int i = 0; i < GARBAGE_PER_MILLI; i++) {
                client.sendDatagram(report);
            }
        });
        client.sendRtcp(SimRtcp.senderReport(SSRC, 2L << 32, 180, 1, 1));
        world.runForMillis(50);

        assertThat(sink.clocks).hasSize(before + 1);
        assertThat(server.drops(PeerDrop.FORGERY_BUDGET)).isPositive();
    }

    @Test
    void theFloodOverEverythingIsTriedAgain() {
        sendAndRun(100, () -> garbage(world.random().nextInt()));
        world.runForMillis(5_000);
        long refused = server.drops(PeerDrop.SRTP_REFUSED);
        garbage(1);
        world.runForMillis(100);

        assertThat(server.drops(PeerDrop.SRTP_REFUSED)).isEqualTo(refused + GARBAGE_PER_MILLI);
    }

    private void sendAndRun(int packets, Runnable noise) {
        for (int i = 0; i < packets; i++) {
            sender.send(sent * 900, true, new byte[] {1, 2, 3, 4});
            sent++;
            for (int milli = 0; milli < 10; milli++) {
                noise.run();
                world.runForMillis(1);
            }
        }
        world.runForMillis(20);
    }

    private void garbage(int ssrc) {
        for (int i = 0; i < GARBAGE_PER_MILLI; i++) {
            byte[] packet = new byte[60];
            world.random().nextBytes(packet);
            packet[0] = (byte) 0x80;
            packet[1] = VP8;
            packet[8] = (byte) (ssrc >>> 24);
            packet[9] = (byte) (ssrc >>> 16);
            packet[10] = (byte) (ssrc >>> 8);
            packet[11] = (byte) (ssrc + (ssrc == 77 || ssrc == SSRC ? 0 : i));
            client.sendDatagram(packet);
        }
    }
}
