package io.tributary.transport.dtls;

import static io.tributary.transport.dtls.DtlsPair.CLIENT;
import static io.tributary.transport.dtls.DtlsPair.SERVER;
import static io.tributary.transport.dtls.DtlsPair.await;
import static io.tributary.transport.srtp.SrtpProfile.AEAD_AES_128_GCM;
import static io.tributary.transport.srtp.SrtpProfile.AEAD_AES_256_GCM;
import static io.tributary.transport.srtp.SrtpProfile.AES128_CM_SHA1_80;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.transport.dtls.DtlsPair.Link;
import io.tributary.transport.srtp.SrtpKeys;
import io.tributary.transport.srtp.SrtpProfile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.TlsCredentials;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class BouncyDtlsTest {
    /// libwebrtc's order.
    private static final List<SrtpProfile> ALL = List.of(AES128_CM_SHA1_80, AEAD_AES_256_GCM, AEAD_AES_128_GCM);

    @ParameterizedTest
    @EnumSource(SrtpProfile.class)
    void agreesOnTheOnlyProfileOfAClient(SrtpProfile profile) {
        try (DtlsPair pair = new DtlsPair(Link.CLEAN, Link.CLEAN)) {
            BouncyClient client = new QuickClient(List.of(profile));
            pair.expect(CLIENT.fingerprint());
            await(pair.connect(client));

            assertSameKeys(await(pair.connected), client);
            assertThat(await(pair.connected).profile()).isEqualTo(profile);
        }
    }

    @Test
    void choosesByItsOwnOrder() {
        try (DtlsPair pair = new DtlsPair(Link.CLEAN, Link.CLEAN)) {
            pair.expect(CLIENT.fingerprint());
            await(pair.connect(new QuickClient(ALL)));

            assertThat(await(pair.connected).profile()).isEqualTo(AEAD_AES_128_GCM);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha-256", "SHA-384", "sha-512"})
    void acceptsTheFingerprintInAnySafeHash(String algorithm) throws IOException {
        try (DtlsPair pair = new DtlsPair(Link.CLEAN, Link.CLEAN)) {
            byte[] der = CLIENT.certificate().getCertificateAt(0).getEncoded();
            pair.expect(Fingerprint.of(algorithm, der).orElseThrow());
            await(pair.connect(new QuickClient(ALL)));

            assertThat(await(pair.connected)).isNotNull();
            assertThat(pair.dtls.counters().handshakes()).isEqualTo(1);
            assertThat(pair.dtls.counters().failedHandshakes()).isZero();
        }
    }

    @Test
    void aWrongFingerprintEndsTheHandshakeWithoutKeys() {
        try (DtlsPair pair = new DtlsPair(Link.CLEAN, Link.CLEAN)) {
            pair.expect(SERVER.fingerprint());
            CompletableFuture<DTLSTransport> client = pair.connect(new QuickClient(ALL));

            assertThat(await(pair.closed)).isEqualTo("fingerprint mismatch");
            assertThat(pair.dtls.counters().failedHandshakes()).isEqualTo(1);
            assertThat(pair.dtls.counters().handshakes()).isZero();
            assertThat(pair.connected).isNotDone();
            assertThatThrownBy(() -> await(client)).hasMessageContaining("bad_certificate");
        }
    }

    @Test
    void anUntrustedHashFunctionMatchesNothing() {
        try (DtlsPair pair = new DtlsPair(Link.CLEAN, Link.CLEAN)) {
            pair.expect(new Fingerprint("sha-1", "AB:CD"));
            var client = pair.connect(new QuickClient(ALL));

            assertThat(await(pair.closed)).isEqualTo("fingerprint mismatch");
            assertThatThrownBy(() -> await(client)).hasMessageContaining("bad_certificate");
        }
    }

    @Test
    void aClientWithoutCertificateIsRefused() {
        try (DtlsPair pair = new DtlsPair(Link.CLEAN, Link.CLEAN)) {
            pair.expect(CLIENT.fingerprint());
            var client = pair.connect(new QuickClient(ALL) {
                @Override
                public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) {
                    return null;
                }
            });

            assertThat(await(pair.closed)).isEqualTo("no client certificate");
            assertThatThrownBy(() -> await(client)).hasMessageContaining("handshake_failure");
        }
    }

    @Test
    void aClientWithoutSrtpIsRefused() {
        try (DtlsPair pair = new DtlsPair(Link.CLEAN, Link.CLEAN)) {
            pair.expect(CLIENT.fingerprint());
            var client = pair.connect(new QuickClient(List.of()));

            assertThat(await(pair.closed)).isEqualTo("no common SRTP profile");
            assertThatThrownBy(() -> await(client)).hasMessageContaining("handshake_failure");
        }
    }

    /// Today's Chromium needs two datagrams for its ClientHello; here they also come in the wrong order.
    @Test
    void reassemblesAClientHelloFromTwoDatagramsInAnyOrder() {
        List<byte[]> firstFlight = new CopyOnWriteArrayList<>();
        Link swapsFirstTwo = datagram -> {
            firstFlight.add(datagram);
            return switch (firstFlight.size()) {
                case 1 -> List.of();
                case 2 -> List.of(firstFlight.get(1), firstFlight.get(0));
                default -> List.of(datagram);
            };
        };
        try (DtlsPair pair = new DtlsPair(swapsFirstTwo, Link.CLEAN)) {
            pair.expect(CLIENT.fingerprint());
            BouncyClient client = new QuickClient(ALL);
            await(pair.connect(client, 150));

            assertSameKeys(await(pair.connected), client);
            assertThat(firstFlight.get(0)).hasSizeGreaterThan(100);
        }
    }

    @Test
    void keepsEarlyDatagramsUntilTheFingerprintIsKnown() {
        CompletableFuture<Void> arrived = new CompletableFuture<>();
        Link notes = datagram -> {
            arrived.complete(null);
            return List.of(datagram);
        };
        try (DtlsPair pair = new DtlsPair(notes, Link.CLEAN)) {
            CompletableFuture<DTLSTransport> session = pair.connect(new BouncyClient(CLIENT, ALL), 150);
            await(arrived);
            pair.expect(CLIENT.fingerprint());
            await(session);

            assertThat(await(pair.connected)).isNotNull();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void survivesLossDuplicationAndReordering(long seed) {
        try (DtlsPair pair = new DtlsPair(new RoughLink(seed), new RoughLink(~seed))) {
            pair.expect(CLIENT.fingerprint());
            BouncyClient client = new QuickClient(ALL);
            await(pair.connect(client, 300));

            assertSameKeys(await(pair.connected), client);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void garbageDoesNotKillIt(long seed) {
        Random random = new Random(seed);
        Link dirty = datagram -> {
            byte[] noise = new byte[1 + random.nextInt(300)];
            random.nextBytes(noise);
            noise[0] = (byte) (20 + random.nextInt(44));
            byte[] cut = Arrays.copyOf(datagram, random.nextInt(13));
            byte[] flipped = datagram.clone();
            flipped[flipped.length - 1] ^= 1;
            // Only ciphertext can tell that it was damaged.
            boolean encrypted = datagram[4] == 1;
            return encrypted ? List.of(noise, cut, flipped, datagram) : List.of(noise, cut, datagram);
        };
        try (DtlsPair pair = new DtlsPair(dirty, Link.CLEAN)) {
            pair.expect(CLIENT.fingerprint());
            BouncyClient client = new QuickClient(ALL);
            await(pair.connect(client));

            assertSameKeys(await(pair.connected), client);
            assertThat(pair.closed).isNotDone();
        }
    }

    @Test
    void tellsWhenTheRemoteCloses() throws IOException {
        try (DtlsPair pair = new DtlsPair(Link.CLEAN, Link.CLEAN)) {
            pair.expect(CLIENT.fingerprint());
            DTLSTransport session = await(pair.connect(new QuickClient(ALL)));
            await(pair.connected);
            session.close();

            assertThat(await(pair.closed)).isEqualTo("closed by the remote");
        }
    }

    @Test
    void garbageAfterTheHandshakeIsIgnored() throws IOException {
        Random random = new Random(14);
        try (DtlsPair pair = new DtlsPair(Link.CLEAN, Link.CLEAN)) {
            pair.expect(CLIENT.fingerprint());
            DTLSTransport session = await(pair.connect(new QuickClient(ALL)));
            await(pair.connected);
            for (int i = 0; i < 50; i++) {
                byte[] noise = new byte[13 + random.nextInt(100)];
                random.nextBytes(noise);
                // Alerts, handshake and data, of the right version, in either epoch: an unauthenticated end.
                System.arraycopy(new byte[] {(byte) (20 + i % 4), -2, -3, 0, (byte) (i / 4 % 2)}, 0, noise, 0, 5);
                noise[11] = 0;
                noise[12] = (byte) (noise.length - 13);
                pair.receive(noise);
            }
            pair.onLoop(() -> {});
            assertThat(pair.closed).isNotDone();
            session.close();

            assertThat(await(pair.closed)).isEqualTo("closed by the remote");
        }
    }

    @Test
    void saysCloseNotifyWhenClosed() {
        try (DtlsPair pair = new DtlsPair(Link.CLEAN, Link.CLEAN)) {
            pair.expect(CLIENT.fingerprint());
            DTLSTransport session = await(pair.connect(new QuickClient(ALL)));
            await(pair.connected);
            pair.onLoop(pair.endpoint::close);

            // Bouncy Castle closes the client's queue when it reads close_notify.
            assertThatThrownBy(() -> session.receive(new byte[100], 0, 100, 20_000))
                    .hasMessageContaining("closed");
            assertThat(pair.closed).isNotDone();
        }
    }

    @Test
    void countsApplicationDataThatNobodyReads() throws IOException {
        try (DtlsPair pair = new DtlsPair(Link.CLEAN, Link.CLEAN)) {
            pair.expect(CLIENT.fingerprint());
            DTLSTransport session = await(pair.connect(new QuickClient(ALL)));
            byte[] data = "an SCTP packet".getBytes(StandardCharsets.UTF_8);
            session.send(data, 0, data.length);
            session.close();
            await(pair.closed);

            assertThat(pair.dtls.counters().drops().counted(DtlsDrop.APPLICATION_DATA))
                    .isEqualTo(1);
        }
    }

    @Test
    void aChangedFingerprintEndsTheSession() {
        try (DtlsPair pair = new DtlsPair(Link.CLEAN, Link.CLEAN)) {
            pair.expect(CLIENT.fingerprint());
            await(pair.connect(new QuickClient(ALL)));
            await(pair.connected);
            pair.expect(CLIENT.fingerprint());
            assertThat(pair.closed).isNotDone();
            pair.expect(SERVER.fingerprint());

            assertThat(await(pair.closed)).isEqualTo("the promised fingerprint changed");
        }
    }

    @Test
    void boundsWhatWaitsForTheHandshake() {
        try (DtlsPair pair = new DtlsPair(Link.CLEAN, Link.CLEAN)) {
            for (int i = 0; i < DatagramQueue.MAX_QUEUED + 5; i++) {
                pair.receive(new byte[10]);
            }
            pair.onLoop(() -> {});
            assertThat(pair.dtls.counters().drops().counted(DtlsDrop.QUEUE_FULL))
                    .isEqualTo(5);
        }
    }

    @Test
    void boundsTheBytesOfAHandshake() {
        // A handshake thread that never gets to run.
        try (DtlsPair pair = new DtlsPair(Link.CLEAN, Link.CLEAN, task -> {})) {
            pair.expect(CLIENT.fingerprint());
            int fit = BouncyEndpoint.MAX_HANDSHAKE_BYTES / 1500;
            for (int i = 0; i < fit + 3; i++) {
                pair.receive(new byte[1500]);
            }
            pair.onLoop(() -> {});
            assertThat(pair.dtls.counters().drops().counted(DtlsDrop.HANDSHAKE_BYTES))
                    .isEqualTo(3);
            pair.onLoop(pair.endpoint::close);
            pair.receive(new byte[10]);
            pair.onLoop(() -> {});
            assertThat(pair.dtls.counters().drops().counted(DtlsDrop.CLOSED)).isEqualTo(1);
        }
    }

    @Test
    void warmsUp() {
        BouncyDtls.warmUp(SERVER, task -> Thread.ofVirtual().start(task));

        assertThat(SERVER.fingerprint().algorithm()).isEqualTo("sha-256");
        assertThat(SERVER.fingerprint()).isNotEqualTo(CLIENT.fingerprint());
    }

    private static void assertSameKeys(SrtpKeys server, BouncyClient client) {
        SrtpKeys theirs = Objects.requireNonNull(client.keys());
        assertThat(server.profile()).isEqualTo(theirs.profile());
        assertThat(server.clientKey()).isEqualTo(theirs.clientKey());
        assertThat(server.serverKey()).isEqualTo(theirs.serverKey());
        assertThat(server.clientSalt()).isEqualTo(theirs.clientSalt());
        assertThat(server.serverSalt()).isEqualTo(theirs.serverSalt());
    }

    /// Retransmits as early as Chromium does.
    private static class QuickClient extends BouncyClient {
        QuickClient(List<SrtpProfile> offered) {
            super(CLIENT, offered);
        }

        @Override
        public int getHandshakeResendTimeMillis() {
            return 50;
        }
    }

    /// Loses a fifth, doubles a tenth, holds back a tenth until the next one.
    private static final class RoughLink implements Link {
        private final Random random;
        private byte @Nullable [] held;

        RoughLink(long seed) {
            random = new Random(seed);
        }

        @Override
        public synchronized List<byte[]> pass(byte[] datagram) {
            List<byte[]> out = new ArrayList<>();
            int fate = random.nextInt(10);
            byte[] late = held;
            held = fate == 2 ? datagram : null;
            if (fate > 2) {
                out.add(datagram);
            }
            if (fate == 3) {
                out.add(datagram);
            }
            if (late != null) {
                out.add(late);
            }
            return out;
        }
    }
}
