package io.tributary.sfu.room;

import static io.tributary.sfu.room.RoomWorld.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.RoomMessage.ConnectionQuality;
import io.tributary.sfu.room.RoomMessage.ParticipantQuality;
import io.tributary.sfu.room.RoomWorld.Guest;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionQualityTest {
    private final RoomWorld world = new RoomWorld();
    private final Guest alice = world.guest("alice");
    private final Guest bob = world.guest("bob");

    @Test
    void aCleanLineIsExcellentAndToldOnce() {
        alice.camera();
        world.mark();
        pass(30, 0, 20);
        assertThat(bob.told(ConnectionQuality.class)).singleElement().satisfies(quality -> {
            assertThat(quality.updates())
                    .extracting(ParticipantQuality::participant)
                    .containsExactly(bob.sid, alice.sid);
            assertThat(quality.updates()).extracting(ParticipantQuality::grade).containsOnly(ConnectionGrade.EXCELLENT);
            assertThat(quality.updates().getFirst().score()).isBetween(4.4f, 4.5f);
        });
        assertThat(alice.told(ConnectionQuality.class).getFirst().updates())
                .extracting(ParticipantQuality::participant)
                .containsExactly(alice.sid);
    }

    @Test
    void lossLowersTheGradeAndItsEndRaisesIt() {
        pass(10, 0, 20);
        assertThat(gradeAfter(5)).isEqualTo(ConnectionGrade.GOOD);
        assertThat(gradeAfter(20)).isEqualTo(ConnectionGrade.POOR);
        assertThat(gradeAfter(0)).isEqualTo(ConnectionGrade.EXCELLENT);
    }

    @Test
    void delayCountsToo() {
        pass(10, 0, 20);
        world.mark();
        pass(10, 0, 900);
        assertThat(lastGrade()).isEqualTo(ConnectionGrade.GOOD);
    }

    @Test
    void aConnectionThatSaysNothingIsLost() {
        pass(10, 0, 20);
        world.mark();
        world.advance(15_000);
        assertThat(lastGrade()).isEqualTo(ConnectionGrade.LOST);
    }

    @Test
    void olderClientsKnowNoLost() {
        var wish = wish("old");
        wish.protocol = 10;
        Guest old = world.guest(wish);
        world.advance(20_000);
        assertThat(old.told(ConnectionQuality.class)
                        .getLast()
                        .updates()
                        .getFirst()
                        .grade())
                .isEqualTo(ConnectionGrade.POOR);
    }

    private ConnectionGrade gradeAfter(double lossPercent) {
        world.mark();
        pass(10, lossPercent, 20);
        return lastGrade();
    }

    private ConnectionGrade lastGrade() {
        List<ConnectionQuality> told = alice.told(ConnectionQuality.class);
        return told.getLast().updates().getFirst().grade();
    }

    private void pass(int seconds, double lossPercent, int roundTripMillis) {
        for (int at = 0; at < seconds; at++) {
            for (Guest guest : List.of(alice, bob)) {
                guest.does(new RoomIntent.Quality(guest.sid, 0, lossPercent, roundTripMillis));
            }
            world.advance(1_000);
        }
    }
}
