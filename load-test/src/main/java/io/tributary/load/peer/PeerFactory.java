package io.tributary.load.peer;

import io.tributary.load.net.ClientLoop;
import io.tributary.transport.dtls.BouncyDtls;
import io.tributary.transport.dtls.ClientDtls;
import io.tributary.transport.dtls.DtlsIdentity;
import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.srtp.SrtpCipherProvider;
import io.tributary.transport.srtp.SrtpProviders;
import java.io.IOException;
import java.net.Inet4Address;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.Executor;

/// Makes the connections of a run. They share a certificate, as the tabs of one browser do not; keys are each one's
/// own all the same.
public final class PeerFactory {
    final ClientLoop loop;
    final Random random;
    final SrtpCipherProvider ciphers = SrtpProviders.choose(SrtpProviders.Choice.AUTO);
    final BouncyDtls asServer;
    final ClientDtls asClient;
    private final DtlsIdentity identity;
    private final Inet4Address address;

    /// @param address of this machine, towards the server
    /// @param blocking runs DTLS, a thread for each connection
    public PeerFactory(ClientLoop loop, Inet4Address address, Random random, Executor blocking) {
        this.loop = loop;
        this.address = address;
        this.random = random;
        identity = DtlsIdentity.generate(new SecureRandom(), Instant.now());
        asServer = new BouncyDtls(loop, identity, blocking);
        asClient = new ClientDtls(loop, identity, blocking);
    }

    /// Opens a connection with a socket of its own. Loop only.
    public ClientPeer open(boolean controlling, PeerListener listener) throws IOException {
        return new ClientPeer(this, address, controlling, listener);
    }

    /// For the SDP of every connection.
    public Fingerprint fingerprint() {
        return identity.fingerprint();
    }
}
