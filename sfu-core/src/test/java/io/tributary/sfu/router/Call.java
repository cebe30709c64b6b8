package io.tributary.sfu.router;

import io.tributary.sfu.track.FrameProtection;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import io.tributary.sfu.track.TrackSpec;
import io.tributary.transport.ice.IceCandidate;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.peer.IncomingMedia;
import io.tributary.transport.peer.OutgoingMedia;
import io.tributary.transport.peer.PayloadFormat;
import io.tributary.transport.peer.PeerBudgets;
import io.tributary.transport.peer.PeerId;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.sim.CountingCiphers;
import io.tributary.transport.sim.ScriptedDtls;
import io.tributary.transport.sim.SimLink;
import io.tributary.transport.sim.SimLoop;
import io.tributary.transport.sim.SimPeer;
import io.tributary.transport.sim.SimShard;
import io.tributary.transport.sim.SimWorld;
import io.tributary.transport.srtp.SrtpCipherProvider;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A media plane of some loops in virtual time, and people in a call over it: real SRTP, real RTCP, a scripted control
/// plane.
final class Call {
    static final int VP8 = 96;
    static final int RTX = 97;
    static final int VP9 = 98;
    static final int VP9_RTX = 99;

    /// What retransmissions of a client's SSRC go under, less that SSRC.
    static final int REPAIR_SSRC = 10;

    static final int OPUS = 111;
    static final int AUDIO_LEVEL_ID = 1;
    static final int MID_ID = 4;
    static final int RID_ID = 10;
    static final int REPAIRED_RID_ID = 11;
    static final List<String> RIDS = List.of("q", "h", "f");
    static final ExtensionMap EXTENSIONS = new ExtensionMap(Map.of(
            HeaderExtension.AUDIO_LEVEL, AUDIO_LEVEL_ID,
            HeaderExtension.MID, MID_ID,
            HeaderExtension.RID, RID_ID,
            HeaderExtension.REPAIRED_RID, REPAIRED_RID_ID));
    static final PayloadFormat VIDEO = new PayloadFormat(Codec.VP8, VP8, RTX, true);
    static final PayloadFormat SCALABLE = new PayloadFormat(Codec.VP9, VP9, VP9_RTX, true);
    static final PayloadFormat AUDIO = new PayloadFormat(Codec.OPUS, OPUS, -1, false);

    final SimWorld world;
    final List<PolledLoop> loops = new ArrayList<>();
    final List<SimLoop> simLoops = new ArrayList<>();
    final List<PacketPool> pools = new ArrayList<>();
    final MediaLoops plane;
    private final List<Person> people = new ArrayList<>();

    /// What the ciphers of the server did.
    final CountingCiphers ciphers = new CountingCiphers();

    final List<SimShard> shards = new ArrayList<>();

    /// What publishers announce from here on.
    FrameProtection protection = FrameProtection.NONE;

    Call(long seed, int loopCount) {
        this(seed, loopCount, PeerBudgets.DEFAULT);
    }

    Call(long seed, int loopCount, PeerBudgets budgets) {
        this(seed, loopCount, budgets, null);
    }

    /// @param provider of the server's ciphers; null for [#ciphers]
    Call(long seed, int loopCount, PeerBudgets budgets, @Nullable SrtpCipherProvider provider) {
        world = SimWorld.seeded(seed);
        var mediaShards = new ArrayList<MediaShard>();
        for (int i = 0; i < loopCount; i++) {
            var simLoop = world.loop("media-" + i);
            simLoops.add(simLoop);
            var loop = new PolledLoop(simLoop);
            var pool = new PacketPool();
            InetSocketAddress address = SimPeer.address("192.0.2.1", 7882 + i);
            var shard = new SimShard(world, simLoop, pool, address);
            var inlet = new DatagramInlet();
            shard.open(inlet);
            loops.add(loop);
            pools.add(pool);
            var candidate = new IceCandidate("1", 2_130_706_431, address.getAddress(), address.getPort());
            shards.add(shard);
            mediaShards.add(new MediaShard(loop, pool, shard, List.of(candidate), inlet));
        }
        plane = new MediaLoops(
                mediaShards,
                loop -> new ScriptedDtls.Factory(),
                provider == null ? ciphers : provider,
                world.random(),
                budgets);
    }

    /// Somebody who is connected. With two loops, people alternate between them.
    Person join(String name) {
        Person person = arrive(name);
        runForMillis(500);
        return person;
    }

    /// Somebody who is about to connect.
    Person arrive(String name) {
        var person = new Person(this, name, people.size() + 1);
        people.add(person);
        return person;
    }

    Call runForMillis(long millis) {
        world.runForMillis(millis);
        return this;
    }

    /// Ends everything. @return buffers that are still out
    long outstandingAfterTheEnd() {
        people.forEach(person -> {
            person.stop();
            plane.close(person.id);
        });
        loops.forEach(loop -> {
            loop.stuck = false;
            loop.wakeup();
        });
        runForMillis(1_000);
        return pools.stream().mapToLong(PacketPool::outstanding).sum();
    }

    static TrackSpec video(String sid) {
        return new TrackSpec(new TrackSid(sid), Codec.VP8, RIDS);
    }

    static TrackSpec audio(String sid) {
        return new TrackSpec(new TrackSid(sid), Codec.OPUS, List.of());
    }

    /// One participant's connection and client.
    static final class Person {
        final Call call;
        final PeerId id;
        final SimPeer client;
        final List<RouterEvent> events = new ArrayList<>();
        final InetSocketAddress server;
        final IceCredentials serverCredentials;
        private final List<Runnable> stops = new ArrayList<>();
        private int outgoing;

        /// What the control plane throws back at the next audio level: a bug as good as any.
        @Nullable
        RuntimeException bug;

        Person(Call call, String name, int number) {
            this.call = call;
            id = new PeerId(number);
            client = new SimPeer(call.world, name, SimPeer.address("198.51.100." + number % 250, 40_000 + number));
            MediaPlane.LocalTransport local = call.plane.open(id, this::onEvent);
            IceCandidate candidate = local.candidates().getFirst();
            server = new InetSocketAddress(candidate.address(), candidate.port());
            serverCredentials = local.credentials();
            call.plane.setRemote(id, client.credentials(), client.fingerprint());
            client.connect(server, local.credentials());
        }

        /// Publishes a simulcast camera that begins to send at once.
        Camera camera(String sid) {
            var camera = new Camera(this, Integer.toString(stops.size()), firstSsrc());
            stops.add(camera::stop);
            call.plane.publish(
                    id,
                    new TrackSpec(new TrackSid(sid), Codec.VP8, RIDS, call.protection),
                    new IncomingMedia(
                            camera.mid, MediaKind.VIDEO, List.of(VIDEO), EXTENSIONS, RIDS, List.of(), List.of()));
            call.runForMillis(1);
            camera.start();
            return camera;
        }

        /// Publishes a camera whose layers come in one stream, and that begins to send at once.
        ScalableCamera scalableCamera(String sid) {
            int ssrc = firstSsrc();
            String mid = Integer.toString(stops.size());
            var camera = new ScalableCamera(this, mid, ssrc);
            stops.add(camera::stop);
            call.plane.publish(
                    id,
                    new TrackSpec(new TrackSid(sid), Codec.VP9, List.of(), call.protection),
                    new IncomingMedia(
                            mid,
                            MediaKind.VIDEO,
                            List.of(SCALABLE),
                            EXTENSIONS,
                            List.of(),
                            List.of(ssrc),
                            List.of(ssrc + REPAIR_SSRC)));
            call.runForMillis(1);
            camera.start();
            return camera;
        }

        /// Publishes a microphone that begins to send at once.
        Microphone microphone(String sid) {
            int ssrc = firstSsrc();
            var microphone = new Microphone(this, Integer.toString(stops.size()), ssrc);
            stops.add(microphone::stop);
            call.plane.publish(
                    id,
                    new TrackSpec(new TrackSid(sid), Codec.OPUS, List.of(), call.protection),
                    new IncomingMedia(
                            microphone.mid,
                            MediaKind.AUDIO,
                            List.of(AUDIO),
                            EXTENSIONS,
                            List.of(),
                            List.of(ssrc),
                            List.of(0)));
            call.runForMillis(1);
            microphone.start();
            return microphone;
        }

        /// Subscribes to a video track.
        Viewer view(String sid, LayerDemand demand) {
            return view(sid, VIDEO, demand);
        }

        Viewer view(String sid, PayloadFormat format, LayerDemand demand) {
            int ssrc = 100_000 + 10 * ++outgoing;
            var viewer = new Viewer(this, new TrackSid(sid), ssrc, ssrc + 1);
            var media = new OutgoingMedia("v" + outgoing, MediaKind.VIDEO, format, ssrc, ssrc + 1, EXTENSIONS, "cname");
            call.plane.subscribe(id, new TrackSid(sid), media, demand);
            return viewer;
        }

        /// Subscribes to an audio track.
        Viewer listen(String sid) {
            int ssrc = 100_000 + 10 * ++outgoing;
            var viewer = new Viewer(this, new TrackSid(sid), ssrc, 0);
            var media = new OutgoingMedia("a" + outgoing, MediaKind.AUDIO, AUDIO, ssrc, 0, EXTENSIONS, "cname");
            call.plane.subscribe(id, new TrackSid(sid), media, LayerDemand.HIGHEST);
            return viewer;
        }

        /// A client uses an SSRC once.
        private int firstSsrc() {
            return 1_000 * (int) id.value() + 50 * stops.size();
        }

        private void onEvent(RouterEvent event) {
            events.add(event);
            RuntimeException planted = bug;
            if (planted != null && event instanceof RouterEvent.AudioLevel) {
                throw planted;
            }
        }

        SimLink uplink() {
            return call.world.network().link(client.address(), server);
        }

        SimLink downlink() {
            return call.world.network().link(server, client.address());
        }

        void stop() {
            stops.forEach(Runnable::run);
        }
    }
}
