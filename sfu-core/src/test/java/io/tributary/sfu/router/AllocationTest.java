package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.transport.peer.PeerBudgets;
import io.tributary.transport.sim.SimShard;
import io.tributary.transport.srtp.SrtpCipherProvider;
import io.tributary.transport.srtp.SrtpProviders;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What a packet leaves to the garbage collector on its way through the server, from the datagram that is received to
/// those that are sent: nothing, once the code is compiled. Pauses for collections come from elsewhere then, and are
/// few.
class AllocationTest {
    private static final int VIEWERS = 20;
    private static final int CAPTURES = 60;
    private static final int LEAST_PACKETS = 3_000;

    /// Compilers work beside us, on a busy machine for a while: rounds are repeated until they are through.
    private static final int MOST_ROUNDS = 400;

    private static final double MOST_BYTES = 1;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /// An even seed's packets are written straight to the socket's memory, an odd one's go there by way of a buffer.
    @ParameterizedTest
    @CsvSource({"80, openssl", "81, openssl", "82, ipsec-mb", "83, ipsec-mb"})
    void forwardingLeavesNothingBehind(long seed, String provider) {
        Optional<SrtpCipherProvider> ciphers =
                provider.equals("openssl") ? SrtpProviders.openSsl() : SrtpProviders.ipsecMb();
        assumeTrue(ciphers.isPresent(), "no " + provider + " here, and the JDK's ciphers allocate");
        var scene = new Scene(seed, ciphers.get());
        var figures = new ArrayList<Double>();
        do {
            figures.add(scene.bytesPerPacket());
        } while (figures.getLast() >= MOST_BYTES && figures.size() < MOST_ROUNDS);

        assertThat(figures.getLast())
                .as("bytes per packet, round by round: %s", figures)
                .isLessThan(MOST_BYTES);
    }

    /// RFC 5761 §4, RFC 7983 §7: neither RTCP nor anything else that shares the port.
    private static boolean isRtp(byte[] datagram) {
        int type = datagram[1] & 0x7F;
        return (datagram[0] & 0xC0) == 0x80 && (type < 64 || type > 95);
    }

    /// Somebody with a camera and a microphone, and a crowd that follows both.
    private final class Scene {
        private final Call call;
        private final Call.Person alice;
        private final SimShard shard;
        private final List<byte[]> uplink = new ArrayList<>();
        private boolean recording;

        Scene(long seed, SrtpCipherProvider ciphers) {
            call = new Call(seed, 1, PeerBudgets.DEFAULT, ciphers);
            shard = call.shards.getFirst();
            alice = call.join("alice");
            alice.camera("TR_camera");
            alice.microphone("TR_microphone");
            for (int i = 0; i < VIEWERS; i++) {
                Call.Person fan = call.arrive("fan-" + i);
                fan.view("TR_camera", new LayerDemand(i % 3));
                fan.listen("TR_microphone");
            }
            call.runForMillis(2_000);
            alice.uplink().filter(datagram -> {
                boolean held = recording && datagram.length > 1 && isRtp(datagram);
                if (held) {
                    uplink.add(datagram.clone());
                }
                return !held;
            });
        }

        /// Holds back what alice sends between one capture and the next, and lets the loop have it at once.
        double bytesPerPacket() {
            long[] bytes = new long[1];
            long packets = 0;
            for (int capture = 0; capture < CAPTURES; capture++) {
                recording = true;
                call.world.runForMicros(Camera.FRAME_MICROS);
                recording = false;
                shard.discards(true);
                long sent = shard.sent();
                call.simLoops.getFirst().run(() -> {
                    long allocated = threads.getCurrentThreadAllocatedBytes();
                    for (int i = 0; i < uplink.size(); i++) {
                        shard.deliver(alice.client.address(), uplink.get(i));
                    }
                    bytes[0] += threads.getCurrentThreadAllocatedBytes() - allocated;
                });
                packets += shard.sent() - sent;
                shard.discards(false);
                uplink.clear();
            }
            assertThat(packets).as("packets sent").isGreaterThan(LEAST_PACKETS);
            return (double) bytes[0] / packets;
        }
    }
}
