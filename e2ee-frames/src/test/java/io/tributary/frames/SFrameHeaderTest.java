package io.tributary.frames;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SFrameHeaderTest {
    private static final long SEED = Long.getLong("test.seed", 9605);

    static List<Vectors> headers() {
        return Vectors.of("rfc9605-vectors.txt", "header");
    }

    @Test
    void hasAllVectorsOfTheRfc() {
        assertThat(headers()).hasSize(289);
    }

    @ParameterizedTest
    @MethodSource("headers")
    void writesAndReadsTheVectorsOfTheRfc(Vectors vector) {
        SFrameHeader header = new SFrameHeader(vector.number("kid"), vector.number("ctr"));
        byte[] out = new byte[header.sizeBytes()];

        assertThat(header.write(out, 0)).isEqualTo(out.length);
        assertThat(HexFormat.of().formatHex(out)).isEqualTo(vector.text("encoded"));
        assertThat(SFrameHeader.parse(out)).contains(header);
    }

    @Test
    void readsBackEverySizeOfKeyIdAndCounter() {
        Random random = new Random(SEED);
        for (int keyBits = 0; keyBits <= 64; keyBits++) {
            for (int counterBits = 0; counterBits <= 64; counterBits++) {
                SFrameHeader header = new SFrameHeader(ofBits(random, keyBits), ofBits(random, counterBits));
                byte[] out = new byte[SFrameHeader.MAX_SIZE_BYTES + 2];
                int end = header.write(out, 1);

                assertThat(end).isEqualTo(1 + header.sizeBytes());
                assertThat(SFrameHeader.parse(out, 1, out.length - 1))
                        .as("seed %d", SEED)
                        .contains(header);
                assertThat(SFrameHeader.parse(out, 1, header.sizeBytes() - 1)).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "08", "0807", "8007", "0900ff", "98", "9800", "880807", "8f00ffffffffffffff"})
    void refusesWhatIsCutOffOrLongerThanNeeded(String hex) {
        assertThat(SFrameHeader.parse(HexFormat.of().parseHex(hex))).isEmpty();
    }

    @Test
    void whateverItReadsItWritesTheSame() {
        Random random = new Random(SEED);
        for (int i = 0; i < 200_000; i++) {
            byte[] noise = new byte[random.nextInt(20)];
            random.nextBytes(noise);
            SFrameHeader.parse(noise).ifPresent(header -> {
                byte[] out = new byte[header.sizeBytes()];
                header.write(out, 0);
                assertThat(out).as("seed %d", SEED).isEqualTo(Arrays.copyOf(noise, out.length));
            });
        }
    }

    private static long ofBits(Random random, int bits) {
        return bits == 0 ? 0 : random.nextLong() >>> (64 - bits) | 1L << (bits - 1);
    }
}
