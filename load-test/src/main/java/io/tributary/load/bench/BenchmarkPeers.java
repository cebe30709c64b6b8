package io.tributary.load.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.transport.dtls.DtlsEndpoint;
import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.ice.IceDrop;
import io.tributary.transport.io.DatagramSink;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.loop.Loop;
import io.tributary.transport.loop.Timed;
import io.tributary.transport.peer.PeerBudgets;
import io.tributary.transport.peer.PeerDrop;
import io.tributary.transport.peer.PeerEnvironment;
import io.tributary.transport.peer.PeerEvents;
import io.tributary.transport.peer.PeerId;
import io.tributary.transport.peer.PeerTable;
import io.tributary.transport.peer.PeerTransport;
import io.tributary.transport.srtp.SrtpCipherProvider;
import io.tributary.transport.srtp.SrtpProfile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Random;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Connections whose far end is not there: ICE is shown one signed check, DTLS is skipped, and what is sent is
/// discarded after encryption.
final class BenchmarkPeers {
    private static final byte DTLS_HANDSHAKE = 22;
    private static final IceCredentials REMOTE = new IceCredentials("remote", "remote-password-of-no-consequence");
    private static final Fingerprint FINGERPRINT = new Fingerprint("sha-256", "00");

    final PacketPool pool;
    private final RandomGenerator random = new Random(1);
    private final PeerTable table;
    private int peers;

    BenchmarkPeers(SrtpCipherProvider ciphers) {
        this(ciphers, PeerBudgets.DEFAULT);
    }

    BenchmarkPeers(SrtpCipherProvider ciphers, PeerBudgets budgets) {
        this(ciphers, budgets, new PacketPool(), (tuple, datagram) -> datagram.release());
    }

    /// Connections whose datagrams go to `sink`.
    BenchmarkPeers(SrtpCipherProvider ciphers, PacketPool itsPool, DatagramSink sink) {
        this(ciphers, PeerBudgets.DEFAULT, itsPool, sink);
    }

    private BenchmarkPeers(SrtpCipherProvider ciphers, PeerBudgets budgets, PacketPool itsPool, DatagramSink sink) {
        pool = itsPool;
        table = new PeerTable(new PeerEnvironment(
                new SameThread(),
                pool,
                sink,
                new AtOnce(),
                ciphers,
                random,
                new DropCounter<>(PeerDrop.class),
                new DropCounter<>(IceDrop.class),
                budgets));
    }

    /// The next connection, secured.
    PeerTransport connect() {
        return connect(IceCredentials.random(random));
    }

    /// As above, under credentials of the caller's choice. The first one's keys are `BenchmarkPackets.keys(…, 1)`.
    PeerTransport connect(IceCredentials local) {
        var silent = new PeerEvents() {
            @Override
            public void onConnected(long nowMicros) {}

            @Override
            public void onDisconnected(long nowMicros, String reason) {
                throw new IllegalStateException(reason);
            }

            @Override
            public void onFailed(long nowMicros, Throwable failure) {
                throw new IllegalStateException(failure);
            }
        };
        PeerTransport peer = table.open(new PeerId(++peers), local, silent);
        peer.setRemote(REMOTE, FINGERPRINT);
        InetSocketAddress address = address(peers);
        receive(address, check(local));
        receive(address, new byte[] {DTLS_HANDSHAKE, 0});
        if (!peer.connected()) {
            throw new IllegalStateException("the benchmark's peer did not connect");
        }
        return peer;
    }

    /// Where the `n`-th connection's packets come from; nobody is at 0.
    static InetSocketAddress address(int n) {
        return new InetSocketAddress(loopback(), 10_000 + n);
    }

    /// One datagram from the network.
    void receive(InetSocketAddress from, byte[] datagram) {
        PacketBuffer buffer = pool.take();
        System.arraycopy(datagram, 0, buffer.array(), buffer.offset(), datagram.length);
        buffer.length(datagram.length);
        table.receive(1, 0, from, buffer);
        buffer.release();
    }

    /// A nominating connectivity check (RFC 8445 §7.2.2, RFC 8489).
    byte[] check(IceCredentials local) {
        byte[] transaction = new byte[12];
        random.nextBytes(transaction);
        ByteBuffer out = ByteBuffer.allocate(256);
        out.putShort((short) 1).putShort((short) 0).putInt(0x2112A442).put(transaction);
        attribute(out, 0x0006, (local.ufrag() + ":" + REMOTE.ufrag()).getBytes(UTF_8));
        attribute(out, 0x0024, new byte[] {1, 2, 3, 4});
        attribute(out, 0x802A, transaction);
        attribute(out, 0x0025, new byte[0]);
        out.putShort(2, (short) (out.position() + 4));
        attribute(out, 0x0008, sha1(local.pwd(), Arrays.copyOf(out.array(), out.position())));
        out.putShort(2, (short) (out.position() - 12));
        var crc = new CRC32();
        crc.update(out.array(), 0, out.position());
        out.putShort((short) 0x8028).putShort((short) 4).putInt((int) crc.getValue() ^ 0x5354554E);
        return Arrays.copyOf(out.array(), out.position());
    }

    private static void attribute(ByteBuffer out, int type, byte[] value) {
        int length = type == 0x802A ? 8 : value.length; // the tie-breaker has eight bytes
        out.putShort((short) type).putShort((short) length).put(value, 0, length);
        out.position((out.position() + 3) & ~3);
    }

    private static byte[] sha1(String key, byte[] message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(key.getBytes(UTF_8), "HmacSHA1"));
            return mac.doFinal(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static InetAddress loopback() {
        try {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
        } catch (UnknownHostException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Everything is this thread's, and time stands still.
    private static final class SameThread implements Loop {
        @Override
        public void post(Runnable task) {
            task.run();
        }

        @Override
        public boolean inLoop() {
            return true;
        }

        @Override
        public long nowMicros() {
            return 1;
        }

        @Override
        public void watch(Timed timed) {}

        @Override
        public void unwatch(Timed timed) {}
    }

    /// Handshakes that are over with the first datagram, under keys of the benchmark's choice.
    private static final class AtOnce implements DtlsEndpoint.Factory {
        private int made;

        @Override
        public DtlsEndpoint create(DtlsEndpoint.Listener listener) {
            int seed = ++made;
            return new DtlsEndpoint() {
                @Override
                public void receive(PacketBuffer datagram) {
                    listener.onDtlsConnected(BenchmarkPackets.keys(SrtpProfile.AEAD_AES_128_GCM, seed));
                }

                @Override
                public void expect(Fingerprint remote) {}

                @Override
                public void close() {}
            };
        }

        @Override
        public Fingerprint localFingerprint() {
            return FINGERPRINT;
        }
    }
}
