package io.tributary.transport.srtp;

import java.util.Arrays;

/// Master keys and salts of both directions, as exported by DTLS under `EXTRACTOR-dtls_srtp` (RFC 5764 §4.2).
/// Never printed.
public final class SrtpKeys {
    private final SrtpProfile profile;
    private final byte[] exported;

    /// @param exported client key, server key, client salt, server salt, in this order
    public SrtpKeys(SrtpProfile profile, byte[] exported) {
        if (exported.length != profile.exportBytes()) {
            throw new IllegalArgumentException(profile + " needs " + profile.exportBytes() + " bytes of key material");
        }
        this.profile = profile;
        this.exported = exported.clone();
    }

    public SrtpProfile profile() {
        return profile;
    }

    public byte[] clientKey() {
        return slice(0, profile.keyBytes());
    }

    public byte[] serverKey() {
        return slice(profile.keyBytes(), profile.keyBytes());
    }

    public byte[] clientSalt() {
        return slice(2 * profile.keyBytes(), profile.saltBytes());
    }

    public byte[] serverSalt() {
        return slice(2 * profile.keyBytes() + profile.saltBytes(), profile.saltBytes());
    }

    /// The same keys as the DTLS client sees them: the two sides change places, so that [SrtpContext#inbound] and
    /// [SrtpContext#outbound] serve a client too.
    public SrtpKeys swapped() {
        var exchanged = new byte[exported.length];
        int key = profile.keyBytes();
        int salt = profile.saltBytes();
        System.arraycopy(exported, key, exchanged, 0, key);
        System.arraycopy(exported, 0, exchanged, key, key);
        System.arraycopy(exported, 2 * key + salt, exchanged, 2 * key, salt);
        System.arraycopy(exported, 2 * key, exchanged, 2 * key + salt, salt);
        return new SrtpKeys(profile, exchanged);
    }

    private byte[] slice(int from, int length) {
        return Arrays.copyOfRange(exported, from, from + length);
    }

    @Override
    public String toString() {
        return "SrtpKeys[" + profile + "]";
    }
}
