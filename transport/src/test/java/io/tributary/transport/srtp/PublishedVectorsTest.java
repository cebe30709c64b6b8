package io.tributary.transport.srtp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The test vectors of RFC 3711 appendix B.3, RFC 6188 §7.2 and RFC 7714 §16, §17.
class PublishedVectorsTest {
    private static final String KEY_128 = "000102030405060708090a0b0c0d0e0f";
    private static final String KEY_256 = KEY_128 + "101112131415161718191a1b1c1d1e1f";
    private static final String SALT = "517569642070726f2071756f";
    private static final String RTP =
            "8040f17b8041f8d35501a0b247616c6c696120657374206f6d6e697320646976697361" + "20696e207061727465732074726573";
    private static final String SRTP_128 = "8040f17b8041f8d35501a0b2f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f"
            + "42a5f47a51c7d19b36de3adf8833899d7f27beb16a9152cf765ee4390cce";
    private static final String SRTP_256 = "8040f17b8041f8d35501a0b232b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3"
            + "b50b2a0276ffae0f1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13";
    private static final String RTCP = "81c8000d4d6172734e5450314e545032525450200000042a0000e9304c756e61"
            + "deadbeefdeadbeefdeadbeefdeadbeefdeadbeef";
    private static final String SRTCP_128 = "81c8000d4d61727363e94885dcdab67ca727d7662f6b7e997ff5c0f76c06f32d"
            + "c676a5f1730d6fda4ce09b4686303ded0bb9275bc84aa45896cf4d2fc5abf872"
            + "45d9eade800005d4";
    private static final int RTP_SSRC = 0x5501a0b2;
    private static final int RTCP_SSRC = 0x4d617273;
    private static final int RTCP_INDEX = 0x5d4;

    static List<SrtpCipherProvider> providers() {
        return SrtpTesting.providers();
    }

    @ParameterizedTest
    @MethodSource("providers")
    void rfc7714Section16(SrtpCipherProvider provider) {
        assertThat(sealRtp(provider, KEY_128)).isEqualTo(SRTP_128);
        assertThat(sealRtp(provider, KEY_256)).isEqualTo(SRTP_256);
        assertThat(openRtp(provider, KEY_128, SRTP_128)).isEqualTo(RTP);
        assertThat(openRtp(provider, KEY_256, SRTP_256)).isEqualTo(RTP);
    }

    @ParameterizedTest
    @MethodSource("providers")
    void rfc7714Section17(SrtpCipherProvider provider) {
        byte[] packet = room(RTCP);
        try (var seal = new AeadTransform(provider.aead(hex(KEY_128), true), hex(SALT));
                var open = new AeadTransform(provider.aead(hex(KEY_128), false), hex(SALT))) {
            int sealed = seal.sealRtcp(packet, 0, RTCP.length() / 2, RTCP_SSRC, RTCP_INDEX);
            assertThat(text(packet, sealed)).isEqualTo(SRTCP_128);
            int opened = open.openRtcp(packet, 0, sealed, RTCP_SSRC, RTCP_INDEX);
            assertThat(text(packet, opened)).isEqualTo(RTCP);
        }
    }

    @Test
    void rfc3711AppendixB3() {
        byte[] key = hex("e1f97a0d3e018be0d64fa32c06de4139");
        byte[] salt = hex("0ec675ad498afeebb6960b3aabe6");
        assertThat(SessionKeys.derive(key, salt, 0, 16)).isEqualTo(hex("c61e7a93744f39ee10734afe3ff7a087"));
        assertThat(SessionKeys.derive(key, salt, 2, 14)).isEqualTo(hex("30cbbc08863d8c85d49db34a9ae1"));
        assertThat(SessionKeys.derive(key, salt, 1, 94))
                .isEqualTo(hex("cebe321f6ff7716b6fd4ab49af256a156d38baa48f0a0acf3c34e2359e6cdbce"
                        + "e049646c43d9327ad175578ef72270986371c10c9a369ac2f94a8c5fbcdddc25"
                        + "6d6e919a48b610ef17c2041e474035766b68642c59bbfc2f34db60dbdfb2"));
    }

    @Test
    void rfc6188Section7() {
        byte[] key = hex("f0f04914b513f2763a1b1fa130f10e2998f6f6e43e4309d1e622a0e332b9f1b6");
        byte[] salt = hex("3b04803de51ee7c96423ab5b78d2");
        assertThat(SessionKeys.derive(key, salt, 0, 32))
                .isEqualTo(hex("5ba1064e30ec51613cad926c5a28ef731ec7fb397f70a960653caf06554cd8c4"));
        assertThat(SessionKeys.derive(key, salt, 2, 14)).isEqualTo(hex("fa31791685ca444a9e07c6c64e93"));
        assertThat(SessionKeys.derive(key, salt, 1, 20)).isEqualTo(hex("fd9c32d39ed5fbb5a9dc96b30818454d1313dc05"));
    }

    @ParameterizedTest
    @MethodSource("providers")
    void everyProviderPassesItsSelfTest(SrtpCipherProvider provider) {
        assertThat(CipherSelfTest.passes(provider)).isTrue();
    }

    private static String sealRtp(SrtpCipherProvider provider, String key) {
        byte[] packet = room(RTP);
        try (var transform = new AeadTransform(provider.aead(hex(key), true), hex(SALT))) {
            return text(packet, transform.sealRtp(packet, 0, 12, RTP.length() / 2, RTP_SSRC, 0xf17b));
        }
    }

    private static String openRtp(SrtpCipherProvider provider, String key, String sealed) {
        byte[] packet = room(sealed);
        try (var transform = new AeadTransform(provider.aead(hex(key), false), hex(SALT))) {
            return text(packet, transform.openRtp(packet, 0, 12, sealed.length() / 2, RTP_SSRC, 0xf17b));
        }
    }

    private static byte[] room(String packet) {
        byte[] bytes = hex(packet);
        return Arrays.copyOf(bytes, bytes.length + SrtpContext.MAX_GROWTH_BYTES);
    }

    private static String text(byte[] packet, int length) {
        return HexFormat.of().formatHex(packet, 0, length);
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
