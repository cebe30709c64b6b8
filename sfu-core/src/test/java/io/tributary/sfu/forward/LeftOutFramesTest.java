package io.tributary.sfu.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.forward.RecordedStream.Sent;
import io.tributary.sfu.forward.Simulcast.Packet;
import io.tributary.sfu.track.LayerDemand;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Half of a layer's frames are left out: what comes late, and what is asked for again.
class LeftOutFramesTest {
    private static final int KEPT = 1;
    private static final int LEFT_OUT = 2;

    private final Simulcast call = new Simulcast(7, LayerDemand.LOWEST.atMost(15));
    private final List<Sent> sent = call.out.sent;

    @BeforeEach
    void measure() {
        call.run(60);
    }

    /// Its number was kept, because it could have been any frame's.
    @Test
    void fillsTheNumberOfALatePacketWithNothing() {
        List<Packet> frame = frame(LEFT_OUT, 2);
        int before = sent.getLast().seq();
        call.deliver(frame.get(1));
        call.deliver(frame.get(0));
        Sent filler = sent.getLast();
        assertThat(filler.seq()).isEqualTo(before + 1);
        assertThat(filler.empty()).isTrue();
        assertThat(filler.marker()).isFalse();
        assertThat(askedAgain(filler)).containsExactly(filler);
        call.run(1);
        assertThat(sent.getLast().empty()).isFalse();
    }

    /// Nobody knew that it was a probe when what followed went out, so its number waited, and may be lost like any.
    @Test
    void fillsTheNumberOfALateProbeAndFillsItAgain() {
        Simulcast.Encoder followed = call.encoders.getFirst();
        int before = sent.getLast().seq();
        long probe = followed.extendedSeq++;
        frame(KEPT, 2).forEach(call::deliver);
        call.deliverPadding(followed, probe);
        Sent filler = sent.getLast();

        assertThat(filler.seq()).isEqualTo(before + 1);
        assertThat(filler.empty()).isTrue();
        assertThat(askedAgain(filler)).containsExactly(filler);
        assertThat(call.drops.counted(ForwardDrop.NACK_MISSING)).isZero();
    }

    @Test
    void keepsNoNumberForWhatIsLostWithinALeftOutFrame() {
        List<Packet> frame = frame(LEFT_OUT, 3);
        int before = sent.getLast().seq();
        call.deliver(frame.get(0));
        call.deliver(frame.get(2));
        int already = sent.size();
        call.run(1);
        assertThat(sent.get(already).seq()).isEqualTo(before + 1);
        already = sent.size();
        call.deliver(frame.get(1));
        assertThat(sent).hasSize(already);
        assertThat(call.drops.counted(ForwardDrop.STALE)).isEqualTo(1);
    }

    @Test
    void findsTheNumberOfALatePacketThatIsLetThrough() {
        List<Packet> frame = frame(KEPT, 2);
        call.deliver(frame.get(1));
        Sent second = sent.getLast();
        call.run(6);
        call.deliver(frame.get(0));
        Sent first = sent.getLast();
        assertThat(first.seq()).isEqualTo(second.seq() - 1);
        assertThat(first.timestampTicks()).isEqualTo(second.timestampTicks());
        assertThat(Vp8Frames.Descriptor.of(first.prefix()).picture())
                .isEqualTo(Vp8Frames.Descriptor.of(second.prefix()).picture());
        assertThat(askedAgain(first)).containsExactly(first);
    }

    @Test
    void answersForAllOfTheLastTwoSeconds() {
        sent.clear();
        call.run(60);
        assertThat(sent).extracting(Sent::marker).filteredOn(marker -> marker).hasSize(30);
        for (Sent packet : List.copyOf(sent)) {
            assertThat(askedAgain(packet)).containsExactly(packet);
        }
    }

    /// The next frame of the followed layer that is in this temporal layer and has so many packets. All before it are
    /// delivered.
    private List<Packet> frame(int temporalId, int packets) {
        while (true) {
            List<Packet> all = call.nextFrame();
            List<Packet> followed =
                    all.stream().filter(packet -> packet.encoder().index == 0).toList();
            if (followed.size() == packets && followed.getFirst().content().temporalId() == temporalId) {
                return followed;
            }
            all.forEach(call::deliver);
        }
    }

    private List<Sent> askedAgain(Sent packet) {
        call.out.resent.clear();
        call.forwarder.onNack(call.nowMicros, packet.seq());
        return call.out.resent;
    }
}
