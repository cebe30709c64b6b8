package io.tributary.transport.ice;

import io.tributary.transport.io.PacketBuffer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;

/// Writes STUN messages into packet buffers (RFC 8489 §5): [#begin], attributes, [#end]. Reused; one thread.
final class StunWriter {
    private static final byte IPV4 = 1;
    private static final byte IPV6 = 2;

    private static final int FINGERPRINT_BYTES = 8;

    private final CRC32 crc = new CRC32();
    private byte[] array = new byte[0];
    private int start;
    private int at;

    /// Starts a message of `type` at the offset of `buffer`.
    void begin(PacketBuffer buffer, int type) {
        array = buffer.array();
        start = buffer.offset();
        int16(start, type);
        int32(start + 4, Stun.MAGIC_COOKIE);
        at = start + Stun.HEADER_BYTES;
    }

    /// An answer has the transaction id of its request.
    void transactionOf(StunMessage request) {
        request.copyTransactionId(array, start + 8);
    }

    void transaction(byte[] id) {
        System.arraycopy(id, 0, array, start + 8, Stun.TRANSACTION_ID_BYTES);
    }

    /// RFC 8489 §14.2; after the transaction id, which it is mixed with.
    void xorMappedAddress(InetSocketAddress address) {
        byte[] bytes = address.getAddress().getAddress();
        byte[] value = new byte[4 + bytes.length];
        value[1] = bytes.length == 4 ? IPV4 : IPV6;
        int port = address.getPort() ^ (Stun.MAGIC_COOKIE >>> 16);
        value[2] = (byte) (port >>> 8);
        value[3] = (byte) port;
        for (int i = 0; i < bytes.length; i++) {
            value[4 + i] = (byte) (bytes[i] ^ array[start + 4 + i]);
        }
        attribute(Stun.XOR_MAPPED_ADDRESS, value);
    }

    /// RFC 8489 §14.8.
    void errorCode(int code, String reason) {
        byte[] text = reason.getBytes(StandardCharsets.US_ASCII);
        byte[] value = new byte[4 + text.length];
        value[2] = (byte) (code / 100);
        value[3] = (byte) (code % 100);
        System.arraycopy(text, 0, value, 4, text.length);
        attribute(Stun.ERROR_CODE, value);
    }

    /// RFC 8489 §14.9.
    void unknownAttributes(StunMessage request) {
        byte[] value = new byte[2 * request.unknownCount()];
        for (int i = 0; i < request.unknownCount(); i++) {
            value[2 * i] = (byte) (request.unknown(i) >>> 8);
            value[2 * i + 1] = (byte) request.unknown(i);
        }
        attribute(Stun.UNKNOWN_ATTRIBUTES, value);
    }

    void attribute(int type, byte[] value) {
        int16(at, type);
        int16(at + 2, value.length);
        at += 4;
        System.arraycopy(value, 0, array, at, value.length);
        at += value.length;
        while ((at - start) % 4 != 0) {
            array[at++] = 0;
        }
    }

    /// RFC 8489 §14.5; covers everything written so far.
    void messageIntegrity(Mac mac) {
        length(4 + Stun.MESSAGE_INTEGRITY_BYTES);
        mac.update(array, start, at - start);
        int16(at, Stun.MESSAGE_INTEGRITY);
        int16(at + 2, Stun.MESSAGE_INTEGRITY_BYTES);
        try {
            mac.doFinal(array, at + 4);
        } catch (ShortBufferException e) {
            throw new IllegalStateException("an HMAC-SHA1 longer than 20 bytes", e);
        }
        at += 4 + Stun.MESSAGE_INTEGRITY_BYTES;
    }

    /// Adds FINGERPRINT (RFC 8489 §14.7), without which Chromium ignores an answer, and sets the length of `buffer`.
    void end(PacketBuffer buffer) {
        length(FINGERPRINT_BYTES);
        crc.reset();
        crc.update(array, start, at - start);
        int16(at, Stun.FINGERPRINT);
        int16(at + 2, 4);
        int32(at + 4, (int) crc.getValue() ^ Stun.FINGERPRINT_XOR);
        at += FINGERPRINT_BYTES;
        buffer.length(at - start);
    }

    /// The header's length as it will be once `more` bytes follow.
    private void length(int more) {
        int16(start + 2, at - start - Stun.HEADER_BYTES + more);
    }

    private void int16(int position, int value) {
        array[position] = (byte) (value >>> 8);
        array[position + 1] = (byte) value;
    }

    private void int32(int position, int value) {
        int16(position, value >>> 16);
        int16(position + 2, value);
    }
}
