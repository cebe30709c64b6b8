package io.tributary.transport.dtls;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.srtp.SrtpKeys;

/// The DTLS half of one WebRTC connection. Fed only with datagrams from a tuple that passed ICE. Media loop only.
public interface DtlsEndpoint {
    /// One received DTLS datagram; the endpoint copies what it keeps.
    void receive(PacketBuffer datagram);

    /// The certificate that signalling promised. Before it is known no handshake can succeed, so keys never come first.
    void expect(Fingerprint remote);

    /// Ends the handshake or the session, with a close_notify where there is somebody to read it.
    void close();

    /// What an endpoint tells its peer, always on the peer's loop.
    interface Listener {
        /// A datagram to send; the array is the listener's to keep.
        void onDtlsOutput(byte[] datagram);

        /// The handshake is over and the remote certificate matches the promised [Fingerprint].
        void onDtlsConnected(SrtpKeys keys);

        /// The handshake failed or the remote closed the session. Nothing follows.
        void onDtlsClosed(String reason);
    }

    /// Makes the endpoint of one peer.
    interface Factory {
        DtlsEndpoint create(Listener listener);

        /// The fingerprint of the certificate that every endpoint of this factory presents.
        Fingerprint localFingerprint();
    }
}
