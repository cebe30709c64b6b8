package io.tributary.transport.ice;

import java.util.random.RandomGenerator;

/// One side's username fragment and password (RFC 8445 §5.3). The password is never printed.
public record IceCredentials(String ufrag, String pwd) {
    /// 96 bits: peers are found by it, so it must not collide among all peers of a server (RFC 8445 asks for 24).
    private static final int UFRAG_CHARS = 16;

    /// 192 bits (RFC 8445 asks for 128).
    private static final int PWD_CHARS = 32;

    /// ice-char (RFC 8839 §5.4), six bits each.
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    /// Fresh ones.
    ///
    /// @param random a secure one outside of simulations
    public static IceCredentials random(RandomGenerator random) {
        return new IceCredentials(chars(random, UFRAG_CHARS), chars(random, PWD_CHARS));
    }

    private static String chars(RandomGenerator random, int count) {
        StringBuilder chars = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            chars.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return chars.toString();
    }

    @Override
    public String toString() {
        return "IceCredentials[" + ufrag + "]";
    }
}
