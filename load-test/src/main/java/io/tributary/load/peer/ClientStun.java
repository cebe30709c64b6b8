package io.tributary.load.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/// The STUN of an ICE client (RFC 8489, RFC 8445 §7): checks and the answers to the server's own. Written apart from
/// the server's, so that one mistake does not agree with itself.
final class ClientStun {
    static final int TRANSACTION_BYTES = 12;

    private static final int HEADER_BYTES = 20;
    private static final int MAGIC_COOKIE = 0x2112A442;
    private static final int FINGERPRINT_XOR = 0x5354554E;
    private static final int INTEGRITY_BYTES = 24;
    private static final int FINGERPRINT_BYTES = 8;
    private static final int MAX_BYTES = 512;

    private static final short REQUEST = 0x0001;
    private static final short SUCCESS = 0x0101;
    private static final int USERNAME = 0x0006;
    private static final int MESSAGE_INTEGRITY = 0x0008;
    private static final int XOR_MAPPED_ADDRESS = 0x0020;
    private static final int PRIORITY = 0x0024;
    private static final int USE_CANDIDATE = 0x0025;
    private static final int FINGERPRINT = 0x8028;
    private static final int CONTROLLED = 0x8029;
    private static final int CONTROLLING = 0x802A;

    /// A peer-reflexive candidate of the highest local preference (RFC 8445 §5.1.2.1).
    private static final int REFLEXIVE_PRIORITY = 110 << 24 | 65535 << 8 | 255;

    private ClientStun() {}

    static Mac key(String password) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(password.getBytes(UTF_8), "HmacSHA1"));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a JDK without HMAC-SHA1", e);
        }
    }

    /// @param username `remote:local`, by ufrags
    /// @param nominates with USE-CANDIDATE, which only the controlling side may
    static byte[] check(
            byte[] transaction, String username, Mac key, boolean controlling, long tieBreaker, boolean nominates) {
        ByteBuffer out = begin(REQUEST, transaction);
        attribute(out, USERNAME, username.getBytes(UTF_8));
        attribute(
                out, PRIORITY, ByteBuffer.allocate(4).putInt(REFLEXIVE_PRIORITY).array());
        attribute(
                out,
                controlling ? CONTROLLING : CONTROLLED,
                ByteBuffer.allocate(8).putLong(tieBreaker).array());
        if (nominates) {
            attribute(out, USE_CANDIDATE, new byte[0]);
        }
        return end(out, key);
    }

    /// The answer to a check of the server's that came from `ipv4` and `port`.
    static byte[] success(byte[] transaction, Mac key, byte[] ipv4, int port) {
        ByteBuffer out = begin(SUCCESS, transaction);
        int address = ByteBuffer.wrap(ipv4).getInt() ^ MAGIC_COOKIE;
        ByteBuffer value = ByteBuffer.allocate(8).put((byte) 0).put((byte) 1);
        value.putShort((short) (port ^ MAGIC_COOKIE >>> 16)).putInt(address);
        attribute(out, XOR_MAPPED_ADDRESS, value.array());
        return end(out, key);
    }

    static boolean isSuccess(byte[] message) {
        return isStun(message) && ByteBuffer.wrap(message).getShort(0) == SUCCESS;
    }

    static boolean isRequest(byte[] message) {
        return isStun(message) && ByteBuffer.wrap(message).getShort(0) == REQUEST;
    }

    static byte[] transaction(byte[] message) {
        return Arrays.copyOfRange(message, 8, 8 + TRANSACTION_BYTES);
    }

    /// Whether the request asks us, the controlled side, to use this path.
    static boolean nominates(byte[] message) {
        return find(message, USE_CANDIDATE) >= 0;
    }

    static @Nullable String username(byte[] message) {
        int at = find(message, USERNAME);
        return at < 0
                ? null
                : new String(message, at + 4, ByteBuffer.wrap(message).getShort(at + 2), UTF_8);
    }

    /// Whether the sender knew the password behind `key` (RFC 8489 §14.5).
    static boolean isIntact(byte[] message, Mac key) {
        int at = find(message, MESSAGE_INTEGRITY);
        if (at < 0 || message.length < at + INTEGRITY_BYTES) {
            return false;
        }
        byte[] covered = Arrays.copyOf(message, at);
        ByteBuffer.wrap(covered).putShort(2, (short) (at + INTEGRITY_BYTES - HEADER_BYTES));
        return Arrays.equals(key.doFinal(covered), Arrays.copyOfRange(message, at + 4, at + INTEGRITY_BYTES));
    }

    private static boolean isStun(byte[] message) {
        return message.length >= HEADER_BYTES && ByteBuffer.wrap(message).getInt(4) == MAGIC_COOKIE;
    }

    /// Index of an attribute, -1 where there is none or the message is cut off.
    private static int find(byte[] message, int type) {
        ByteBuffer in = ByteBuffer.wrap(message);
        int at = HEADER_BYTES;
        while (at + 4 <= message.length) {
            int length = Short.toUnsignedInt(in.getShort(at + 2));
            if (at + 4 + length > message.length) {
                return -1;
            }
            if (Short.toUnsignedInt(in.getShort(at)) == type) {
                return at;
            }
            at += 4 + ((length + 3) & ~3);
        }
        return -1;
    }

    private static ByteBuffer begin(short type, byte[] transaction) {
        return ByteBuffer.allocate(MAX_BYTES)
                .putShort(type)
                .putShort((short) 0)
                .putInt(MAGIC_COOKIE)
                .put(transaction);
    }

    private static void attribute(ByteBuffer out, int type, byte[] value) {
        out.putShort((short) type).putShort((short) value.length).put(value);
        while (out.position() % 4 != 0) {
            out.put((byte) 0);
        }
    }

    private static byte[] end(ByteBuffer out, Mac key) {
        out.putShort(2, (short) (out.position() - HEADER_BYTES + INTEGRITY_BYTES));
        attribute(out, MESSAGE_INTEGRITY, key.doFinal(written(out)));
        out.putShort(2, (short) (out.position() - HEADER_BYTES + FINGERPRINT_BYTES));
        CRC32 crc = new CRC32();
        crc.update(written(out));
        attribute(
                out,
                FINGERPRINT,
                ByteBuffer.allocate(4)
                        .putInt((int) crc.getValue() ^ FINGERPRINT_XOR)
                        .array());
        return written(out);
    }

    private static byte[] written(ByteBuffer out) {
        byte[] bytes = new byte[out.position()];
        out.get(0, bytes);
        return bytes;
    }
}
