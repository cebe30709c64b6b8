package io.tributary.transport.srtp;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// One direction of one peer: protects what we send, or opens what it sent (RFC 3711 §3.3, §3.4). Everything
/// happens in place and without objects. Media loop of the peer only.
///
/// Each verb returns the packet's new length, or a negative [SrtpError]. A refusal changes no state, since who sent
/// the refused packet is unknown.
public final class SrtpContext implements AutoCloseable {
    /// SSRCs in use at once. A publisher with ten simulcast tracks and their RTX has 60, a subscriber with a full
    /// page of tiles some 200. Only authenticated packets count, so only the peer itself can fill this; 512 cost
    /// 160 KiB. Nobody says which of a peer's are over, so there the idlest makes room; of our own, which we retire
    /// ourselves, one more is refused.
    public static final int MAX_SSRCS = 512;

    /// SSRCs in use and retired, over a connection's life: one new stream every other second for nine hours.
    static final int MAX_SSRCS_EVER = 16_384;

    /// Room that a packet needs behind it: the longest tag and SRTCP's index word.
    public static final int MAX_GROWTH_BYTES = AeadCipher.TAG_BYTES + SrtpTransform.SRTCP_INDEX_BYTES;

    private static final int RTP_FIXED_HEADER_BYTES = 12;

    /// The sender's indices end here (RFC 3711 §9.2): 2^48 packets, 2^31 reports.
    private static final long MAX_RTP_INDEX = (1L << 48) - 1;

    private final SrtpTransform rtp;
    private final SrtpTransform rtcp;
    private final SsrcTable ssrcs;
    private int nextRtcpIndex = 1;
    private long packets;

    private SrtpContext(SrtpTransform rtp, SrtpTransform rtcp, boolean outbound) {
        this.rtp = rtp;
        this.rtcp = rtcp;
        ssrcs = new SsrcTable(MAX_SSRCS, MAX_SSRCS_EVER, !outbound);
    }

    /// Opens what the DTLS client sends to us, the DTLS server. For the client's side see [SrtpKeys#swapped].
    public static SrtpContext inbound(SrtpKeys keys, SrtpCipherProvider provider) {
        return create(keys.profile(), keys.clientKey(), keys.clientSalt(), provider, false);
    }

    /// Protects what we, the DTLS server, send to the client. For the client's side see [SrtpKeys#swapped].
    public static SrtpContext outbound(SrtpKeys keys, SrtpCipherProvider provider) {
        return create(keys.profile(), keys.serverKey(), keys.serverSalt(), provider, true);
    }

    private static SrtpContext create(
            SrtpProfile profile, byte[] key, byte[] salt, SrtpCipherProvider provider, boolean encrypts) {
        return new SrtpContext(
                SessionKeys.derive(provider, profile, key, salt, false, encrypts),
                SessionKeys.derive(provider, profile, key, salt, true, encrypts),
                encrypts);
    }

    /// Protects one RTP packet. The array needs [#MAX_GROWTH_BYTES] of room behind it.
    ///
    /// The index follows from the sequence numbers sent before on the SSRC, so a stream should start below 2^15:
    /// then a receiver that misses the first packets still agrees on the roll-over counter. An index is used
    /// once: whoever sends a packet again under its old number sends the protected bytes again.
    public int protectRtp(byte[] packet, int offset, int length) {
        int headerLength = rtpHeaderLength(packet, offset, length);
        if (headerLength < 0) {
            return SrtpError.MALFORMED;
        }
        int ssrc = Bytes.getInt(packet, offset + 8);
        @Nullable SsrcState known = ssrcs.find(ssrc);
        long index = admit(known, Bytes.getShort(packet, offset + 2));
        if (index < 0) {
            return (int) index;
        }
        requireRoom(packet, offset + length);
        int protectedLength = rtp.sealRtp(packet, offset, headerLength, length, ssrc, index);
        stateOf(known, ssrc).rtp.mark(index);
        return protectedLength;
    }

    /// As above, for a packet in native memory whose numbers the caller knows. There must be [#MAX_GROWTH_BYTES] of
    /// room behind it.
    ///
    /// @param headerLength with extensions
    public int protectRtp(MemorySegment memory, long at, int headerLength, int length, int ssrc, int seq) {
        @Nullable SsrcState known = ssrcs.find(ssrc);
        long index = admit(known, seq);
        if (index < 0) {
            return (int) index;
        }
        int protectedLength = rtp.sealRtp(memory, at, headerLength, length, ssrc, index);
        stateOf(known, ssrc).rtp.mark(index);
        return protectedLength;
    }

    /// By how much [#protectRtp] makes a packet grow.
    public int rtpTagBytes() {
        return rtp.tagBytes();
    }

    /// Opens one SRTP packet.
    public int unprotectRtp(byte[] packet, int offset, int length) {
        int headerLength = rtpHeaderLength(packet, offset, length - rtp.tagBytes());
        if (headerLength < 0) {
            return SrtpError.MALFORMED;
        }
        int ssrc = Bytes.getInt(packet, offset + 8);
        @Nullable SsrcState known = ssrcs.find(ssrc);
        long index = admit(known, Bytes.getShort(packet, offset + 2));
        if (index < 0) {
            return (int) index;
        }
        int plainLength = rtp.openRtp(packet, offset, headerLength, length, ssrc, index);
        if (plainLength >= 0) {
            stateOf(known, ssrc).rtp.mark(index);
        }
        return plainLength;
    }

    /// Protects one compound RTCP packet. The array needs [#MAX_GROWTH_BYTES] of room behind it.
    ///
    /// All SSRCs share one ascending index: never repeated for any of them, and no state to keep.
    public int protectRtcp(byte[] packet, int offset, int length) {
        if (!looksLikeRtcp(packet, offset, length)) {
            return SrtpError.MALFORMED;
        }
        if (nextRtcpIndex < 0) {
            throw new IllegalStateException("2^31 SRTCP packets under one key");
        }
        requireRoom(packet, offset + length);
        int ssrc = Bytes.getInt(packet, offset + 4);
        int protectedLength = rtcp.sealRtcp(packet, offset, length, ssrc, nextRtcpIndex);
        nextRtcpIndex++;
        return protectedLength;
    }

    /// Opens one SRTCP packet. One without encryption is refused: all our profiles encrypt SRTCP (RFC 5764 §4.1.2),
    /// and WebRTC knows no other (RFC 8827 §6.5).
    public int unprotectRtcp(byte[] packet, int offset, int length) {
        int plainLength = length - rtcp.tagBytes() - SrtpTransform.SRTCP_INDEX_BYTES;
        if (!looksLikeRtcp(packet, offset, plainLength)) {
            return SrtpError.MALFORMED;
        }
        int word = Bytes.getInt(packet, rtcp.indexWordOffset(offset + length));
        if ((word & SrtpTransform.ENCRYPTED_FLAG) == 0) {
            return SrtpError.MALFORMED;
        }
        int index = word & ~SrtpTransform.ENCRYPTED_FLAG;
        int ssrc = Bytes.getInt(packet, offset + 4);
        @Nullable SsrcState known = ssrcs.find(ssrc);
        if (known == null) {
            if (!ssrcs.hasRoom()) {
                return SrtpError.TOO_MANY_SSRCS;
            }
        } else if (ssrcs.isRetired(known) || !known.rtcp().isFresh(index)) {
            return SrtpError.REPLAYED;
        }
        int opened = rtcp.openRtcp(packet, offset, length, ssrc, index);
        if (opened >= 0) {
            stateOf(known, ssrc).rtcp().mark(index);
        }
        return opened;
    }

    /// Whether a packet could be the next of an SSRC that has authenticated before: its number is new and near the
    /// highest. Says nothing of who sent it; costs a lookup.
    public boolean isFamiliar(byte[] packet, int offset, int length, boolean isRtcp) {
        int unsealedLength = length - (isRtcp ? rtcp.tagBytes() + SrtpTransform.SRTCP_INDEX_BYTES : rtp.tagBytes());
        if (unsealedLength < (isRtcp ? SrtpTransform.RTCP_HEADER_BYTES : RTP_FIXED_HEADER_BYTES)) {
            return false;
        }
        @Nullable SsrcState known = ssrcs.find(ssrcOf(packet, offset, isRtcp));
        if (known == null || ssrcs.isRetired(known)) {
            return false;
        }
        ReplayWindow window = isRtcp ? known.rtcp() : known.rtp;
        long index = isRtcp
                ? Bytes.getInt(packet, rtcp.indexWordOffset(offset + length)) & ~SrtpTransform.ENCRYPTED_FLAG
                : SsrcState.indexOf(window.highest(), Bytes.getShort(packet, offset + 2));
        return Math.abs(index - window.highest()) < ReplayWindow.SIZE && window.isFresh(index);
    }

    /// The SSRC that a packet of at least twelve bytes claims to be of.
    public static int ssrcOf(byte[] packet, int offset, boolean isRtcp) {
        return Bytes.getInt(packet, offset + (isRtcp ? 4 : 8));
    }

    /// Frees the state of an SSRC that is over, and refuses it from now on: under the same keys a second life would
    /// repeat nonces, or let old packets in again.
    public void retire(int ssrc) {
        ssrcs.retire(ssrc);
    }

    /// SSRCs with state, for gauges and tests.
    public int ssrcCount() {
        return ssrcs.live();
    }

    /// Frees native memory and forgets the keys. Idempotent; no verb may follow.
    @Override
    public void close() {
        rtp.close();
        rtcp.close();
    }

    /// The index of a packet that may be new, or a negative [SrtpError].
    private long admit(@Nullable SsrcState known, int seq) {
        if (known == null) {
            return ssrcs.hasRoom() ? seq : SrtpError.TOO_MANY_SSRCS;
        }
        if (ssrcs.isRetired(known)) {
            return SrtpError.REPLAYED;
        }
        long index = SsrcState.indexOf(known.rtp.highest(), seq);
        return index < 0 || index > MAX_RTP_INDEX || !known.rtp.isFresh(index) ? SrtpError.REPLAYED : index;
    }

    private SsrcState stateOf(@Nullable SsrcState known, int ssrc) {
        SsrcState state = known;
        if (state == null) {
            state = new SsrcState();
            ssrcs.add(ssrc, state);
        }
        state.usedAt = ++packets;
        return state;
    }

    /// Bytes before the payload, -1 when this is no RTP packet (RFC 3550 §5.1, §5.3.1).
    private static int rtpHeaderLength(byte[] packet, int offset, int length) {
        if (length < RTP_FIXED_HEADER_BYTES || (packet[offset] & 0xC0) != 0x80) {
            return -1;
        }
        int headerLength = RTP_FIXED_HEADER_BYTES + 4 * (packet[offset] & 0x0F);
        if ((packet[offset] & 0x10) != 0) {
            if (headerLength + 4 > length) {
                return -1;
            }
            headerLength += 4 + 4 * Bytes.getShort(packet, offset + headerLength + 2);
        }
        return headerLength <= length ? headerLength : -1;
    }

    private static boolean looksLikeRtcp(byte[] packet, int offset, int length) {
        return length >= SrtpTransform.RTCP_HEADER_BYTES && (packet[offset] & 0xC0) == 0x80;
    }

    private static void requireRoom(byte[] packet, int end) {
        if (packet.length - end < MAX_GROWTH_BYTES) {
            throw new IllegalStateException("no room for an SRTP tag behind the packet");
        }
    }
}
