package io.tributary.transport.srtp;

import static io.tributary.transport.srtp.CounterMacCipher.IV_BYTES;
import static io.tributary.transport.srtp.CounterMacCipher.MAC_BYTES;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// AES128_CM_SHA1_80 (RFC 3711 §4.1.1, §4.2; tag length by RFC 5764 §4.1.2).
///
/// ```
/// SRTP   header | ciphertext | tag 10               tag over: all before it, roll-over counter
/// SRTCP  8 bytes | ciphertext | E + index | tag 10  tag over: all before it
/// ```
final class CounterMacTransform implements SrtpTransform {
    private static final int TAG_BYTES = 10;
    private static final int ROLL_OVER_BYTES = 4;
    private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final CounterMacCipher cipher;
    private final byte[] salt;
    private final byte[] iv = new byte[IV_BYTES];
    private final byte[] mac = new byte[MAC_BYTES];
    private final byte[] received = new byte[TAG_BYTES];

    CounterMacTransform(CounterMacCipher cipher, byte[] salt) {
        this.cipher = cipher;
        this.salt = salt;
    }

    @Override
    public int tagBytes() {
        return TAG_BYTES;
    }

    @Override
    public int sealRtp(byte[] packet, int offset, int headerLength, int length, int ssrc, long index) {
        iv(ssrc, index);
        cipher.crypt(iv, packet, offset + headerLength, length - headerLength);
        int tagOffset = offset + length;
        rtpMac(packet, offset, length, index);
        System.arraycopy(mac, 0, packet, tagOffset, TAG_BYTES);
        return length + TAG_BYTES;
    }

    @Override
    public int sealRtp(MemorySegment memory, long at, int headerLength, int length, int ssrc, long index) {
        iv(ssrc, index);
        cipher.crypt(iv, memory, at + headerLength, length - headerLength);
        memory.set(INT, at + length, (int) (index >>> 16)); // stands where the tag goes, as below
        cipher.authenticate(memory, at, length + ROLL_OVER_BYTES, mac);
        MemorySegment.copy(mac, 0, memory, JAVA_BYTE, at + length, TAG_BYTES);
        return length + TAG_BYTES;
    }

    @Override
    public int openRtp(byte[] packet, int offset, int headerLength, int length, int ssrc, long index) {
        int plainLength = length - TAG_BYTES;
        System.arraycopy(packet, offset + plainLength, received, 0, TAG_BYTES);
        rtpMac(packet, offset, plainLength, index);
        if (!macMatches()) {
            return SrtpError.AUTH_FAILED;
        }
        iv(ssrc, index);
        cipher.crypt(iv, packet, offset + headerLength, plainLength - headerLength);
        return plainLength;
    }

    @Override
    public int sealRtcp(byte[] packet, int offset, int length, int ssrc, int index) {
        iv(ssrc, index);
        cipher.crypt(iv, packet, offset + RTCP_HEADER_BYTES, length - RTCP_HEADER_BYTES);
        Bytes.putInt(packet, offset + length, ENCRYPTED_FLAG | index);
        int authenticated = length + SRTCP_INDEX_BYTES;
        cipher.authenticate(packet, offset, authenticated, mac);
        System.arraycopy(mac, 0, packet, offset + authenticated, TAG_BYTES);
        return authenticated + TAG_BYTES;
    }

    @Override
    public int openRtcp(byte[] packet, int offset, int length, int ssrc, int index) {
        int authenticated = length - TAG_BYTES;
        System.arraycopy(packet, offset + authenticated, received, 0, TAG_BYTES);
        cipher.authenticate(packet, offset, authenticated, mac);
        if (!macMatches()) {
            return SrtpError.AUTH_FAILED;
        }
        int plainLength = authenticated - SRTCP_INDEX_BYTES;
        iv(ssrc, index);
        cipher.crypt(iv, packet, offset + RTCP_HEADER_BYTES, plainLength - RTCP_HEADER_BYTES);
        return plainLength;
    }

    @Override
    public int indexWordOffset(int end) {
        return end - TAG_BYTES - SRTCP_INDEX_BYTES;
    }

    /// The roll-over counter is not sent. It stands where the tag goes just long enough to be hashed in one piece.
    private void rtpMac(byte[] packet, int offset, int length, long index) {
        Bytes.putInt(packet, offset + length, (int) (index >>> 16));
        cipher.authenticate(packet, offset, length + ROLL_OVER_BYTES, mac);
    }

    /// In constant time, so that a forger learns nothing from how long a refusal takes.
    private boolean macMatches() {
        int difference = 0;
        for (int i = 0; i < TAG_BYTES; i++) {
            difference |= mac[i] ^ received[i];
        }
        return difference == 0;
    }

    /// RFC 3711 §4.1.1: salt · 2^16 xor SSRC · 2^64 xor index · 2^16.
    private void iv(int ssrc, long index) {
        System.arraycopy(salt, 0, iv, 0, salt.length);
        Bytes.putInt(iv, 4, ssrc ^ Bytes.getInt(salt, 4));
        iv[8] ^= (byte) (index >>> 40);
        iv[9] ^= (byte) (index >>> 32);
        Bytes.putInt(iv, 10, (int) index ^ Bytes.getInt(salt, 10));
    }

    @Override
    public void close() {
        cipher.close();
    }
}
