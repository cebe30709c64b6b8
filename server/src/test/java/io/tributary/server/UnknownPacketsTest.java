package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.ice.IceDrop;
import io.tributary.transport.peer.PeerDrop;
import io.tributary.transport.sim.SimStun;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What strangers send to a media port.
class UnknownPacketsTest {
    private static final int PACKETS = 50;
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    private static final int SILENCE_MILLIS = 200;

    private TestServer server;
    private DatagramSocket stranger;

    @BeforeEach
    void startServer() throws IOException {
        server = TestServer.start();
        stranger = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void closeServer() {
        stranger.close();
        server.close();
    }

    @Test
    void rtpFromAnUnknownAddressIsDroppedBeforeAnyCrypto() throws IOException {
        byte[] rtp = new byte[200];
        rtp[0] = (byte) 0x80;
        rtp[1] = 96;
        sendAll(rtp);

        reaches(() -> server.media().counted(PeerDrop.UNKNOWN_ADDRESS), PACKETS);
        // Nobody tried to decrypt it: these count what failed to authenticate.
        assertThat(server.media().counted(PeerDrop.SRTP_REFUSED)).isZero();
        assertThat(server.media().counted(PeerDrop.NO_KEYS)).isZero();
        staysSilent();
    }

    @Test
    void aClientHelloFromAnUnknownAddressStartsNoHandshake() throws IOException {
        byte[] hello = new byte[120];
        hello[0] = 22; // handshake record
        hello[1] = (byte) 0xFE;
        hello[2] = (byte) 0xFD;
        hello[13] = 1; // ClientHello
        sendAll(hello);

        reaches(() -> server.media().counted(PeerDrop.UNKNOWN_ADDRESS), PACKETS);
        staysSilent();
    }

    @Test
    void aCheckForNobodyIsNotAnswered() throws IOException {
        sendAll(SimStun.bindingRequest(
                new byte[12],
                new IceCredentials("them", "theirpasswordtheirpassword"),
                new IceCredentials("nobody", "anypasswordanypassword12"),
                true));

        reaches(() -> server.media().counted(PeerDrop.UNKNOWN_UFRAG), PACKETS);
        staysSilent();
    }

    @Test
    void aCheckWithAWrongPasswordIsNotAnswered() throws IOException {
        try (var client = SignalClient.joinWithOffer(server, "ann")) {
            IceCredentials told = client.serverCredentials();
            byte[] guess = SimStun.bindingRequest(
                    new byte[12],
                    client.ownCredentials(),
                    new IceCredentials(told.ufrag(), "aguessedpasswordofanylength"),
                    true);
            // The first may come before the media loop knows the participant.
            sendAll(guess);
            sendAll(guess);

            reaches(() -> server.media().counted(IceDrop.BAD_INTEGRITY), PACKETS);
            staysSilent();
            sendAll(new byte[] {(byte) 0x80, 96, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 9, 9, 9, 9});
            reaches(() -> server.media().counted(PeerDrop.UNKNOWN_ADDRESS), PACKETS);
        }
    }

    /// One port of the two is the participant's; the other loop counts what it does not know.
    private void sendAll(byte[] bytes) throws IOException {
        for (int i = 0; i < PACKETS; i++) {
            for (int port : server.udpPorts) {
                stranger.send(new DatagramPacket(bytes, bytes.length, new InetSocketAddress(server.address, port)));
            }
        }
    }

    private static void reaches(LongSupplier counter, long least) {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (counter.getAsLong() < least) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("counted " + counter.getAsLong() + " of " + least);
            }
            Thread.onSpinWait();
        }
    }

    private void staysSilent() throws IOException {
        stranger.setSoTimeout(SILENCE_MILLIS);
        var answer = new DatagramPacket(new byte[2_000], 2_000);
        try {
            stranger.receive(answer);
        } catch (SocketTimeoutException e) {
            return;
        }
        throw new AssertionError("a stranger got an answer of " + answer.getLength() + " bytes");
    }
}
