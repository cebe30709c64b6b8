package io.tributary.sfu.router;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.track.LayerDemand;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.peer.PeerBudgets;
import io.tributary.transport.sim.SimCpu;
import io.tributary.transport.sim.SimPeer;
import io.tributary.transport.sim.SimRtcp;
import io.tributary.transport.sim.SimStun;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Fifty thousand hostile datagrams a second at one loop, whose work takes the time of [LoopWork]: the others in the
/// call notice nothing. And what the same costs without the budgets.
class AttackTest {
    private static final int PER_MILLI = 50;
    private static final int ATTACK_MILLIS = 2_000;
    private static final int SECOND_MILLIS = 1_000;
    private static final int VIEWERS = 5;
    private static final int FANS = 100;

    /// What links of 10 ms each way add.
    private static final long WAY_MICROS = 20_000;

    private static final long MAX_P99_MICROS = 5_000;

    /// Of the core, in percent; most of it is the kernel's.
    private static final int MAX_SHARE = 15;

    /// What is sent, one datagram each time.
    enum Attack {
        GARBAGE_FROM_ANYWHERE {
            @Override
            void strike(Scene scene) {
                scene.send(scene.anywhere(), scene.garbage());
            }
        },
        GARBAGE_IN_A_PUBLISHERS_NAME {
            @Override
            void strike(Scene scene) {
                scene.send(scene.alice.client.address(), scene.garbage());
            }
        },
        GUESSED_PASSWORDS {
            @Override
            void strike(Scene scene) {
                scene.send(scene.anywhere(), scene.guess);
            }
        },
        ENDLESS_CHECKS {
            @Override
            void strike(Scene scene) {
                scene.send(scene.mallory.client.address(), scene.check);
            }
        },
        NACK_BOMBS {
            @Override
            void strike(Scene scene) {
                scene.mallory.client.sendRtcp(scene.nacks);
            }
        },
        FEEDBACK_BOMBS {
            @Override
            void strike(Scene scene) {
                scene.mallory.client.sendRtcp(scene.statuses);
            }
        },
        /// A hundred subscribers that cannot decode anything, or say so.
        PLI_STORM {
            @Override
            void gather(Scene scene) {
                scene.gatherFans(FANS);
            }

            @Override
            void strike(Scene scene) {
                scene.nextFan().pli();
            }
        };

        /// Whoever it takes besides mallory.
        void gather(Scene scene) {}

        abstract void strike(Scene scene);
    }

    /// What a publisher is asked for by KeyframeThrottle, however many ask.
    private static final int MAX_KEYFRAMES_A_SECOND = 2;

    /// p99 of how long packets stayed in the server, where its time went, and the most key frames that were asked for
    /// in a second of one layer.
    record Outcome(long p99Micros, long sharePercent, long workMicros, long lost, int keyframesASecond) {}

    @ParameterizedTest
    @EnumSource(Attack.class)
    void delaysNobodyElse(Attack attack) {
        Outcome outcome = new Scene(PeerBudgets.DEFAULT).suffer(attack);

        assertThat(outcome.lost).as("%s", outcome).isZero();
        assertThat(outcome.p99Micros).as("%s", outcome).isLessThan(MAX_P99_MICROS);
        assertThat(outcome.sharePercent).as("%s", outcome).isLessThan(MAX_SHARE);
        assertThat(outcome.keyframesASecond).as("%s", outcome).isLessThanOrEqualTo(MAX_KEYFRAMES_A_SECOND);
    }

    /// If this fails, either the budgets are not needed, or the test above no longer shows that they are there.
    @ParameterizedTest
    @EnumSource(
            value = Attack.class,
            mode = EnumSource.Mode.EXCLUDE,
            // a lookup, comparisons: cheap without a budget
            names = {"GARBAGE_FROM_ANYWHERE", "FEEDBACK_BOMBS", "PLI_STORM"})
    void costsSeveralTimesAsMuchWithoutTheBudgets(Attack attack) {
        Outcome with = new Scene(PeerBudgets.DEFAULT).suffer(attack);
        Outcome without = new Scene(PeerBudgets.UNLIMITED).suffer(attack);

        assertThat(without.workMicros).as("%s, with %s", without, with).isGreaterThan(2 * with.workMicros);
    }

    /// The bomb that needs the budget most: without it everybody waits.
    @ParameterizedTest
    @EnumSource(value = Attack.class, names = "NACK_BOMBS")
    void delaysEverybodyWithoutTheBudgets(Attack attack) {
        assertThat(new Scene(PeerBudgets.UNLIMITED).suffer(attack).p99Micros).isGreaterThan(MAX_P99_MICROS);
    }

    /// A camera, those who watch it, and mallory, who watches it too.
    static final class Scene {
        final Call call;
        final Call.Person alice;
        final Call.Person mallory;
        final Camera camera;
        final byte[] guess;
        final byte[] check;
        final byte[] nacks;
        final byte[] statuses;
        private final List<Viewer> viewers = new ArrayList<>();
        private final ArrayDeque<Viewer> fans = new ArrayDeque<>();
        private final InetSocketAddress server;

        Scene(PeerBudgets budgets) {
            call = new Call(41, 1, budgets);
            alice = call.join("alice");
            server = alice.server;
            camera = alice.camera("TR_camera");
            for (int i = 0; i < VIEWERS; i++) {
                viewers.add(call.join("viewer-" + i).view("TR_camera", LayerDemand.HIGHEST));
            }
            mallory = call.join("mallory");
            int watched = mallory.view("TR_camera", LayerDemand.HIGHEST).ssrc;
            call.runForMillis(1_000);
            IceCredentials theirs = mallory.serverCredentials;
            var wrong = new IceCredentials(theirs.ufrag(), "a guessed password of any length");
            guess = SimStun.bindingRequest(new byte[12], mallory.client.credentials(), wrong, true);
            check = SimStun.bindingRequest(new byte[12], mallory.client.credentials(), theirs, true);
            nacks = nacks(watched);
            statuses = statuses();
        }

        void gatherFans(int count) {
            for (int i = 0; i < count; i++) {
                fans.add(call.arrive("fan-" + i).view("TR_camera", new LayerDemand(i % Call.RIDS.size())));
            }
            call.runForMillis(SECOND_MILLIS);
        }

        Viewer nextFan() {
            Viewer fan = fans.removeFirst();
            fans.addLast(fan);
            return fan;
        }

        Outcome suffer(Attack attack) {
            attack.gather(this);
            var work = new LoopWork(call);
            var cpu = new SimCpu(call.world, work);
            call.shards.getFirst().on(cpu);
            call.runForMillis(100);
            long since = call.world.nowMicros();
            long busy = cpu.busyMicros();
            long before = work.beyondReceivingNanos();
            int keyframesASecond = 0;
            int[] asked = keyframeRequests();
            for (int i = 0; i < ATTACK_MILLIS; i++) {
                if (i % SECOND_MILLIS == 0) {
                    asked = keyframeRequests();
                }
                for (int n = 0; n < PER_MILLI; n++) {
                    attack.strike(this);
                }
                call.runForMillis(1);
                for (int layer = 0; layer < asked.length; layer++) {
                    keyframesASecond = Math.max(keyframesASecond, keyframeRequests()[layer] - asked[layer]);
                }
            }
            long[] stays = viewers.stream()
                    .flatMap(viewer -> viewer.arrivals.stream())
                    .filter(arrival -> arrival.atMicros() >= since + WAY_MICROS && arrival.carriesFrame())
                    .mapToLong(arrival ->
                            arrival.atMicros() - camera.capture(arrival.body()).atMicros() - WAY_MICROS)
                    .sorted()
                    .toArray();
            assertThat(stays).as("packets forwarded").hasSizeGreaterThan(100);
            long spent = cpu.busyMicros() - busy;
            long p99 = stays[stays.length * 99 / 100];
            long sharePercent = spent / (ATTACK_MILLIS * 10);
            long workMicros = (work.beyondReceivingNanos() - before) / 1_000;
            return new Outcome(p99, sharePercent, workMicros, cpu.lost(), keyframesASecond);
        }

        private int[] keyframeRequests() {
            return camera.encoders.stream()
                    .mapToInt(Camera.Encoder::keyframeRequests)
                    .toArray();
        }

        void send(InetSocketAddress from, byte[] datagram) {
            call.world.network().send(from, server, datagram);
        }

        InetSocketAddress anywhere() {
            return SimPeer.address("203.0.113." + random(200), 1_024 + random(100));
        }

        byte[] garbage() {
            byte[] garbage = new byte[200];
            call.world.random().nextBytes(garbage);
            garbage[0] = (byte) 0x80;
            garbage[1] = Call.VP8;
            return garbage;
        }

        private int random(int bound) {
            return call.world.random().nextInt(bound);
        }

        /// As many as are acted upon in one datagram.
        private static byte[] nacks(int ssrc) {
            ByteBuffer body = ByteBuffer.allocate(8 + 4 * 31).putInt(1).putInt(ssrc);
            while (body.hasRemaining()) {
                body.putShort((short) (body.position() * 4)).putShort((short) 0xFFFF);
            }
            return new SimRtcp(SimRtcp.TRANSPORT_FEEDBACK, SimRtcp.NACK, body.array()).encode();
        }

        /// Transport-wide feedback about 65,535 packets in twenty bytes.
        private static byte[] statuses() {
            ByteBuffer body = ByteBuffer.allocate(36).putInt(1).putInt(2).putShort((short) 1);
            body.putShort((short) 0xFFFF).putInt(0);
            for (int i = 0; i < 9; i++) {
                body.putShort((short) 0x1FFF);
            }
            return new SimRtcp(SimRtcp.TRANSPORT_FEEDBACK, SimRtcp.TWCC, body.array()).encode();
        }
    }
}
