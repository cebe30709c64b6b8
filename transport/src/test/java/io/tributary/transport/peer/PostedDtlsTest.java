package io.tributary.transport.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.dtls.DtlsEndpoint;
import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.ice.IceDrop;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.sim.ScriptedDtls;
import io.tributary.transport.sim.SimLoop;
import io.tributary.transport.sim.SimPeer;
import io.tributary.transport.sim.SimShard;
import io.tributary.transport.sim.SimWorld;
import io.tributary.transport.srtp.JdkCipherProvider;
import io.tributary.transport.srtp.SrtpProfile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// A DTLS endpoint that lives on a thread of its own tells its news by post: in no call of the connection's.
class PostedDtlsTest {
    private static final byte[] CLOSE_NOTIFY = {21, 1, 0};

    private final SimWorld world = SimWorld.seeded(20_261_121);
    private final SimLoop loop = world.loop("media-0");
    private final PacketPool pool = new PacketPool();
    private final SimShard shard = new SimShard(world, loop, pool, SimPeer.address("192.0.2.1", 7882));
    private final PeerTable table = new PeerTable(new PeerEnvironment(
            loop,
            pool,
            shard,
            new Factory(),
            new JdkCipherProvider(),
            world.random(),
            new DropCounter<>(PeerDrop.class),
            new DropCounter<>(IceDrop.class)));
    private final SimPeer client = new SimPeer(world, "alice", SimPeer.address("198.51.100.7", 40_000));
    private final List<byte[]> sent = new ArrayList<>();

    @AfterEach
    void everyBufferIsReturned() {
        world.runForMillis(1_000);
        assertThat(pool.outstanding()).isZero();
    }

    @Test
    void saysGoodbyeOnThePathThatItClosed() {
        PeerTransport peer = connect(new PeerScenario.Events());
        loop.run(peer::close);
        world.runForMillis(100);
        assertThat(sent).anyMatch(datagram -> Arrays.equals(datagram, CLOSE_NOTIFY));
    }

    @Test
    void anExceptionInItsNewsClosesTheConnection() {
        var bug = new IllegalStateException("planted by the test");
        var events = new PeerScenario.Events() {
            @Override
            public void onConnected(long nowMicros) {
                throw bug;
            }
        };
        connect(events);
        assertThat(events.failed).containsExactly(bug);
        assertThat(table.peers()).isEmpty();
    }

    private PeerTransport connect(PeerEvents events) {
        shard.open(table);
        world.network()
                .link(SimPeer.address("192.0.2.1", 7882), client.address())
                .filter(datagram -> {
                    sent.add(datagram.clone());
                    return true;
                });
        IceCredentials local = IceCredentials.random(world.random());
        var opened = new PeerTransport[1];
        loop.run(() -> {
            opened[0] = table.open(new PeerId(1), local, events);
            opened[0].setRemote(client.credentials(), client.fingerprint());
        });
        client.connect(SimPeer.address("192.0.2.1", 7882), local);
        world.runForMillis(500);
        return opened[0];
    }

    private final class Factory implements DtlsEndpoint.Factory {
        @Override
        public DtlsEndpoint create(DtlsEndpoint.Listener listener) {
            return new DtlsEndpoint() {
                private boolean heard;

                @Override
                public void receive(PacketBuffer datagram) {
                    if (!heard) {
                        heard = true;
                        loop.post(() -> listener.onDtlsConnected(ScriptedDtls.keys(SrtpProfile.AEAD_AES_128_GCM, 1)));
                    }
                }

                @Override
                public void expect(Fingerprint remote) {}

                @Override
                public void close() {
                    loop.post(() -> listener.onDtlsOutput(CLOSE_NOTIFY));
                }
            };
        }

        @Override
        public Fingerprint localFingerprint() {
            return new Fingerprint("sha-256", "53:49:4D");
        }
    }
}
