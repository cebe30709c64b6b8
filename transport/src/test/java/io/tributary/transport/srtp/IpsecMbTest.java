package io.tributary.transport.srtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// ipsec-mb against the others, and what would be memory errors if it were asked for nonsense. That it knows the RFCs'
/// vectors is in [PublishedVectorsTest], that whole packets pass in [SrtpContextTest].
class IpsecMbTest {
    private static final int LONGEST = 1500;

    /// SRTP headers, with and without CSRCs and extensions, and SRTCP's 12 bytes.
    private static final int[] AAD_LENGTHS = {12, 16, 20, 24, 28, 32, 36, 40};

    private static final long USABLE = IpsecMb.AES_NI | IpsecMb.PCLMULQDQ | IpsecMb.SAFE_DATA;

    @ParameterizedTest
    @ValueSource(ints = {16, 32})
    void sealsEveryLengthAsTheOthersDo(int keyBytes) {
        long seed = Long.getLong("test.seed", 7_001 + keyBytes);
        var random = new Random(seed);
        SrtpCipherProvider ipsecMb = SrtpTesting.ipsecMb();
        for (SrtpCipherProvider other : others()) {
            byte[] key = bytes(random, keyBytes);
            try (AeadCipher ours = ipsecMb.aead(key, true);
                    AeadCipher theirs = other.aead(key, true);
                    AeadCipher theirOpener = other.aead(key, false);
                    AeadCipher ourOpener = ipsecMb.aead(key, false);
                    Arena arena = Arena.ofConfined()) {
                MemorySegment memory = arena.allocate(4096);
                for (int length = 0; length <= LONGEST; length++) {
                    int aadLength = AAD_LENGTHS[random.nextInt(AAD_LENGTHS.length)];
                    int offset = random.nextInt(16);
                    byte[] iv = bytes(random, AeadCipher.IV_BYTES);
                    byte[] plain = bytes(random, offset + aadLength + length + AeadCipher.TAG_BYTES);
                    String which = other.name() + ", seed " + seed + ", aad " + aadLength + ", length " + length;

                    byte[] expected = plain.clone();
                    theirs.seal(iv, expected, offset, aadLength, expected, offset + aadLength, length);
                    byte[] sealed = plain.clone();
                    ours.seal(iv, sealed, offset, aadLength, sealed, offset + aadLength, length);
                    assertThat(sealed).as(which).isEqualTo(expected);

                    MemorySegment.copy(plain, 0, memory, ValueLayout.JAVA_BYTE, 0, plain.length);
                    ours.seal(iv, memory, offset, aadLength, length);
                    assertThat(memory.asSlice(0, plain.length).toArray(ValueLayout.JAVA_BYTE))
                            .as("in native memory, %s", which)
                            .isEqualTo(expected);

                    int text = offset + aadLength;
                    byte[] opened = sealed.clone();
                    assertThat(theirOpener.open(iv, opened, offset, aadLength, opened, text, length))
                            .as(which)
                            .isTrue();
                    opened = sealed.clone();
                    assertThat(ourOpener.open(iv, opened, offset, aadLength, opened, text, length))
                            .as(which)
                            .isTrue();
                    assertThat(Arrays.copyOf(opened, text + length))
                            .as(which)
                            .isEqualTo(Arrays.copyOf(plain, text + length));
                }
            }
        }
    }

    /// Of a changed packet nothing comes back, wherever the change is: header, text, tag or IV.
    @ParameterizedTest
    @ValueSource(ints = {16, 32})
    void opensNothingThatWasChanged(int keyBytes) {
        long seed = Long.getLong("test.seed", 7_002 + keyBytes);
        var random = new Random(seed);
        try (AeadCipher sealer = SrtpTesting.ipsecMb().aead(bytes(new Random(seed), keyBytes), true);
                AeadCipher opener = SrtpTesting.ipsecMb().aead(bytes(new Random(seed), keyBytes), false)) {
            int length = 200;
            byte[] iv = bytes(random, AeadCipher.IV_BYTES);
            byte[] sealed = bytes(random, 12 + length + AeadCipher.TAG_BYTES);
            sealer.seal(iv, sealed, 0, 12, sealed, 12, length);
            for (int bit = 0; bit < 8 * sealed.length; bit++) {
                byte[] changed = flipped(sealed, bit);
                byte[] before = changed.clone();
                assertThat(opener.open(iv, changed, 0, 12, changed, 12, length))
                        .as("seed %d, bit %d", seed, bit)
                        .isFalse();
                assertThat(changed).as("seed %d, bit %d", seed, bit).isEqualTo(before);
            }
            for (int bit = 0; bit < 8 * iv.length; bit++) {
                assertThat(opener.open(flipped(iv, bit), sealed.clone(), 0, 12, sealed.clone(), 12, length))
                        .as("seed %d, bit %d of the IV", seed, bit)
                        .isFalse();
            }
            assertThat(opener.open(iv, sealed, 0, 12, sealed, 12, length)).isTrue();
        }
    }

    @Test
    void keysDoNotDisturbEachOther() {
        var random = new Random(7_003);
        var ciphers = new AeadCipher[200];
        var expected = new byte[ciphers.length][];
        byte[] iv = bytes(random, AeadCipher.IV_BYTES);
        byte[] plain = bytes(random, 12 + 1_000 + AeadCipher.TAG_BYTES);
        for (int i = 0; i < ciphers.length; i++) {
            byte[] key = bytes(random, i % 2 == 0 ? 16 : 32);
            ciphers[i] = SrtpTesting.ipsecMb().aead(key, true);
            expected[i] = plain.clone();
            try (AeadCipher jdk = new JdkCipherProvider().aead(key, true)) {
                jdk.seal(iv, expected[i], 0, 12, expected[i], 12, 1_000);
            }
        }
        for (int i = 0; i < ciphers.length; i += 3) {
            ciphers[i].close();
        }
        for (int i = 0; i < ciphers.length; i++) {
            if (i % 3 != 0) {
                byte[] sealed = plain.clone();
                ciphers[i].seal(iv, sealed, 0, 12, sealed, 12, 1_000);
                assertThat(sealed).as("key %d", i).isEqualTo(expected[i]);
                ciphers[i].close();
            }
        }
    }

    @Test
    void isNotForUseAfterClosing() {
        AeadCipher cipher = SrtpTesting.ipsecMb().aead(new byte[16], true);
        cipher.close();
        cipher.close();
        byte[] packet = new byte[100];
        assertThatThrownBy(() -> cipher.seal(new byte[12], packet, 0, 12, packet, 12, 20))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> cipher.open(new byte[12], packet, 0, 12, packet, 12, 20))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> cipher.seal(new byte[12], MemorySegment.ofArray(packet), 0, 12, 20))
                .isInstanceOf(IllegalStateException.class);
    }

    /// The library would answer these with silence or a crash.
    @Test
    void refusesLengthsThatReachOutside() {
        byte[] iv = new byte[AeadCipher.IV_BYTES];
        byte[] packet = new byte[1 << 17];
        try (AeadCipher cipher = SrtpTesting.ipsecMb().aead(new byte[16], true);
                Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(100);
            assertThatThrownBy(() -> cipher.seal(iv, memory, 0, 60, -30)).isInstanceOf(RuntimeException.class);
            assertThatThrownBy(() -> cipher.seal(iv, memory, 0, -12, 40)).isInstanceOf(RuntimeException.class);
            assertThatThrownBy(() -> cipher.seal(iv, memory, 0, 12, 73)).isInstanceOf(RuntimeException.class);
            assertThatThrownBy(() -> cipher.seal(iv, packet, 0, 12, packet, 12, -1))
                    .isInstanceOf(RuntimeException.class);
            assertThatThrownBy(() -> cipher.seal(iv, packet, 0, 12, packet, 12, NativeScratch.DATA_BYTES - 20))
                    .isInstanceOf(RuntimeException.class);
            assertThatThrownBy(() -> cipher.open(iv, packet, 0, 12, packet, 12, NativeScratch.DATA_BYTES - 20))
                    .isInstanceOf(RuntimeException.class);
            assertThatThrownBy(() -> cipher.open(iv, packet, 0, 12, packet, 12, -16))
                    .isInstanceOf(RuntimeException.class);
        }
    }

    @Test
    void keepsToWhatTheKernelEnables() {
        IpsecMb.requireUsable(USABLE, Set.of());
        IpsecMb.requireUsable(USABLE | IpsecMb.AVX | IpsecMb.AVX2, Set.of("avx", "avx2"));
        assertThatThrownBy(() -> IpsecMb.requireUsable(
                        USABLE | IpsecMb.AVX | IpsecMb.AVX2 | IpsecMb.AVX512F, Set.of("avx", "avx2")))
                .isInstanceOf(UnsatisfiedLinkError.class)
                .hasMessageContaining("avx512f");
        assertThatThrownBy(() -> IpsecMb.requireUsable(USABLE & ~IpsecMb.AES_NI, Set.of()))
                .isInstanceOf(UnsatisfiedLinkError.class);
    }

    @Test
    void isTakenOnlyWhenAskedFor() {
        SrtpCipherProvider ipsecMb = SrtpTesting.ipsecMb();
        assertThat(SrtpProviders.choose(SrtpProviders.Choice.IPSEC_MB).name()).isEqualTo(ipsecMb.name());
        assertThat(SrtpProviders.choose(SrtpProviders.Choice.AUTO).name()).isNotEqualTo(ipsecMb.name());
    }

    private static List<SrtpCipherProvider> others() {
        return SrtpTesting.providers().stream()
                .filter(provider -> !(provider instanceof IpsecMbCipherProvider))
                .toList();
    }

    private static byte[] bytes(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] flipped(byte[] bytes, int bit) {
        byte[] flipped = bytes.clone();
        flipped[bit >> 3] ^= (byte) (1 << (bit & 7));
        return flipped;
    }
}
