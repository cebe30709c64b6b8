package io.tributary.sfu.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.forward.RecordedStream.Sent;
import io.tributary.sfu.forward.ScalableCall.Frame;
import io.tributary.sfu.forward.ScalableCall.Mode;
import io.tributary.sfu.forward.ScalableCall.Packet;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.transport.codec.FrameFacts;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Steps between spatial layers, picture by picture.
class SpatialSelectorTest {
    private static final int TOP = 2;

    private long seq;
    private final SpatialSelector selector = SpatialSelector.of(true, LayerDemand.HIGHEST);

    @Test
    void goesWhereItShouldAtAKeyPicture() {
        assertThat(select(SpatialSelector.NOTHING, keyPicture())).isEqualTo(2);
        selector.demand(LayerDemand.LOWEST);
        assertThat(select(2, keyPicture())).isZero();
        selector.demand(LayerDemand.HIGHEST);
        assertThat(select(0, keyPicture())).isEqualTo(2);
    }

    @Test
    void goesUpAtNothingElse() {
        select(SpatialSelector.NOTHING, keyPicture());
        assertThat(select(0, picture(true))).isZero();
        assertThat(selector.wantsKeyframe(0, TOP)).isTrue();
    }

    @Test
    void goesDownAtAnyPictureWhereUpperLayersNeededLowerOnes() {
        select(SpatialSelector.NOTHING, keyPicture());
        assertThat(select(2, picture(true))).isEqualTo(2);
        selector.demand(LayerDemand.LOWEST);
        assertThat(selector.wantsKeyframe(2, TOP)).isFalse();
        assertThat(select(2, picture(true))).isZero();
    }

    @Test
    void goesDownAtAKeyPictureWhereLowerLayersWereLeftOut() {
        select(SpatialSelector.NOTHING, keyPicture());
        selector.demand(LayerDemand.LOWEST);
        assertThat(select(2, picture(false))).isEqualTo(2);
        assertThat(selector.wantsKeyframe(2, TOP)).isTrue();
        assertThat(select(2, keyPicture())).isZero();
    }

    /// Of the pictures after the key picture one is lost, and of the other the base layer comes so late that the next
    /// one came before it. It is then found to be left out, so nothing that refers to it may have been promised.
    @Test
    void doesNotGoDownOntoWhatIsLeftOutWhenItComes() {
        var call = new ScalableCall(1, Mode.L3T3_KEY, LayerDemand.HIGHEST);
        call.run(1);
        call.nextPicture(); // of the highest temporal layer: nobody refers to it
        var late = new ArrayList<Packet>();
        for (Packet packet : call.nextPicture()) {
            if (packet.frame().spatialId() == 2) {
                call.deliver(packet);
            } else {
                late.add(packet);
            }
        }
        call.forwarder.demand(call.nowMicros, LayerDemand.LOWEST);
        List<Packet> next = call.nextPicture();
        call.deliver(next.getFirst());
        late.forEach(call::deliver);
        next.stream().skip(1).forEach(call::deliver);

        assertThat(next.getFirst().frame().keyPicture())
                .as("asked for too early")
                .isFalse();
        call.run(30);
        List<Frame> sent = call.out.sent.stream()
                .filter(packet -> !packet.empty())
                .map(call::frameOf)
                .distinct()
                .toList();
        assertThat(sent.getLast().spatialId()).isZero();
        for (Frame frame : sent) {
            assertThat(sent.stream().map(Frame::id))
                    .as("what %s refers to", frame)
                    .containsAll(frame.needs());
        }
    }

    /// The publisher sends the base layer alone from a picture on, whose first packet says so and comes late. Until a
    /// key picture nothing of that layer can be decoded, for it was left out.
    @Test
    void sendsNothingOfALateFrameThatGoesOnWhereOthersWereLeftOut() {
        var call = new ScalableCall(1, Mode.L3T3_KEY, LayerDemand.HIGHEST);
        call.run(5);
        call.sendSpatials(1);
        List<Packet> late = call.nextPicture();
        List<Packet> next = call.nextPicture();
        call.out.sent.clear();
        call.deliver(next.getLast());
        late.forEach(call::deliver);

        assertThat(late.getFirst().frame().needs()).isNotEmpty();
        assertThat(call.out.sent).isNotEmpty().allMatch(Sent::empty);
        call.run(30);
        Frame first = call.out.sent.stream()
                .filter(packet -> !packet.empty())
                .map(call::frameOf)
                .findFirst()
                .orElseThrow();
        assertThat(first.keyPicture()).isTrue();
    }

    /// Where upper layers needed the base layer, it was there all the time.
    @Test
    void sendsALateFrameThatGoesOnWhereAllWereNeeded() {
        var call = new ScalableCall(1, Mode.L3T3, LayerDemand.HIGHEST);
        call.run(5);
        call.sendSpatials(1);
        List<Packet> late = call.nextPicture();
        call.out.sent.clear();
        call.deliver(call.nextPicture().getLast());
        late.forEach(call::deliver);

        assertThat(call.out.sent.stream().map(call::frameOf))
                .contains(late.getFirst().frame());
    }

    private int select(int current, FrameFacts first) {
        return selector.select(seq += 10, current, first, TOP);
    }

    private static FrameFacts keyPicture() {
        FrameFacts first = picture(true);
        first.keyframe = true;
        first.spatialLayers = 3;
        return first;
    }

    /// The base layer's first packet of a picture.
    private static FrameFacts picture(boolean referencedAbove) {
        var first = new FrameFacts();
        first.startsFrame = true;
        first.referencedAbove = referencedAbove;
        return first;
    }
}
