package io.tributary.transport.srtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.transport.srtp.SrtpProviders.Choice;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// A server and a client that share keys, packet by packet.
class SrtpContextTest {
    private static final int OFFSET = 37;
    private static final int SSRC = 0xCAFE_F00D;

    record Setting(SrtpProfile profile, SrtpCipherProvider sender, SrtpCipherProvider receiver) {
        @Override
        public String toString() {
            return profile + " " + sender.name() + " to " + receiver.name();
        }

        SrtpContext outbound() {
            return SrtpContext.outbound(keys(profile), sender);
        }

        SrtpContext inbound() {
            return SrtpContext.inbound(keys(profile).swapped(), receiver);
        }
    }

    static List<Setting> settings() {
        List<SrtpCipherProvider> providers = SrtpTesting.providers();
        return Arrays.stream(SrtpProfile.values())
                .flatMap(profile -> providers.stream()
                        .flatMap(sender -> providers.stream().map(receiver -> new Setting(profile, sender, receiver))))
                .toList();
    }

    static SrtpKeys keys(SrtpProfile profile) {
        return SrtpTesting.keys(profile, 11);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void whatIsProtectedOpensToTheSameBytes(Setting setting) {
        long seed = 4711;
        var random = new Random(seed);
        try (SrtpContext out = setting.outbound();
                SrtpContext in = setting.inbound()) {
            for (int i = 0; i < 500; i++) {
                byte[] plain = SrtpTesting.rtp(random, SSRC, i, random.nextInt(1200));
                byte[] wire = room(plain);
                int sealed = out.protectRtp(wire, OFFSET, plain.length);
                assertThat(sealed).as("seed %d, packet %d", seed, i).isGreaterThan(plain.length);
                assertThat(in.unprotectRtp(wire, OFFSET, sealed)).isEqualTo(plain.length);
                assertThat(plain(wire, plain.length)).isEqualTo(plain);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void protectsInNativeMemoryAsOnTheHeap(Setting setting) {
        long seed = 4713;
        var random = new Random(seed);
        try (SrtpContext heap = setting.outbound();
                SrtpContext direct = setting.outbound();
                Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate(4_000);
            for (int i = 0; i < 500; i++) {
                byte[] plain = SrtpTesting.rtp(random, SSRC, i, random.nextInt(1200));
                int headerLength = plain.length - payloadLength(plain);
                byte[] wire = room(plain);
                int sealed = heap.protectRtp(wire, OFFSET, plain.length);
                long at = random.nextInt(1_000);
                MemorySegment.copy(plain, 0, memory, ValueLayout.JAVA_BYTE, at, plain.length);
                int length = direct.protectRtp(memory, at, headerLength, plain.length, SSRC, i);
                assertThat(length).as("seed %d, packet %d", seed, i).isEqualTo(sealed);
                assertThat(memory.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE))
                        .isEqualTo(Arrays.copyOfRange(wire, OFFSET, OFFSET + sealed));
            }
        }
    }

    private static int payloadLength(byte[] packet) {
        int header = 12 + 4 * (packet[0] & 0x0F);
        if ((packet[0] & 0x10) != 0) {
            header += 4 + 4 * Bytes.getShort(packet, header + 2);
        }
        return packet.length - header;
    }

    @ParameterizedTest
    @MethodSource("settings")
    void whatIsProtectedAsRtcpOpensToTheSameBytes(Setting setting) {
        long seed = 4712;
        var random = new Random(seed);
        try (SrtpContext out = setting.outbound();
                SrtpContext in = setting.inbound()) {
            for (int i = 0; i < 500; i++) {
                byte[] plain = SrtpTesting.rtcp(random, SSRC, 8 + 4 * random.nextInt(300));
                byte[] wire = room(plain);
                int sealed = out.protectRtcp(wire, OFFSET, plain.length);
                assertThat(sealed).as("seed %d, packet %d", seed, i).isGreaterThan(plain.length);
                assertThat(in.unprotectRtcp(wire, OFFSET, sealed)).isEqualTo(plain.length);
                assertThat(plain(wire, plain.length)).isEqualTo(plain);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void payloadIsNotReadableOnTheWireButTheHeaderIs(Setting setting) {
        byte[] plain = SrtpTesting.rtp(new Random(1), SSRC, 1, 64);
        byte[] wire = room(plain);
        try (SrtpContext out = setting.outbound()) {
            out.protectRtp(wire, OFFSET, plain.length);
        }
        int header = plain.length - 64;
        assertThat(Arrays.copyOfRange(wire, OFFSET, OFFSET + header)).isEqualTo(Arrays.copyOf(plain, header));
        assertThat(Arrays.copyOfRange(wire, OFFSET + header, OFFSET + plain.length))
                .isNotEqualTo(Arrays.copyOfRange(plain, header, plain.length));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void anyFlippedBitFailsAuthentication(Setting setting) {
        byte[] plain = SrtpTesting.rtp(new Random(2), SSRC, 1, 20);
        byte[] sealed = sealed(setting, plain);
        try (SrtpContext in = setting.inbound()) {
            for (int bit = 0; bit < 8 * sealed.length; bit++) {
                byte[] forged = sealed.clone();
                forged[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(open(in, forged)).as("bit %d", bit).isNegative();
            }
            assertThat(in.ssrcCount()).isZero();
            assertThat(open(in, sealed)).isEqualTo(plain.length);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void anyFlippedBitOfRtcpFailsAuthentication(Setting setting) {
        byte[] plain = SrtpTesting.rtcp(new Random(3), SSRC, 28);
        byte[] wire = room(plain);
        byte[] sealed;
        try (SrtpContext out = setting.outbound()) {
            sealed = plain(wire, out.protectRtcp(wire, OFFSET, plain.length));
        }
        try (SrtpContext in = setting.inbound()) {
            for (int bit = 0; bit < 8 * sealed.length; bit++) {
                byte[] forged = sealed.clone();
                forged[bit / 8] ^= (byte) (1 << bit % 8);
                assertThat(in.unprotectRtcp(room(forged), OFFSET, forged.length))
                        .as("bit %d", bit)
                        .isNegative();
            }
            assertThat(in.unprotectRtcp(room(sealed), OFFSET, sealed.length)).isEqualTo(plain.length);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aReplayedPacketIsRefused(Setting setting) {
        byte[] plain = SrtpTesting.rtp(new Random(4), SSRC, 77, 100);
        byte[] sealed = sealed(setting, plain);
        try (SrtpContext in = setting.inbound()) {
            assertThat(open(in, sealed)).isEqualTo(plain.length);
            assertThat(open(in, sealed)).isEqualTo(SrtpError.REPLAYED);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aReplayedRtcpPacketIsRefused(Setting setting) {
        byte[] plain = SrtpTesting.rtcp(new Random(5), SSRC, 60);
        byte[] wire = room(plain);
        try (SrtpContext out = setting.outbound();
                SrtpContext in = setting.inbound()) {
            byte[] sealed = plain(wire, out.protectRtcp(wire, OFFSET, plain.length));
            assertThat(in.unprotectRtcp(room(sealed), OFFSET, sealed.length)).isEqualTo(plain.length);
            assertThat(in.unprotectRtcp(room(sealed), OFFSET, sealed.length)).isEqualTo(SrtpError.REPLAYED);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void theRollOverCounterSurvivesManyWrapsAndReordering(Setting setting) {
        long seed = 31;
        var random = new Random(seed);
        try (SrtpContext out = setting.outbound();
                SrtpContext in = setting.inbound()) {
            long index = 65_000;
            for (int round = 0; round < 400; round++) {
                byte[][] burst = new byte[4][];
                for (int i = 0; i < burst.length; i++) {
                    byte[] plain = SrtpTesting.rtp(random, SSRC, (int) (index & 0xFFFF), 10);
                    byte[] wire = room(plain);
                    burst[i] = plain(wire, out.protectRtp(wire, OFFSET, plain.length));
                    index += 1 + random.nextInt(i == 3 ? 2000 : 40);
                }
                for (int i : new int[] {2, 0, 3, 1}) {
                    assertThat(open(in, burst[i]))
                            .as("seed %d, round %d, packet %d", seed, round, i)
                            .isPositive();
                }
            }
            assertThat(index).as("several wraps").isGreaterThan(3 * 65_536);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aLatePacketFromBeforeTheWrapStillOpens(Setting setting) {
        try (SrtpContext out = setting.outbound();
                SrtpContext in = setting.inbound()) {
            byte[] first = next(out, 65_533);
            byte[] late = next(out, 65_535);
            byte[] wrapped = next(out, 2);
            assertThat(open(in, first)).isPositive();
            assertThat(open(in, wrapped)).isPositive();
            assertThat(open(in, late)).isPositive();
            assertThat(open(in, late)).isEqualTo(SrtpError.REPLAYED);
            assertThat(open(in, next(out, 3))).isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aPacketOlderThanTheWindowIsRefused(Setting setting) {
        try (SrtpContext out = setting.outbound();
                SrtpContext in = setting.inbound()) {
            byte[] tooOld = next(out, 1000);
            byte[] justYoungEnough = next(out, 1001);
            assertThat(open(in, next(out, 1000 + ReplayWindow.SIZE))).isPositive();
            assertThat(open(in, tooOld)).isEqualTo(SrtpError.REPLAYED);
            assertThat(open(in, justYoungEnough)).isPositive();
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void noIndexIsEverProtectedTwice(Setting setting) {
        try (SrtpContext out = setting.outbound()) {
            assertThat(next(out, 500)).isNotEmpty();
            byte[] again = room(SrtpTesting.rtp(new Random(9), SSRC, 500, 10));
            assertThat(out.protectRtp(again, OFFSET, 22)).isEqualTo(SrtpError.REPLAYED);
        }
    }

    @Test
    void aThousandSsrcsDoNotMakeAThousandStates() {
        try (SrtpContext out = new Setting(SrtpProfile.AEAD_AES_128_GCM, jdk(), jdk()).outbound()) {
            for (int ssrc = 1; ssrc <= 1000; ssrc++) {
                byte[] wire = room(SrtpTesting.rtp(new Random(ssrc), ssrc, 1, 10));
                int result = out.protectRtp(wire, OFFSET, 22);
                assertThat(result).isEqualTo(ssrc <= SrtpContext.MAX_SSRCS ? 38 : SrtpError.TOO_MANY_SSRCS);
            }
            assertThat(out.ssrcCount()).isEqualTo(SrtpContext.MAX_SSRCS);
        }
    }

    /// Somebody who shares the screen now and then, in a call that lasts all day.
    @Test
    void aPeersNewSsrcTakesThePlaceOfItsIdlest() {
        Setting setting = new Setting(SrtpProfile.AEAD_AES_128_GCM, jdk(), jdk());
        int microphone = 1_000_000;
        try (SrtpContext out = setting.outbound();
                SrtpContext in = setting.inbound()) {
            byte[] first = new byte[0];
            for (int ssrc = 1; ssrc <= 1500; ssrc++) {
                assertThat(open(in, sealed(out, ssrc, microphone))).isEqualTo(22);
                byte[] wire = sealed(out, 1, ssrc);
                first = ssrc == 1 ? wire.clone() : first;
                assertThat(open(in, wire)).isEqualTo(22);
                out.retire(ssrc);
            }
            assertThat(in.ssrcCount()).isEqualTo(SrtpContext.MAX_SSRCS);
            assertThat(open(in, first)).isEqualTo(SrtpError.REPLAYED);
        }
    }

    private static byte[] sealed(SrtpContext out, int seq, int ssrc) {
        byte[] wire = room(SrtpTesting.rtp(new Random(ssrc), ssrc, seq, 10));
        int length = out.protectRtp(wire, OFFSET, 22);
        return Arrays.copyOfRange(wire, OFFSET, OFFSET + length);
    }

    @Test
    void forgedSsrcsLeaveNoState() {
        byte[] sealed = sealed(
                new Setting(SrtpProfile.AEAD_AES_128_GCM, jdk(), jdk()), SrtpTesting.rtp(new Random(6), SSRC, 1, 50));
        try (SrtpContext in = new Setting(SrtpProfile.AEAD_AES_128_GCM, jdk(), jdk()).inbound()) {
            for (int i = 0; i < 1000; i++) {
                byte[] forged = sealed.clone();
                Bytes.putInt(forged, 8, i);
                assertThat(open(in, forged)).isEqualTo(SrtpError.AUTH_FAILED);
            }
            assertThat(in.ssrcCount()).isZero();
        }
    }

    @Test
    void aRetiredSsrcMakesRoomAndNeverComesBack() {
        try (SrtpContext out = new Setting(SrtpProfile.AEAD_AES_256_GCM, jdk(), jdk()).outbound()) {
            for (int ssrc = 1; ssrc <= 2000; ssrc++) {
                byte[] wire = room(SrtpTesting.rtp(new Random(ssrc), ssrc, 1, 10));
                assertThat(out.protectRtp(wire, OFFSET, 22)).isEqualTo(38);
                out.retire(ssrc);
            }
            assertThat(out.ssrcCount()).isZero();
            byte[] wire = room(SrtpTesting.rtp(new Random(7), 1500, 2, 10));
            assertThat(out.protectRtp(wire, OFFSET, 22)).isEqualTo(SrtpError.REPLAYED);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void randomBytesAreRefusedWithoutThrowing(Setting setting) {
        long seed = 99;
        var random = new Random(seed);
        try (SrtpContext in = setting.inbound()) {
            for (int i = 0; i < 3000; i++) {
                byte[] bytes = new byte[random.nextInt(80)];
                random.nextBytes(bytes);
                if (bytes.length > 0 && random.nextBoolean()) {
                    bytes[0] = (byte) (0x80 | (bytes[0] & 0x3F));
                }
                assertThat(in.unprotectRtp(room(bytes), OFFSET, bytes.length))
                        .as("seed %d, input %d", seed, i)
                        .isNegative();
                assertThat(in.unprotectRtcp(room(bytes), OFFSET, bytes.length))
                        .as("seed %d, input %d", seed, i)
                        .isNegative();
            }
            assertThat(in.ssrcCount()).isZero();
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void rtcpInClearIsRefused(Setting setting) {
        byte[] plain = SrtpTesting.rtcp(new Random(8), SSRC, 28);
        byte[] wire = room(plain);
        try (SrtpContext out = setting.outbound();
                SrtpContext in = setting.inbound()) {
            int sealed = out.protectRtcp(wire, OFFSET, plain.length);
            int word = OFFSET + sealed - (setting.profile() == SrtpProfile.AES128_CM_SHA1_80 ? 14 : 4);
            wire[word] &= 0x7F;
            assertThat(in.unprotectRtcp(wire, OFFSET, sealed)).isEqualTo(SrtpError.MALFORMED);
        }
    }

    @ParameterizedTest
    @MethodSource("settings")
    void bothProvidersMakeTheSameBytes(Setting setting) {
        byte[] plain = SrtpTesting.rtp(new Random(10), SSRC, 4, 333);
        byte[] sealed = sealed(setting, plain);
        assertThat(sealed).isEqualTo(sealed(new Setting(setting.profile(), jdk(), jdk()), plain));
    }

    @ParameterizedTest
    @MethodSource("settings")
    void aClosedContextSaysSoInsteadOfTouchingFreedMemory(Setting setting) {
        SrtpContext out = setting.outbound();
        out.close();
        out.close();
        byte[] wire = room(SrtpTesting.rtp(new Random(12), SSRC, 1, 10));
        assertThatThrownBy(() -> out.protectRtp(wire, OFFSET, 22)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> out.protectRtcp(wire, OFFSET, 22)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void theTwoDirectionsHaveDifferentKeys() {
        byte[] plain = SrtpTesting.rtp(new Random(13), SSRC, 1, 10);
        byte[] sealed = sealed(new Setting(SrtpProfile.AEAD_AES_128_GCM, jdk(), jdk()), plain);
        try (SrtpContext mirror = SrtpContext.inbound(keys(SrtpProfile.AEAD_AES_128_GCM), jdk())) {
            assertThat(open(mirror, sealed)).isEqualTo(SrtpError.AUTH_FAILED);
        }
    }

    @Test
    void openSslIsTestedWhereverItExists() {
        Optional<SrtpCipherProvider> openSsl = SrtpProviders.openSsl();
        assertThat(openSsl.map(SrtpCipherProvider::name).orElse("openssl")).isEqualTo("openssl");
        assertThat(SrtpProviders.choose(Choice.AUTO).name())
                .isEqualTo(openSsl.map(SrtpCipherProvider::name).orElse("jdk"));
        assertThat(SrtpProviders.choose(Choice.OPENSSL).name())
                .isEqualTo(openSsl.map(SrtpCipherProvider::name).orElse("jdk"));
        assertThat(SrtpProviders.choose(Choice.JDK).name()).isEqualTo("jdk");
    }

    private static SrtpCipherProvider jdk() {
        return new JdkCipherProvider();
    }

    private static byte[] next(SrtpContext out, int seq) {
        byte[] plain = SrtpTesting.rtp(new Random(seq), SSRC, seq, 30);
        byte[] wire = room(plain);
        return plain(wire, out.protectRtp(wire, OFFSET, plain.length));
    }

    private static byte[] sealed(Setting setting, byte[] plain) {
        byte[] wire = room(plain);
        try (SrtpContext out = setting.outbound()) {
            return plain(wire, out.protectRtp(wire, OFFSET, plain.length));
        }
    }

    private static int open(SrtpContext in, byte[] sealed) {
        return in.unprotectRtp(room(sealed), OFFSET, sealed.length);
    }

    /// The packet somewhere inside a larger array, as in a packet buffer.
    private static byte[] room(byte[] packet) {
        byte[] array = new byte[OFFSET + packet.length + SrtpContext.MAX_GROWTH_BYTES];
        System.arraycopy(packet, 0, array, OFFSET, packet.length);
        return array;
    }

    private static byte[] plain(byte[] wire, int length) {
        return Arrays.copyOfRange(wire, OFFSET, OFFSET + length);
    }
}
