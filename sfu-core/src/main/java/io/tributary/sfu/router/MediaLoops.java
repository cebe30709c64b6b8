package io.tributary.sfu.router;

import io.tributary.sfu.forward.ForwardDrop;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackDrop;
import io.tributary.sfu.track.TrackSid;
import io.tributary.sfu.track.TrackSpec;
import io.tributary.transport.dtls.DtlsEndpoint;
import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.ice.IceDrop;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.loop.Loop;
import io.tributary.transport.peer.IncomingMedia;
import io.tributary.transport.peer.OutgoingMedia;
import io.tributary.transport.peer.PeerBudgets;
import io.tributary.transport.peer.PeerDrop;
import io.tributary.transport.peer.PeerEnvironment;
import io.tributary.transport.peer.PeerId;
import io.tributary.transport.peer.RepairCounters;
import io.tributary.transport.srtp.SrtpCipherProvider;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;

/// The media loops of one server as one plane. Knows which loop every peer and track lives on, and nothing else: a call
/// is looked up here and carried out there. Any thread may call; calls of one thread keep their order on each loop.
public final class MediaLoops implements MediaPlane {
    /// One loop with its router, and how many peers live there.
    private record Home(
            Router router, DropCounter<PeerDrop> drops, DropCounter<IceDrop> iceDrops, AtomicInteger peers) {}

    private final List<Home> all = new ArrayList<>();
    private final Map<PeerId, Home> homes = new ConcurrentHashMap<>();
    private final Map<TrackSid, Router.Origin> origins = new ConcurrentHashMap<>();
    private final Fingerprint fingerprint;
    private final RandomGenerator random;

    /// A plane over `loops`, which begins to receive at once.
    ///
    /// @param dtls makes the endpoints of one loop; all present the same certificate
    /// @param random must be unpredictable and safe to use from all threads; in simulations it is neither
    public MediaLoops(
            List<MediaShard> loops,
            Function<Loop, DtlsEndpoint.Factory> dtls,
            SrtpCipherProvider ciphers,
            RandomGenerator random) {
        this(loops, dtls, ciphers, random, PeerBudgets.DEFAULT);
    }

    /// As above, with other budgets: to show what they are for.
    MediaLoops(
            List<MediaShard> loops,
            Function<Loop, DtlsEndpoint.Factory> dtls,
            SrtpCipherProvider ciphers,
            RandomGenerator random,
            PeerBudgets budgets) {
        if (loops.isEmpty()) {
            throw new IllegalArgumentException("a media plane needs a loop");
        }
        this.random = random;
        var directory = new Listings();
        for (MediaShard loop : loops) {
            var drops = new DropCounter<>(PeerDrop.class);
            var iceDrops = new DropCounter<>(IceDrop.class);
            DtlsEndpoint.Factory endpoints = dtls.apply(loop.loop());
            var environment = new PeerEnvironment(
                    loop.loop(), loop.pool(), loop.sink(), endpoints, ciphers, random, drops, iceDrops, budgets);
            all.add(new Home(new Router(loop, environment, directory), drops, iceDrops, new AtomicInteger()));
        }
        fingerprint = all.getFirst().router.fingerprint();
        for (Home from : all) {
            for (Home to : all) {
                if (from != to) {
                    from.router.linkTo(to.router);
                }
            }
        }
        for (Home home : all) {
            home.router.post(home.router::start);
        }
    }

    @Override
    public LocalTransport open(PeerId peer, Consumer<RouterEvent> events) {
        Home home = all.stream()
                .min(Comparator.comparingInt(candidate -> candidate.peers.get()))
                .orElseThrow();
        home.peers.incrementAndGet();
        homes.put(peer, home);
        IceCredentials local = IceCredentials.random(random);
        home.router.post(() -> home.router.open(peer, local, events));
        return new LocalTransport(local, fingerprint, home.router.shard().candidates());
    }

    @Override
    public void setRemote(PeerId peer, IceCredentials credentials, Fingerprint remote) {
        at(peer, router -> router.setRemote(peer, credentials, remote));
    }

    @Override
    public IceCredentials restartIce(PeerId peer) {
        IceCredentials local = IceCredentials.random(random);
        at(peer, router -> router.restartIce(peer, local));
        return local;
    }

    @Override
    public void publish(PeerId peer, TrackSpec track, IncomingMedia media) {
        Home home = homes.get(peer);
        if (home != null) {
            var origin = new Router.Origin(home.router, track, media.extensions());
            origins.put(track.sid(), origin);
            home.router.post(() -> home.router.publish(peer, origin, media));
        }
    }

    @Override
    public void unpublish(PeerId peer, TrackSid track) {
        origins.remove(track);
        at(peer, router -> router.unpublish(peer, track));
    }

    @Override
    public void setMuted(TrackSid track, boolean muted) {
        Router.Origin origin = origins.get(track);
        if (origin != null) {
            origin.router().post(() -> origin.router().setMuted(track, muted));
        }
    }

    @Override
    public void subscribe(PeerId subscriber, TrackSid track, OutgoingMedia media, LayerDemand demand) {
        Router.Origin origin = origins.get(track);
        if (origin != null) {
            at(subscriber, router -> router.subscribe(subscriber, origin, media, demand));
        }
    }

    @Override
    public void demand(PeerId subscriber, TrackSid track, LayerDemand demand) {
        at(subscriber, router -> router.demand(subscriber, track, demand));
    }

    @Override
    public void unsubscribe(PeerId subscriber, TrackSid track) {
        at(subscriber, router -> router.unsubscribe(subscriber, track));
    }

    @Override
    public void close(PeerId peer) {
        at(peer, router -> router.close(peer));
    }

    /// Connections that live on the loop of `shard`. Any thread.
    public int peers(MediaShard shard) {
        return all.stream()
                .filter(home -> home.router.shard() == shard)
                .mapToInt(home -> home.peers.get())
                .sum();
    }

    /// Packets that no peer could take, by reason, summed over all loops.
    public long counted(PeerDrop reason) {
        return all.stream().mapToLong(home -> home.drops.counted(reason)).sum();
    }

    /// STUN messages that were not answered, by reason.
    public long counted(IceDrop reason) {
        return all.stream().mapToLong(home -> home.iceDrops.counted(reason)).sum();
    }

    /// Packets that got no further than their track.
    public long counted(TrackDrop reason) {
        return all.stream()
                .mapToLong(home -> home.router.trackDrops().counted(reason))
                .sum();
    }

    /// Packets that a subscriber did not get.
    public long counted(ForwardDrop reason) {
        return all.stream()
                .mapToLong(home -> home.router.forwardDrops().counted(reason))
                .sum();
    }

    /// Packets that the repair of losses dealt with.
    public long counted(RepairCounters.Repair what) {
        return all.stream()
                .mapToLong(home -> home.router.repairs().counted(what))
                .sum();
    }

    /// Packets that left before their slice, because their connection had too many waiting.
    public long leftEarly() {
        return all.stream().mapToLong(home -> home.router.pacing().early()).sum();
    }

    private void at(PeerId peer, Consumer<Router> task) {
        Home home = homes.get(peer);
        if (home != null) {
            home.router.post(() -> task.accept(home.router));
        }
    }

    private final class Listings implements Router.Directory {
        @Override
        public void peerGone(PeerId peer) {
            Home home = homes.remove(peer);
            if (home != null) {
                home.peers.decrementAndGet();
            }
        }

        @Override
        public void trackGone(Router.Origin origin) {
            origins.computeIfPresent(origin.spec().sid(), (sid, present) -> present == origin ? null : present);
        }
    }
}
