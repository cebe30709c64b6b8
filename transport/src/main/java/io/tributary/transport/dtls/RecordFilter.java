package io.tributary.transport.dtls;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/// Keeps three kinds of records away from Bouncy Castle's server. The last two can be forged by anybody who guesses the
/// addresses.
///
/// *A ChangeCipherSpec before CertificateVerify.* It switches to the new epoch as soon as it has keys and reads
/// ChangeCipherSpec, and then drops the retransmitted plaintext of a CertificateVerify that was lost or overtaken:
/// the handshake never ends. Dropping ChangeCipherSpec instead looks like one more loss, and the client retransmits
/// its whole flight (RFC 6347 §4.2.4).
///
/// *Plaintext after the handshake.* It still parses handshake records then, so as to answer a retransmission of the
/// client's last flight; only records that came before may come again.
///
/// *A ciphertext too short to be one.* It ends the session with a fatal decode_error, where RFC 6347 §4.1.2.7 wants
/// silence.
///
/// Runs where datagrams arrive, before the queue.
final class RecordFilter {
    private static final int RECORD_HEADER_BYTES = 13;
    private static final int MESSAGE_HEADER_BYTES = 12;

    /// Explicit nonce and tag of AES-GCM (RFC 5288 §3), which all our cipher suites use.
    private static final int SHORTEST_CIPHERTEXT_BYTES = 8 + 16;

    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int HANDSHAKE = 22;
    private static final int CERTIFICATE = 11;
    private static final int CERTIFICATE_VERIFY = 15;
    private static final int CLIENT_KEY_EXCHANGE = 16;

    /// Records of a client's last flight: three messages, the certificate in some fragments.
    private static final int MAX_REMEMBERED = 32;

    private final Set<ByteBuffer> lastFlight = new HashSet<>();

    /// Bytes of CertificateVerify seen without a gap, from its beginning.
    private int covered;

    private boolean complete;
    private boolean finished;

    /// The handshake is over: from now on plaintext must be a retransmission.
    void finish() {
        finished = true;
    }

    /// How many bytes of the datagram may go on: all, or those of the records before the first harmful one.
    int admit(byte[] datagram) {
        int at = 0;
        while (datagram.length - at >= RECORD_HEADER_BYTES) {
            int body = at + RECORD_HEADER_BYTES;
            int next = body + int16(datagram, at + 11);
            boolean plaintext = int16(datagram, at + 3) == 0;
            if (!plaintext && next - body < SHORTEST_CIPHERTEXT_BYTES) {
                return at;
            }
            if (plaintext && !admits(datagram[at], datagram, body, Math.min(next, datagram.length))) {
                return at;
            }
            at = next;
        }
        return datagram.length;
    }

    private boolean admits(int type, byte[] datagram, int from, int to) {
        if (type == CHANGE_CIPHER_SPEC) {
            return complete;
        }
        if (finished) {
            return type == HANDSHAKE && lastFlight.contains(ByteBuffer.wrap(datagram, from, to - from));
        }
        if (type == HANDSHAKE) {
            messages(datagram, from, to);
            remember(datagram, from, to);
        }
        return true;
    }

    private void remember(byte[] datagram, int from, int to) {
        boolean lasts = from < to
                && (datagram[from] == CERTIFICATE
                        || datagram[from] == CLIENT_KEY_EXCHANGE
                        || datagram[from] == CERTIFICATE_VERIFY);
        if (lasts && lastFlight.size() < MAX_REMEMBERED) {
            lastFlight.add(ByteBuffer.wrap(Arrays.copyOfRange(datagram, from, to)));
        }
    }

    private void messages(byte[] datagram, int from, int to) {
        int at = from;
        while (to - at >= MESSAGE_HEADER_BYTES) {
            int length = int24(datagram, at + 1);
            int offset = int24(datagram, at + 6);
            int fragment = int24(datagram, at + 9);
            int next = at + MESSAGE_HEADER_BYTES + fragment;
            if (next > to) {
                return;
            }
            if (datagram[at] == CERTIFICATE_VERIFY && offset <= covered) {
                covered = Math.max(covered, offset + fragment);
                complete = covered >= length;
            }
            at = next;
        }
    }

    private static int int16(byte[] from, int at) {
        return (from[at] & 0xFF) << 8 | (from[at + 1] & 0xFF);
    }

    private static int int24(byte[] from, int at) {
        return int16(from, at) << 8 | (from[at + 2] & 0xFF);
    }
}
