package io.tributary.sfu.room;

import static io.tributary.sfu.room.RoomWorld.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.room.RoomMessage.Speaker;
import io.tributary.sfu.room.RoomMessage.SpeakersChanged;
import io.tributary.sfu.room.RoomWorld.Guest;
import io.tributary.sfu.track.TrackSid;
import java.util.List;
import org.junit.jupiter.api.Test;

class SpeakersTest {
    private final RoomWorld world = new RoomWorld();
    private final Guest alice = world.guest("alice");
    private final Guest bob = world.guest("bob");
    private final TrackSid microphone = alice.microphone();

    @Test
    void speechIsToldToTheSpeakerAndWhoHearsIt() {
        var deaf = wish("deaf");
        deaf.autoSubscribe = false;
        Guest carol = world.guest(deaf);
        world.mark();
        speak(400, 12);
        assertThat(bob.told(SpeakersChanged.class))
                .containsExactly(new SpeakersChanged(List.of(new Speaker(alice.sid, 0.375f, true))));
        assertThat(alice.told(SpeakersChanged.class)).hasSize(1);
        assertThat(carol.told(SpeakersChanged.class)).isEmpty();
    }

    @Test
    void silenceIsToldWithinOneInterval() {
        speak(800, 12);
        world.mark();
        world.advance(500);
        assertThat(bob.told(SpeakersChanged.class))
                .containsExactly(new SpeakersChanged(List.of(new Speaker(alice.sid, 0, false))));
        world.mark();
        world.advance(5_000);
        assertThat(bob.told(SpeakersChanged.class)).isEmpty();
    }

    @Test
    void theSameLevelIsToldOnce() {
        world.mark();
        speak(4_000, 12);
        assertThat(bob.told(SpeakersChanged.class)).hasSize(1);
    }

    @Test
    void levelsComeInEighths() {
        world.mark();
        for (int dbov = 0; dbov < 40; dbov += 3) {
            speak(400, dbov);
        }
        assertThat(bob.told(SpeakersChanged.class).stream()
                        .flatMap(changed -> changed.speakers().stream())
                        .map(speaker -> speaker.level() * 8))
                .allSatisfy(eighths -> assertThat(eighths % 1).isZero());
    }

    @Test
    void aCoughIsNoSpeech() {
        world.mark();
        world.apply(new RoomIntent.AudioLevel(microphone, 5, 100, 400));
        world.advance(1_000);
        assertThat(bob.told(SpeakersChanged.class)).isEmpty();
    }

    @Test
    void theMutedDoNotSpeak() {
        alice.does(new RoomIntent.Mute(alice.sid, microphone, true));
        world.mark();
        speak(1_000, 5);
        assertThat(bob.told(SpeakersChanged.class)).isEmpty();
    }

    @Test
    void whoBeginsToListenLearnsWhoSpeaks() {
        speak(450, 12);
        Guest carol = world.guest("carol");
        world.mark();
        carol.does(new RoomIntent.SubscriptionBound(carol.sid, microphone));
        assertThat(carol.told(SpeakersChanged.class))
                .containsExactly(new SpeakersChanged(List.of(new Speaker(alice.sid, 0.375f, true))));
    }

    @Test
    void theLoudestComesFirst() {
        TrackSid other = bob.microphone();
        Guest carol = world.guest("carol");
        world.mark();
        world.apply(new RoomIntent.AudioLevel(microphone, 30, 300, 300));
        world.apply(new RoomIntent.AudioLevel(other, 6, 300, 300));
        world.advance(400);
        assertThat(carol.told(SpeakersChanged.class).getFirst().speakers())
                .extracting(Speaker::participant)
                .containsExactly(bob.sid, alice.sid);
    }

    @Test
    void levelsOfTracksThatAreGoneAreIgnored() {
        alice.does(new RoomIntent.TrackEnded(alice.sid, "7"));
        world.mark();
        speak(1_000, 5);
        assertThat(world.fresh()).isEmpty();
    }

    private void speak(int millis, int dbov) {
        for (int at = 0; at < millis; at += 100) {
            world.apply(new RoomIntent.AudioLevel(microphone, dbov, 100, 100));
            world.advance(100);
        }
    }
}
