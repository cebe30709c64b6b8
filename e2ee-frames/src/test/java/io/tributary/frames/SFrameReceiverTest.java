package io.tributary.frames;

import static io.tributary.frames.AesGcmSuite.AES_128_GCM_SHA256_128;
import static io.tributary.frames.Opened.Refusal.MALFORMED;
import static io.tributary.frames.Opened.Refusal.NOT_AUTHENTIC;
import static io.tributary.frames.Opened.Refusal.REPLAYED;
import static io.tributary.frames.Opened.Refusal.UNKNOWN_KEY;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.frames.Opened.Plain;
import io.tributary.frames.Opened.Refused;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SFrameReceiverTest {
    private static final long SEED = Long.getLong("test.seed", 9605);
    private static final byte[] NO_METADATA = {};
    private static final byte[] KEY = "a base key of 32 bytes, not less".getBytes(UTF_8);

    private final SFrameReceiver receiver = new SFrameReceiver(AES_128_GCM_SHA256_128);

    @Test
    void opensEachFrameOnce() {
        receiver.add(7, KEY);
        SFrameSender sender = new SFrameSender(AES_128_GCM_SHA256_128, 7, KEY);
        List<byte[]> frames = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            frames.add(sender.seal(NO_METADATA, new byte[] {(byte) i}));
        }
        Collections.shuffle(frames, new Random(SEED));

        for (byte[] frame : frames) {
            assertThat(receiver.open(NO_METADATA, frame)).as("seed %d", SEED).isInstanceOf(Plain.class);
            assertThat(receiver.open(NO_METADATA, frame)).isEqualTo(new Refused(REPLAYED));
        }
    }

    @Test
    void aForgedCounterDoesNotMoveTheWindow() {
        receiver.add(7, KEY);
        SFrameSender sender = new SFrameSender(AES_128_GCM_SHA256_128, 7, KEY);
        byte[] forged = new SFrameCipher(AES_128_GCM_SHA256_128, 7, new byte[16]).seal(-1, NO_METADATA, new byte[5]);

        assertThat(receiver.open(NO_METADATA, forged)).isEqualTo(new Refused(NOT_AUTHENTIC));
        assertThat(receiver.open(NO_METADATA, sender.seal(NO_METADATA, new byte[5])))
                .isInstanceOf(Plain.class);
    }

    @Test
    void tellsUnknownKeysAndNoiseApart() {
        receiver.add(7, KEY);
        byte[] sealed = new SFrameSender(AES_128_GCM_SHA256_128, 7, KEY).seal(NO_METADATA, new byte[5]);
        receiver.remove(7);

        assertThat(receiver.open(NO_METADATA, sealed)).isEqualTo(new Refused(UNKNOWN_KEY));
        assertThat(receiver.open(NO_METADATA, new byte[0])).isEqualTo(new Refused(MALFORMED));
    }

    @Test
    void holdsABoundedNumberOfKeys() {
        for (long keyId = 0; keyId < SFrameReceiver.MAX_KEYS; keyId++) {
            assertThat(receiver.add(keyId, KEY)).isTrue();
        }
        assertThat(receiver.add(-1, KEY)).isFalse();
        assertThat(receiver.add(0, KEY)).isTrue();
    }

    @Test
    void noiseIsNeverAFrameAndNeverThrows() {
        receiver.add(1, KEY);
        Random random = new Random(SEED);
        for (int i = 0; i < 50_000; i++) {
            byte[] noise = SFrameCipherTest.bytes(random, random.nextInt(60));
            assertThat(receiver.open(NO_METADATA, noise)).as("seed %d", SEED).isInstanceOf(Refused.class);
        }
    }

    @Test
    void aSenderStopsWhenEveryCounterWasUsed() {
        SFrameSender sender = new SFrameSender(AES_128_GCM_SHA256_128, 7, KEY, -1);
        sender.seal(NO_METADATA, new byte[5]);

        assertThatThrownBy(() -> sender.seal(NO_METADATA, new byte[5])).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theReplayGuardAgreesWithASetOfAllCounters() {
        Random random = new Random(SEED);
        ReplayGuard guard = new ReplayGuard();
        Set<Long> seen = new HashSet<>();
        // Around the sign bit: counters are unsigned.
        long newest = Long.MAX_VALUE - 3000;
        guard.note(newest);
        seen.add(newest);
        for (int i = 0; i < 100_000; i++) {
            long counter = newest + random.nextInt(1300) - 1200 + (random.nextInt(1000) == 0 ? 5000 : 0);
            boolean fresh = !seen.contains(counter) && newest - counter < ReplayGuard.WINDOW_COUNTERS;

            assertThat(guard.isFresh(counter)).as("seed %d, step %d", SEED, i).isEqualTo(fresh);
            if (fresh) {
                guard.note(counter);
                seen.add(counter);
                newest = Long.compareUnsigned(counter, newest) > 0 ? counter : newest;
            }
        }
    }

    @Test
    void senderAndReceiverRatchetToTheSameKey() {
        SenderKey mine = SenderKey.distributed(AES_128_GCM_SHA256_128, 4, 5, KEY);
        SenderKey theirs = SenderKey.distributed(AES_128_GCM_SHA256_128, 4, 5, KEY);
        for (int step = 0; step < 20; step++) {
            assertThat(mine.keyId()).isEqualTo(5 * 16 + step % 16);
            receiver.add(theirs.keyId(), theirs.baseKey());
            SFrameSender sender = new SFrameSender(AES_128_GCM_SHA256_128, mine.keyId(), mine.baseKey());

            assertThat(receiver.open(NO_METADATA, sender.seal(NO_METADATA, new byte[9])))
                    .isInstanceOf(Plain.class);
            mine = mine.next();
            theirs = SenderKey.joined(
                    AES_128_GCM_SHA256_128,
                    4,
                    5,
                    theirs.step() + 1,
                    theirs.next().baseKey());
        }
        assertThat(mine.baseKey()).hasSize(32).isNotEqualTo(KEY);
    }
}
