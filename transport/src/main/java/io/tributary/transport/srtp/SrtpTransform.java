package io.tributary.transport.srtp;

import java.lang.foreign.MemorySegment;

/// How one profile lays out and protects packets, for RTP or for RTCP, in one direction, under keys already
/// derived. Knows nothing of replay or of which index comes next.
sealed interface SrtpTransform extends AutoCloseable permits AeadTransform, CounterMacTransform {
    /// The high bit of SRTCP's last word: this packet is encrypted (RFC 3711 §3.4).
    int ENCRYPTED_FLAG = 0x8000_0000;

    /// What SRTCP carries in clear: the first header with its SSRC.
    int RTCP_HEADER_BYTES = 8;

    int SRTCP_INDEX_BYTES = 4;

    int tagBytes();

    /// Encrypts what follows the header and appends the tag; the new length.
    int sealRtp(byte[] packet, int offset, int headerLength, int length, int ssrc, long index);

    /// As above, in native memory.
    int sealRtp(MemorySegment memory, long at, int headerLength, int length, int ssrc, long index);

    /// Checks and decrypts; the new length, or [SrtpError#AUTH_FAILED]. `length` holds header and tag.
    int openRtp(byte[] packet, int offset, int headerLength, int length, int ssrc, long index);

    /// As [#sealRtp] for a compound RTCP packet of at least [#RTCP_HEADER_BYTES].
    int sealRtcp(byte[] packet, int offset, int length, int ssrc, int index);

    /// As [#openRtp]; `length` holds header, tag and index word.
    int openRtcp(byte[] packet, int offset, int length, int ssrc, int index);

    /// Where SRTCP's index word stands in a protected packet of that end.
    int indexWordOffset(int end);

    @Override
    void close();
}
