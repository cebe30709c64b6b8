package io.tributary.transport.srtp;

import static io.tributary.transport.srtp.AeadCipher.IV_BYTES;
import static io.tributary.transport.srtp.AeadCipher.TAG_BYTES;

import java.lang.foreign.MemorySegment;

/// AEAD_AES_128_GCM and AEAD_AES_256_GCM (RFC 7714 §8 for SRTP, §9 for SRTCP).
///
/// ```
/// SRTP   header | ciphertext | tag 16               associated data: header
/// SRTCP  8 bytes | ciphertext | tag 16 | E + index  associated data: 8 bytes, E + index
/// ```
final class AeadTransform implements SrtpTransform {
    private final AeadCipher cipher;
    private final byte[] salt;
    private final byte[] iv = new byte[IV_BYTES];
    private final byte[] rtcpAad = new byte[RTCP_HEADER_BYTES + SRTCP_INDEX_BYTES];

    AeadTransform(AeadCipher cipher, byte[] salt) {
        this.cipher = cipher;
        this.salt = salt;
    }

    @Override
    public int tagBytes() {
        return TAG_BYTES;
    }

    @Override
    public int sealRtp(byte[] packet, int offset, int headerLength, int length, int ssrc, long index) {
        rtpIv(ssrc, index);
        cipher.seal(iv, packet, offset, headerLength, packet, offset + headerLength, length - headerLength);
        return length + TAG_BYTES;
    }

    @Override
    public int sealRtp(MemorySegment memory, long at, int headerLength, int length, int ssrc, long index) {
        rtpIv(ssrc, index);
        cipher.seal(iv, memory, at, headerLength, length - headerLength);
        return length + TAG_BYTES;
    }

    @Override
    public int openRtp(byte[] packet, int offset, int headerLength, int length, int ssrc, long index) {
        rtpIv(ssrc, index);
        int textLength = length - headerLength - TAG_BYTES;
        return cipher.open(iv, packet, offset, headerLength, packet, offset + headerLength, textLength)
                ? length - TAG_BYTES
                : SrtpError.AUTH_FAILED;
    }

    @Override
    public int sealRtcp(byte[] packet, int offset, int length, int ssrc, int index) {
        int word = ENCRYPTED_FLAG | index;
        rtcpIv(ssrc, index);
        rtcpAad(packet, offset, word);
        int textOffset = offset + RTCP_HEADER_BYTES;
        cipher.seal(iv, rtcpAad, 0, rtcpAad.length, packet, textOffset, length - RTCP_HEADER_BYTES);
        Bytes.putInt(packet, offset + length + TAG_BYTES, word);
        return length + TAG_BYTES + SRTCP_INDEX_BYTES;
    }

    @Override
    public int openRtcp(byte[] packet, int offset, int length, int ssrc, int index) {
        rtcpIv(ssrc, index);
        rtcpAad(packet, offset, ENCRYPTED_FLAG | index);
        int plainLength = length - TAG_BYTES - SRTCP_INDEX_BYTES;
        int textOffset = offset + RTCP_HEADER_BYTES;
        return cipher.open(iv, rtcpAad, 0, rtcpAad.length, packet, textOffset, plainLength - RTCP_HEADER_BYTES)
                ? plainLength
                : SrtpError.AUTH_FAILED;
    }

    @Override
    public int indexWordOffset(int end) {
        return end - SRTCP_INDEX_BYTES;
    }

    /// RFC 7714 §8.1: two zero bytes, SSRC, 48-bit index; all xor salt.
    private void rtpIv(int ssrc, long index) {
        iv[0] = salt[0];
        iv[1] = salt[1];
        Bytes.putInt(iv, 2, ssrc ^ Bytes.getInt(salt, 2));
        Bytes.putInt(iv, 6, (int) (index >>> 16) ^ Bytes.getInt(salt, 6));
        iv[10] = (byte) (index >>> 8 ^ salt[10]);
        iv[11] = (byte) (index ^ salt[11]);
    }

    /// RFC 7714 §9.1: two zero bytes, SSRC, two zero bytes, 31-bit index; all xor salt.
    private void rtcpIv(int ssrc, int index) {
        iv[0] = salt[0];
        iv[1] = salt[1];
        Bytes.putInt(iv, 2, ssrc ^ Bytes.getInt(salt, 2));
        iv[6] = salt[6];
        iv[7] = salt[7];
        Bytes.putInt(iv, 8, index ^ Bytes.getInt(salt, 8));
    }

    private void rtcpAad(byte[] packet, int offset, int word) {
        System.arraycopy(packet, offset, rtcpAad, 0, RTCP_HEADER_BYTES);
        Bytes.putInt(rtcpAad, RTCP_HEADER_BYTES, word);
    }

    @Override
    public void close() {
        cipher.close();
    }
}
