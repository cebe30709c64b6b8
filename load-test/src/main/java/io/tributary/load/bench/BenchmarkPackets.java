package io.tributary.load.bench;

import io.tributary.transport.srtp.JdkCipherProvider;
import io.tributary.transport.srtp.SrtpCipherProvider;
import io.tributary.transport.srtp.SrtpKeys;
import io.tributary.transport.srtp.SrtpProfile;
import io.tributary.transport.srtp.SrtpProviders;
import java.util.HexFormat;
import java.util.Random;

/// The packet that the benchmarks move: VP8 video as a browser sends it, 1,100 bytes with header extensions.
/// And keys.
final class BenchmarkPackets {
    static final int PACKET_BYTES = 1100;

    /// Wire id of `mid` in [#video].
    static final int MID = 1;

    /// Wire id of `transport-cc` in [#video].
    static final int TRANSPORT_CC = 3;

    /// SSRC 0x12345678, mid "0", transport-cc 7; a VP8 descriptor with all its parts; a delta frame.
    private static final String START =
            "90e000000000000012345678" + "bede0002" + "1030" + "310007" + "000000" + "90f09234" + "7f05" + "01";

    private BenchmarkPackets() {}

    static byte[] video() {
        return video(PACKET_BYTES);
    }

    /// As above, of another size.
    static byte[] video(int packetBytes) {
        byte[] packet = new byte[packetBytes];
        new Random(1).nextBytes(packet);
        byte[] start = HexFormat.of().parseHex(START);
        System.arraycopy(start, 0, packet, 0, start.length);
        return packet;
    }

    static void sequence(byte[] packet, int seq) {
        packet[2] = (byte) (seq >>> 8);
        packet[3] = (byte) seq;
    }

    static SrtpCipherProvider provider(String name) {
        return switch (name) {
            case "jdk" -> new JdkCipherProvider();
            case "openssl" -> SrtpProviders.openSsl().orElseThrow();
            case "ipsec-mb" -> SrtpProviders.ipsecMb().orElseThrow();
            default -> throw new IllegalArgumentException("there is no SRTP provider " + name);
        };
    }

    static SrtpKeys keys(SrtpProfile profile, int seed) {
        byte[] exported = new byte[profile.exportBytes()];
        new Random(seed).nextBytes(exported);
        return new SrtpKeys(profile, exported);
    }
}
