package io.tributary.transport.srtp;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/// Keys and packets for tests.
final class SrtpTesting {
    private SrtpTesting() {}

    /// The JDK, and OpenSSL and ipsec-mb where this machine has them.
    static List<SrtpCipherProvider> providers() {
        var providers = new ArrayList<SrtpCipherProvider>();
        providers.add(new JdkCipherProvider());
        SrtpProviders.openSsl().ifPresent(providers::add);
        SrtpProviders.ipsecMb().ifPresent(providers::add);
        return providers;
    }

    /// ipsec-mb; where it is missing the test is skipped, with `CI=true` it fails, unless there is none to be had.
    static SrtpCipherProvider ipsecMb() {
        Optional<SrtpCipherProvider> ipsecMb = SrtpProviders.ipsecMb();
        boolean wanted = "true".equals(System.getenv("CI")) && "amd64".equals(System.getProperty("os.arch"));
        assumeTrue(ipsecMb.isPresent() || wanted, "no ipsec-mb here (Debian: libipsec-mb1)");
        return ipsecMb.orElseThrow();
    }

    static SrtpKeys keys(SrtpProfile profile, long seed) {
        byte[] exported = new byte[profile.exportBytes()];
        new Random(seed).nextBytes(exported);
        return new SrtpKeys(profile, exported);
    }

    /// Random payload behind a header that has, by chance, CSRCs or an extension when the payload is long.
    static byte[] rtp(Random random, int ssrc, int seq, int payloadLength) {
        int csrcs = payloadLength > 400 ? random.nextInt(4) : 0;
        int extensionWords = payloadLength > 200 ? random.nextInt(5) : 0;
        int extensionBytes = extensionWords == 0 ? 0 : 4 + 4 * extensionWords;
        int headerLength = 12 + 4 * csrcs + extensionBytes;
        byte[] packet = new byte[headerLength + payloadLength];
        random.nextBytes(packet);
        packet[0] = (byte) (0x80 | (extensionWords == 0 ? 0 : 0x10) | csrcs);
        packet[2] = (byte) (seq >>> 8);
        packet[3] = (byte) seq;
        Bytes.putInt(packet, 8, ssrc);
        if (extensionWords != 0) {
            Bytes.putInt(packet, headerLength - extensionBytes, 0xBEDE0000 | extensionWords);
        }
        return packet;
    }

    /// Something that starts like a sender report; its words are random.
    static byte[] rtcp(Random random, int ssrc, int length) {
        byte[] packet = new byte[length];
        random.nextBytes(packet);
        Bytes.putInt(packet, 0, 0x80C8_0000 | (length / 4 - 1));
        Bytes.putInt(packet, 4, ssrc);
        return packet;
    }
}
