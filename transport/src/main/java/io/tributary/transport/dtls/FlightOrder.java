package io.tributary.transport.dtls;

/// Keeps a client's ChangeCipherSpec away from Bouncy Castle until CertificateVerify has gone before it.
///
/// Bouncy Castle's server switches to the new epoch as soon as it has keys and reads ChangeCipherSpec, and then drops
/// the retransmitted plaintext of a CertificateVerify that was lost or overtaken: the handshake never ends. Dropping
/// ChangeCipherSpec instead looks like one more loss, and the client retransmits its whole flight (RFC 6347 §4.2.4).
///
/// Runs where datagrams arrive, before the queue. Learns nothing from what it reads but where records begin.
final class FlightOrder {
    private static final int RECORD_HEADER_BYTES = 13;
    private static final int MESSAGE_HEADER_BYTES = 12;
    private static final int CHANGE_CIPHER_SPEC = 20;
    private static final int HANDSHAKE = 22;
    private static final int CERTIFICATE_VERIFY = 15;

    /// Bytes of CertificateVerify seen without a gap, from its beginning.
    private int covered;

    private boolean complete;

    /// How many bytes of the datagram may go on: all, or those of the records before an early ChangeCipherSpec.
    int admit(byte[] datagram) {
        int at = 0;
        while (!complete && datagram.length - at >= RECORD_HEADER_BYTES) {
            int type = datagram[at] & 0xFF;
            boolean plaintext = int16(datagram, at + 3) == 0;
            int body = at + RECORD_HEADER_BYTES;
            int next = body + int16(datagram, at + 11);
            if (type == CHANGE_CIPHER_SPEC) {
                return at;
            }
            if (type == HANDSHAKE && plaintext) {
                messages(datagram, body, Math.min(next, datagram.length));
            }
            at = next;
        }
        return datagram.length;
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
