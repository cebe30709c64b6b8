package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.LayerDemand;
import io.tributary.transport.peer.RepairCounters.Repair;
import io.tributary.transport.sim.SimLink;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a publisher's packets that never come cost those who watch, when the server is the only one to notice: viewers
/// here ask for nothing.
class LossOnTheUplinkTest {
    /// A blackout of a second: the first packet behind it tells that too much is missing to ask for.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void endsWithAKeyFrameWithinTwoFramesOfABlackout(int loops) {
        var call = new Call(61, loops);
        Call.Person alice = call.join("alice");
        Camera camera = alice.camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.HIGHEST);
        call.runForMillis(3_000);
        int[] before = requests(camera);
        alice.uplink().loss(1);
        call.runForMillis(1_500);
        assertThat(requests(camera))
                .as("nobody can tell a blackout from a pause")
                .isEqualTo(before);
        alice.uplink().loss(0);
        long restoredMicros = call.world.nowMicros();
        call.runForMillis(2_000);

        assertThat(requests(camera)[2] - before[2]).isEqualTo(1);
        // Each layer is the best there is for the moment until the next one's packet comes.
        assertThat(requests(camera)[1] - before[1]).isLessThanOrEqualTo(1);
        assertThat(requests(camera)[0] - before[0]).isLessThanOrEqualTo(1);
        Viewer.Arrival keyframe = bob.arrivals.stream()
                .filter(arrival -> arrival.atMicros() > restoredMicros && arrival.startsKeyframe())
                .findFirst()
                .orElseThrow();
        assertThat(keyframe.atMicros() - restoredMicros).isLessThan(130_000); // 10 + 10 + 10 ms on the way, and frames
        assertThat(call.plane.counted(Repair.GIVEN_UP)).isGreaterThan(10);
        assertThat(call.outstandingAfterTheEnd()).isZero();
    }

    /// A third of a second is asked for again instead, and nobody needs a key frame.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void isRepairedWithoutAKeyFrameAfterAShortBlackout(int loops) {
        var call = new Call(65, loops);
        Call.Person alice = call.join("alice");
        Camera camera = alice.camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.HIGHEST);
        call.runForMillis(3_000);
        int[] before = requests(camera);
        alice.uplink().loss(1);
        call.runForMillis(350);
        alice.uplink().loss(0);
        call.runForMillis(2_000);
        assertThat(requests(camera)).isEqualTo(before);
        assertThat(bob.missing()).isEmpty();
        assertThat(call.plane.counted(Repair.RECOVERED)).isBetween(50L, 80L); // ten captures of six packets
        assertThat(call.plane.counted(Repair.GIVEN_UP)).isZero();
    }

    /// One packet whose retransmissions are lost too.
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void endsWithAKeyFrameWhenOnePacketIsGivenUp(int loops) {
        var call = new Call(62, loops);
        Call.Person alice = call.join("alice");
        Camera camera = alice.camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.HIGHEST);
        call.runForMillis(3_000);
        Camera.Encoder highest = camera.encoders.get(2);
        int keyframes = highest.keyframeRequests();
        int lost = highest.sender.nextSeq();
        SimLink uplink = alice.uplink();
        uplink.filter(datagram -> {
            int ssrc = ByteBuffer.wrap(datagram).getInt(8);
            int seq = ByteBuffer.wrap(datagram).getShort(2) & 0xFFFF;
            return ssrc != highest.sender.ssrc() + 10 && (ssrc != highest.sender.ssrc() || seq != lost);
        });
        call.runForMillis(900); // 70 ms, the round trip while unknown, times 1.25 to 1.25⁵
        assertThat(call.plane.counted(Repair.REQUESTED)).isEqualTo(5);
        assertThat(call.plane.counted(Repair.GIVEN_UP)).isEqualTo(1);
        call.runForMillis(1_000);

        assertThat(highest.keyframeRequests() - keyframes).isEqualTo(1);
        assertThat(bob.arrivals.stream().skip(200).filter(Viewer.Arrival::startsKeyframe))
                .isNotEmpty();
        assertThat(bob.missing()).hasSize(1);
    }

    /// Loss that nothing repairs, all the time: two key frames a second at most.
    @Test
    void costsThePublisherTwoKeyFramesASecondAtMost() {
        var call = new Call(63, 1);
        Call.Person alice = call.join("alice");
        Camera camera = alice.camera("TR_camera");
        call.join("bob").view("TR_camera", LayerDemand.HIGHEST);
        call.runForMillis(1_000);
        int[] before = requests(camera);
        alice.downlink().filter(datagram -> (datagram[1] & 0xFF) != 205); // no NACK gets through
        alice.uplink().loss(0.2);
        call.runForMillis(10_000);
        assertThat(requests(camera)[2] - before[2]).isBetween(5, 21);
    }

    /// Half a minute at 10 % lost each way, and reordering: nearly all of it is repaired, and key frames stay few.
    @Test
    void isRepairedByRetransmission() {
        var call = new Call(64, 2);
        Call.Person alice = call.join("alice");
        Camera camera = alice.camera("TR_camera");
        Viewer bob = call.join("bob").view("TR_camera", LayerDemand.HIGHEST);
        alice.uplink().loss(0.1).jitterMillis(8).reorders(true);
        alice.downlink().loss(0.1);
        call.runForMillis(30_000);
        alice.uplink().loss(0);
        call.runForMillis(2_000);
        assertThat(bob.bySeq).hasSizeGreaterThan(30 * 30 * 3 * 9 / 10);
        assertThat(bob.missing()).hasSizeLessThan(6);
        assertThat(call.plane.counted(Repair.RECOVERED)).isGreaterThan(300);
        assertThat(requests(camera)[2]).isLessThan(12);
        // Of 30 * 30 * 6 packets a tenth is lost, and each request or answer again: 1.24 requests for each.
        assertThat(call.plane.counted(Repair.REQUESTED)).isBetween(450L, 1_100L);
    }

    private static int[] requests(Camera camera) {
        return camera.encoders.stream()
                .mapToInt(Camera.Encoder::keyframeRequests)
                .toArray();
    }
}
