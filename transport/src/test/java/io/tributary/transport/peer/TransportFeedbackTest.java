package io.tributary.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.tributary.transport.sim.SimLink;
import io.tributary.transport.sim.SimSender;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A sender's bandwidth estimate stands on this: what it is told of arrivals is true on a bad network too.
class TransportFeedbackTest extends PeerScenario {
    private static final int SSRC = 77;
    private static final int FIRST = 65_000;

    /// Loss, duplicates, and packets so late that they had been reported missing: in the end the sender knows of each
    /// arrival, at its time, and of no other.
    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void tellsTheTruthUnderLossAndReordering(long seed) {
        connect();
        receive(audio("0", SSRC));
        var sender = new SimSender(client, OPUS, SSRC, 1)
                .transportWide(TRANSPORT_CC_ID, new SimSender.TransportCounter(FIRST));
        var told = new TwccLog();
        client.onRtcp(told::onRtcp);
        var random = new SplittableRandom(Long.getLong("test.seed", seed));
        sender.send(0, true, new byte[20]);
        world.runForMillis(50);
        SimLink uplink = world.network()
                .link(client.address(), server.address(0))
                .loss(random.nextDouble(0.3))
                .duplication(0.05)
                .jitterMillis(random.nextLong(1, 250))
                .reorders(true);
        int packets = 1_500;
        for (int i = 1; i < packets; i++) {
            sender.send(i * 960, true, new byte[20]);
            world.runForMicros(1_000 + random.nextInt(10_000));
        }
        world.runForMillis(1_000);
        uplink.loss(0).jitterMillis(0);

        Map<Integer, Long> actual = new HashMap<>();
        sink.arrivals.forEach(arrival -> actual.put(FIRST + arrival.packet().seq() - 1, arrival.atMicros()));
        assertThat(actual).hasSizeGreaterThan(packets / 2);
        assertThat(told.arrivals.keySet()).as("seed %d", seed).isEqualTo(actual.keySet());
        told.arrivals.forEach(
                (seq, micros) -> assertThat(micros).as("packet %d", seq).isCloseTo(actual.get(seq), within(500L)));
    }
}
