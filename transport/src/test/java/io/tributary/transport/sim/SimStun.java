package io.tributary.transport.sim;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.transport.ice.IceCredentials;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// The controlling side's STUN (RFC 8489, RFC 8445 §7.2), written apart from the server's on purpose.
public final class SimStun {
    private static final int MAGIC_COOKIE = 0x2112A442;
    private static final int HEADER_BYTES = 20;
    private static final int FINGERPRINT_XOR = 0x5354554E;

    private SimStun() {}

    /// A connectivity check.
    ///
    /// @param transaction 12 bytes
    public static byte[] bindingRequest(
            byte[] transaction, IceCredentials local, IceCredentials remote, boolean nominates) {
        ByteBuffer out = ByteBuffer.allocate(512);
        out.putShort((short) 0x0001).putShort((short) 0).putInt(MAGIC_COOKIE).put(transaction);
        attribute(out, 0x0006, (remote.ufrag() + ":" + local.ufrag()).getBytes(UTF_8));
        attribute(out, 0x0024, new byte[] {0x6E, 0x00, 0x01, (byte) 0xFF}); // PRIORITY of a peer-reflexive candidate
        attribute(out, 0x802A, new byte[] {1, 2, 3, 4, 5, 6, 7, 8}); // ICE-CONTROLLING
        if (nominates) {
            attribute(out, 0x0025, new byte[0]); // USE-CANDIDATE
        }
        out.putShort(2, (short) (out.position() - HEADER_BYTES + 24));
        attribute(out, 0x0008, hmac(remote.pwd(), Arrays.copyOf(out.array(), out.position())));
        out.putShort(2, (short) (out.position() - HEADER_BYTES + 8));
        var crc = new CRC32();
        crc.update(out.array(), 0, out.position());
        attribute(
                out,
                0x8028,
                ByteBuffer.allocate(4)
                        .putInt((int) crc.getValue() ^ FINGERPRINT_XOR)
                        .array());
        return Arrays.copyOf(out.array(), out.position());
    }

    public static boolean isSuccess(byte[] datagram) {
        return datagram.length >= HEADER_BYTES && datagram[0] == 0x01 && datagram[1] == 0x01;
    }

    /// The transaction of any STUN message.
    public static byte[] transaction(byte[] datagram) {
        return Arrays.copyOfRange(datagram, 8, HEADER_BYTES);
    }

    private static void attribute(ByteBuffer out, int type, byte[] value) {
        out.putShort((short) type).putShort((short) value.length).put(value);
        while (out.position() % 4 != 0) {
            out.put((byte) 0);
        }
    }

    private static byte[] hmac(String password, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(password.getBytes(UTF_8), "HmacSHA1"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
