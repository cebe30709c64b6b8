package io.tributary.transport.srtp;

import java.util.Arrays;
import java.util.HexFormat;

/// Known answers that a provider must give before it gets a single packet: RFC 7714 §16.1.1, §16.2.1 for AES-GCM,
/// RFC 3711 §B.2 for AES-CM, RFC 2202 §3 case 1 for HMAC-SHA1. The vectors of AES-GCM are short, and fast code has
/// other
/// ways for long texts: for those the JDK has to agree.
final class CipherSelfTest {
    private static final String GCM_HEADER = "8040f17b8041f8d35501a0b2";
    private static final String GCM_PLAIN =
            "47616c6c696120657374206f6d6e697320646976697361" + "20696e207061727465732074726573";
    private static final String GCM_IV = "51753c6580c2726f20718414";
    private static final String GCM_128_KEY = "000102030405060708090a0b0c0d0e0f";
    private static final String GCM_128_SEALED = "f24de3a3fb34de6cacba861c9d7e4bcabe633bd50d294e6f42a5f47a51c7d19b"
            + "36de3adf8833899d7f27beb16a9152cf765ee4390cce";
    private static final String GCM_256_KEY = GCM_128_KEY + "101112131415161718191a1b1c1d1e1f";
    private static final String GCM_256_SEALED = "32b1de78a822fe12ef9f78fa332e33aab18012389a58e2f3b50b2a0276ffae0f"
            + "1ba63799b87b7aa3db36dfffd6b0f9bb7878d7a76c13";

    private static final String CM_KEY = "2b7e151628aed2a6abf7158809cf4f3c";
    private static final String CM_IV = "f0f1f2f3f4f5f6f7f8f9fafbfcfd0000";
    private static final String CM_KEYSTREAM =
            "e03ead0935c95e80e166b16dd92b4eb4d23513162b02d0f72a43a2fe4a5f97ab41e95b3bb0a2e8dd477901e4fca894c0";

    private static final String HMAC_KEY = "0b".repeat(20);
    private static final String HMAC_DATA = "4869205468657265";
    private static final String HMAC_RESULT = "b617318655057264e28bc0b6fb378c8ef146be00";

    /// Each is another remainder of the 16, 128 and 768 bytes that are done at a time, up to what a datagram holds.
    private static final int LENGTH_STEP = 97;

    private static final int LONGEST = 1500;

    private CipherSelfTest() {}

    static boolean passes(SrtpCipherProvider provider) {
        return sealsAndOpens(provider, GCM_128_KEY, GCM_128_SEALED)
                && sealsAndOpens(provider, GCM_256_KEY, GCM_256_SEALED)
                && agreesWithJdk(provider, GCM_128_KEY)
                && agreesWithJdk(provider, GCM_256_KEY)
                && countsAndAuthenticates(provider);
    }

    private static boolean agreesWithJdk(SrtpCipherProvider provider, String key) {
        byte[] header = hex(GCM_HEADER);
        byte[] iv = hex(GCM_IV);
        try (AeadCipher ours = provider.aead(hex(key), true);
                AeadCipher jdk = new JdkCipherProvider().aead(hex(key), true)) {
            for (int length = 0; length <= LONGEST; length += LENGTH_STEP) {
                iv[0]++; // the JDK seals only one text under an IV
                byte[] sealed = new byte[length + AeadCipher.TAG_BYTES];
                byte[] expected = sealed.clone();
                ours.seal(iv, header, 0, header.length, sealed, 0, length);
                jdk.seal(iv, header, 0, header.length, expected, 0, length);
                if (!Arrays.equals(sealed, expected)) {
                    return false;
                }
            }
        }
        return true;
    }

    private static boolean sealsAndOpens(SrtpCipherProvider provider, String key, String sealed) {
        byte[] header = hex(GCM_HEADER);
        byte[] iv = hex(GCM_IV);
        byte[] plain = hex(GCM_PLAIN);
        byte[] text = Arrays.copyOf(plain, plain.length + AeadCipher.TAG_BYTES);
        try (AeadCipher sealer = provider.aead(hex(key), true);
                AeadCipher opener = provider.aead(hex(key), false)) {
            sealer.seal(iv, header, 0, header.length, text, 0, plain.length);
            if (!Arrays.equals(text, hex(sealed))) {
                return false;
            }
            byte[] forged = text.clone();
            forged[0] ^= 1;
            return !opener.open(iv, header, 0, header.length, forged, 0, plain.length)
                    && opener.open(iv, header, 0, header.length, text, 0, plain.length)
                    && Arrays.equals(plain, Arrays.copyOf(text, plain.length));
        }
    }

    private static boolean countsAndAuthenticates(SrtpCipherProvider provider) {
        byte[] keystream = hex(CM_KEYSTREAM);
        byte[] text = new byte[keystream.length];
        byte[] data = hex(HMAC_DATA);
        byte[] mac = new byte[CounterMacCipher.MAC_BYTES];
        try (CounterMacCipher cipher = provider.counterMac(hex(CM_KEY), hex(HMAC_KEY))) {
            cipher.crypt(hex(CM_IV), text, 0, text.length);
            cipher.authenticate(data, 0, data.length, mac);
            return Arrays.equals(text, keystream) && Arrays.equals(mac, hex(HMAC_RESULT));
        }
    }

    private static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
