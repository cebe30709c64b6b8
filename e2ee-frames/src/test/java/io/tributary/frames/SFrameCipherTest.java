package io.tributary.frames;

import static io.tributary.frames.Opened.Refusal.MALFORMED;
import static io.tributary.frames.Opened.Refusal.NOT_AUTHENTIC;
import static io.tributary.frames.Opened.Refusal.UNKNOWN_KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.frames.Opened.Plain;
import io.tributary.frames.Opened.Refused;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SFrameCipherTest {
    private static final long SEED = Long.getLong("test.seed", 9605);

    static List<Vectors> sframes() {
        return Vectors.of("rfc9605-vectors.txt", "sframe");
    }

    static List<Vectors> aeads() {
        return Vectors.of("rfc9605-vectors.txt", "aes_ctr_hmac");
    }

    static Collection<SFrameSuite> suites() {
        return SFrameSuites.rfc9605().all();
    }

    @Test
    void hasAVectorForEverySuite() {
        assertThat(sframes())
                .extracting(vector -> (int) vector.number("cipher_suite"))
                .containsExactly(1, 2, 3, 4, 5);
        assertThat(aeads())
                .extracting(vector -> (int) vector.number("cipher_suite"))
                .containsExactly(1, 2, 3);
        assertThat(suites()).extracting(SFrameSuite::id).containsExactly(1, 2, 3, 4, 5);
    }

    @ParameterizedTest
    @MethodSource("aeads")
    void sealsAndOpensTheAeadVectorsOfTheRfc(Vectors vector) {
        SFrameSuite suite = suite(vector);
        FrameAead aead = suite.aead(vector.bytes("key"));
        byte[] plain = vector.bytes("pt");
        byte[] sealed = new byte[plain.length + suite.tagSizeBytes()];
        byte[] opened = new byte[plain.length];

        aead.seal(vector.bytes("nonce"), vector.bytes("aad"), plain, 0, plain.length, sealed, 0);

        assertThat(sealed).isEqualTo(vector.bytes("ct"));
        assertThat(aead.open(vector.bytes("nonce"), vector.bytes("aad"), sealed, 0, sealed.length, opened))
                .isTrue();
        assertThat(opened).isEqualTo(plain);
    }

    @ParameterizedTest
    @MethodSource("sframes")
    void sealsAndOpensTheFrameVectorsOfTheRfc(Vectors vector) {
        SFrameCipher cipher = new SFrameCipher(suite(vector), vector.number("kid"), vector.bytes("base_key"));
        byte[] metadata = vector.bytes("metadata");

        assertThat(cipher.seal(vector.number("ctr"), metadata, vector.bytes("pt")))
                .isEqualTo(vector.bytes("ct"));
        assertThat(plain(cipher.open(metadata, vector.bytes("ct")))).isEqualTo(vector.bytes("pt"));
    }

    @ParameterizedTest
    @MethodSource("suites")
    void opensWhatItSealedForEverySizeOfKeyIdAndCounter(SFrameSuite suite) {
        Random random = new Random(SEED);
        for (int keyBytes = 0; keyBytes <= 8; keyBytes++) {
            for (int counterBytes = 0; counterBytes <= 8; counterBytes++) {
                byte[] baseKey = bytes(random, 16 + random.nextInt(17));
                byte[] metadata = bytes(random, random.nextInt(20));
                byte[] frame = bytes(random, random.nextInt(2000));
                SFrameCipher cipher = new SFrameCipher(suite, ofBytes(random, keyBytes), baseKey);

                byte[] sealed = cipher.seal(ofBytes(random, counterBytes), metadata, frame);

                assertThat(plain(new SFrameCipher(suite, cipher.keyId(), baseKey).open(metadata, sealed)))
                        .as("seed %d", SEED)
                        .isEqualTo(frame);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("suites")
    void noFlippedBitAuthenticates(SFrameSuite suite) {
        byte[] baseKey = bytes(new Random(SEED), 16);
        byte[] metadata = {1, 2, 3};
        SFrameCipher cipher = new SFrameCipher(suite, 0x1234, baseKey);
        byte[] sealed = cipher.seal(0x4567, metadata, bytes(new Random(SEED), 40));

        for (int bit = 0; bit < sealed.length * 8; bit++) {
            sealed[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(cipher.open(metadata, sealed)).as("bit %d", bit).isInstanceOf(Refused.class);
            sealed[bit / 8] ^= (byte) (1 << bit % 8);
        }
        for (int bit = 0; bit < metadata.length * 8; bit++) {
            metadata[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(cipher.open(metadata, sealed)).isEqualTo(new Refused(NOT_AUTHENTIC));
            metadata[bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertThat(cipher.open(metadata, sealed)).isInstanceOf(Plain.class);
    }

    /// Whatever the header's shape: also where a flipped bit makes a longer or shorter header of it.
    @ParameterizedTest
    @MethodSource("suites")
    void noFlippedBitAuthenticatesUnderAnySizeOfKeyIdAndCounter(SFrameSuite suite) {
        Random random = new Random(SEED);
        for (int keyBytes = 0; keyBytes <= 8; keyBytes++) {
            for (int counterBytes = 0; counterBytes <= 8; counterBytes++) {
                byte[] baseKey = bytes(random, 16);
                SFrameCipher cipher = new SFrameCipher(suite, ofBytes(random, keyBytes), baseKey);
                byte[] sealed = cipher.seal(ofBytes(random, counterBytes), new byte[0], bytes(random, 12));
                for (int bit = 0; bit < sealed.length * 8; bit++) {
                    sealed[bit / 8] ^= (byte) (1 << bit % 8);
                    long keyId =
                            SFrameHeader.parse(sealed).map(SFrameHeader::keyId).orElse(cipher.keyId());
                    // A receiver that has the same base key under the other key id, too.
                    SFrameCipher receiver = keyId == cipher.keyId() ? cipher : new SFrameCipher(suite, keyId, baseKey);
                    assertThat(receiver.open(new byte[0], sealed))
                            .as("seed %d, key id of %d, counter of %d bytes, bit %d", SEED, keyBytes, counterBytes, bit)
                            .isInstanceOf(Refused.class);
                    sealed[bit / 8] ^= (byte) (1 << bit % 8);
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("suites")
    void noCutFrameAuthenticates(SFrameSuite suite) {
        SFrameCipher cipher = new SFrameCipher(suite, 9, new byte[16]);
        byte[] sealed = cipher.seal(300, new byte[0], new byte[30]);

        for (int length = 0; length < sealed.length; length++) {
            assertThat(cipher.open(new byte[0], Arrays.copyOf(sealed, length)))
                    .as("%d bytes", length)
                    .isIn(new Refused(MALFORMED), new Refused(NOT_AUTHENTIC));
        }
    }

    @ParameterizedTest
    @MethodSource("suites")
    void anotherKeyNeverYieldsAFrame(SFrameSuite suite) {
        Random random = new Random(SEED);
        byte[] sealed = new SFrameCipher(suite, 1, bytes(random, 16)).seal(1, new byte[0], bytes(random, 50));

        for (int i = 0; i < 200; i++) {
            assertThat(new SFrameCipher(suite, 1, bytes(random, 16)).open(new byte[0], sealed))
                    .as("seed %d", SEED)
                    .isEqualTo(new Refused(NOT_AUTHENTIC));
        }
    }

    @Test
    void aKeyIdAndASuiteMakeKeysOfTheirOwn() {
        byte[] baseKey = new byte[16];
        byte[] sealed =
                new SFrameCipher(AesGcmSuite.AES_128_GCM_SHA256_128, 1, baseKey).seal(1, new byte[0], new byte[20]);
        byte[] renamed = sealed.clone();
        renamed[0] ^= 0x30;

        assertThat(new SFrameCipher(AesGcmSuite.AES_128_GCM_SHA256_128, 2, baseKey).open(new byte[0], sealed))
                .isEqualTo(new Refused(UNKNOWN_KEY));
        assertThat(new SFrameCipher(AesGcmSuite.AES_128_GCM_SHA256_128, 2, baseKey).open(new byte[0], renamed))
                .isEqualTo(new Refused(NOT_AUTHENTIC));
        assertThat(new SFrameCipher(AesGcmSuite.AES_256_GCM_SHA512_128, 1, baseKey).open(new byte[0], sealed))
                .isEqualTo(new Refused(NOT_AUTHENTIC));
    }

    @Test
    void findsASuiteByNumberAndName() {
        SFrameSuites suites = SFrameSuites.rfc9605();

        assertThat(suites.find(4)).contains(AesGcmSuite.AES_128_GCM_SHA256_128);
        assertThat(suites.find("AES_128_CTR_HMAC_SHA256_32")).contains(AesCtrHmacSuite.AES_128_CTR_HMAC_SHA256_32);
        assertThat(suites.find(6)).isEmpty();
        assertThat(SFrameSuites.none().with(AesGcmSuite.values()).find(1)).isEmpty();
    }

    private static SFrameSuite suite(Vectors vector) {
        return SFrameSuites.rfc9605().find((int) vector.number("cipher_suite")).orElseThrow();
    }

    static byte[] plain(Opened opened) {
        assertThat(opened).isInstanceOf(Plain.class);
        return ((Plain) opened).frame();
    }

    static byte[] bytes(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return bytes;
    }

    private static long ofBytes(Random random, int size) {
        return size == 0 ? random.nextInt(8) : random.nextLong() >>> (64 - 8 * size) | 1L << (8 * size - 1);
    }
}
