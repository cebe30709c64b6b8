package io.tributary.transport.ice;

import io.tributary.transport.io.PacketBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.ShortBufferException;
import org.jspecify.annotations.Nullable;

/// A received STUN message as a flyweight over the datagram that carries it (RFC 8489 §5). Reused; one thread.
///
/// [#wrap] checks every length once; the accessors then read without checks, as long as the datagram is held.
public final class StunMessage {
    /// A request with more unknown attributes than this is told about the first ones only.
    private static final int MAX_UNKNOWN = 8;

    private final CRC32 crc = new CRC32();
    private final byte[] lengthField = new byte[2];
    private final byte[] integrity = new byte[Stun.MESSAGE_INTEGRITY_BYTES];
    private final int[] unknown = new int[MAX_UNKNOWN];
    private byte[] array = new byte[0];
    private int start;
    private int type;
    private int usernameAt;
    private int usernameLength;
    private int integrityAt;
    private int unknownCount;
    private boolean useCandidate;
    private boolean controlled;

    /// Whether the first bytes look like STUN (RFC 7983 §7): a cheap guess before [#wrap].
    public static boolean looksLikeStun(PacketBuffer datagram) {
        return datagram.length() >= Stun.HEADER_BYTES
                && (datagram.array()[datagram.offset()] & 0xFC) == 0
                && int32(datagram.array(), datagram.offset() + 4) == Stun.MAGIC_COOKIE;
    }

    /// Reads the message; false when the datagram is no well-formed STUN message or its FINGERPRINT is wrong.
    public boolean wrap(PacketBuffer datagram) {
        usernameAt = 0;
        usernameLength = 0;
        integrityAt = 0;
        unknownCount = 0;
        useCandidate = false;
        controlled = false;
        if (!looksLikeStun(datagram)) {
            return false;
        }
        array = datagram.array();
        start = datagram.offset();
        type = int16(array, start);
        int length = int16(array, start + 2);
        return length % 4 == 0 && Stun.HEADER_BYTES + length == datagram.length() && attributes(datagram.end());
    }

    public boolean isBindingRequest() {
        return type == Stun.BINDING_REQUEST;
    }

    /// Whether it carries what authentication needs.
    public boolean hasCredentials() {
        return usernameAt > 0 && integrityAt > 0;
    }

    /// The part of USERNAME that names the receiver, for finding its peer on first contact (RFC 8445 §7.2.2). Nothing
    /// of it is authenticated.
    public @Nullable String localUfrag() {
        for (int i = 0; i < usernameLength; i++) {
            if (array[usernameAt + i] == ':') {
                return new String(array, usernameAt, i, StandardCharsets.US_ASCII);
            }
        }
        return null;
    }

    /// Whether USERNAME is `local:remote`; a null `remote` matches any.
    boolean isFor(byte[] local, byte @Nullable [] remote) {
        int colon = local.length;
        if (usernameLength <= colon || array[usernameAt + colon] != ':' || !holds(usernameAt, local)) {
            return false;
        }
        return remote == null || (usernameLength == colon + 1 + remote.length && holds(usernameAt + colon + 1, remote));
    }

    /// Whether MESSAGE-INTEGRITY was made with the key of `mac` (RFC 8489 §14.5).
    boolean isIntact(Mac mac) {
        // The HMAC covers the header as if the message ended with MESSAGE-INTEGRITY.
        int covered = integrityAt - start - Stun.HEADER_BYTES + 4 + Stun.MESSAGE_INTEGRITY_BYTES;
        lengthField[0] = (byte) (covered >>> 8);
        lengthField[1] = (byte) covered;
        mac.update(array, start, 2);
        mac.update(lengthField, 0, 2);
        mac.update(array, start + 4, integrityAt - start - 4);
        try {
            mac.doFinal(integrity, 0);
        } catch (ShortBufferException e) {
            throw new IllegalStateException("an HMAC-SHA1 longer than 20 bytes", e);
        }
        int difference = 0;
        for (int i = 0; i < integrity.length; i++) {
            difference |= integrity[i] ^ array[integrityAt + 4 + i];
        }
        return difference == 0;
    }

    /// The remote nominates this path.
    boolean useCandidate() {
        return useCandidate;
    }

    /// The remote believes to be the controlled side.
    boolean controlled() {
        return controlled;
    }

    int unknownCount() {
        return unknownCount;
    }

    /// The type of the `i`-th attribute that must be understood and is not.
    int unknown(int i) {
        return unknown[i];
    }

    void copyTransactionId(byte[] to, int at) {
        System.arraycopy(array, start + 8, to, at, Stun.TRANSACTION_ID_BYTES);
    }

    private boolean attributes(int end) {
        int at = start + Stun.HEADER_BYTES;
        while (at < end) {
            if (end - at < 4) {
                return false;
            }
            int attribute = int16(array, at);
            int length = int16(array, at + 2);
            int next = at + 4 + ((length + 3) & ~3);
            if (next > end) {
                return false;
            }
            if (attribute == Stun.FINGERPRINT) {
                return length == 4 && next == end && fingerprintMatches(at);
            }
            // What follows MESSAGE-INTEGRITY is not covered by it and must be ignored.
            if (integrityAt == 0 && !attribute(attribute, at, length)) {
                return false;
            }
            at = next;
        }
        return true;
    }

    private boolean attribute(int attribute, int at, int length) {
        switch (attribute) {
            case Stun.USERNAME -> {
                usernameAt = at + 4;
                usernameLength = length;
            }
            case Stun.MESSAGE_INTEGRITY -> {
                integrityAt = at;
                return length == Stun.MESSAGE_INTEGRITY_BYTES;
            }
            case Stun.USE_CANDIDATE -> useCandidate = true;
            case Stun.ICE_CONTROLLED -> controlled = true;
            case Stun.PRIORITY -> {
                // The lite side never learns candidates from it (RFC 8445 §7.3.2).
            }
            default -> {
                if (attribute < Stun.COMPREHENSION_OPTIONAL && unknownCount < MAX_UNKNOWN) {
                    unknown[unknownCount++] = attribute;
                }
            }
        }
        return true;
    }

    private boolean fingerprintMatches(int at) {
        crc.reset();
        crc.update(array, start, at - start);
        return int32(array, at + 4) == ((int) crc.getValue() ^ Stun.FINGERPRINT_XOR);
    }

    private boolean holds(int at, byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            if (array[at + i] != bytes[i]) {
                return false;
            }
        }
        return true;
    }

    private static int int16(byte[] from, int at) {
        return (from[at] & 0xFF) << 8 | (from[at + 1] & 0xFF);
    }

    private static int int32(byte[] from, int at) {
        return int16(from, at) << 16 | int16(from, at + 2);
    }
}
