package io.tributary.sfu.router;

import io.tributary.sfu.forward.ForwardDrop;
import io.tributary.sfu.forward.ResendBudget;
import io.tributary.sfu.forward.SubscriberForwarder;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.MirroredTrack;
import io.tributary.sfu.track.PublishedTrack;
import io.tributary.sfu.track.TrackDrop;
import io.tributary.sfu.track.TrackEvents;
import io.tributary.sfu.track.TrackSid;
import io.tributary.sfu.track.TrackSink;
import io.tributary.sfu.track.TrackSource;
import io.tributary.sfu.track.TrackSpec;
import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.loop.Timed;
import io.tributary.transport.peer.IncomingMedia;
import io.tributary.transport.peer.OutgoingMedia;
import io.tributary.transport.peer.PeerEnvironment;
import io.tributary.transport.peer.PeerEvents;
import io.tributary.transport.peer.PeerId;
import io.tributary.transport.peer.PeerQuality;
import io.tributary.transport.peer.PeerTable;
import io.tributary.transport.peer.PeerTransport;
import io.tributary.transport.peer.RepairCounters;
import io.tributary.transport.rtp.ExtensionMap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The peers, tracks and forwarders of one media loop, and the mirrors of other loops' tracks. Everything here runs on
/// that loop but [#post]; [MediaLoops] and other routers come in through it.
///
/// ```
///   loop 1                                          loop 2
///   PublishedTrack -> Fanout -> SubscriberForwarder
///                        |
///                        +----> MirrorLink ==ring==> MirroredTrack -> Fanout -> SubscriberForwarder
/// ```
/// A mirror exists as long as its loop has a subscriber. Either end may go first: the one that is left is told, and
/// whatever is still under way to the other finds nobody and ends there.
final class Router implements Timed {
    private static final Logger log = LoggerFactory.getLogger(Router.class);

    static final long TICK_MICROS = PublishedTrack.TICK_MICROS;
    static final long QUALITY_MICROS = 2_000_000;

    /// A published track as other loops know it.
    record Origin(Router router, TrackSpec spec, ExtensionMap extensions) {}

    /// What the plane as a whole knows, told when media ends something by itself. Any thread.
    interface Directory {
        void peerGone(PeerId peer);

        void trackGone(Origin origin);
    }

    /// One connection and what it has here.
    private static final class Peer {
        final PeerId id;
        final Consumer<RouterEvent> events;
        final PeerTransport transport;
        final Map<TrackSid, Published> published = new HashMap<>();
        final Map<TrackSid, Subscription> subscriptions = new HashMap<>();
        final ResendBudget resendBudget = new ResendBudget();
        final Consumer<Throwable> onFailure;
        long qualityMicros;

        Peer(PeerId id, Consumer<RouterEvent> events, Opening opening, BiConsumer<Peer, Throwable> onFailure) {
            this.id = id;
            this.events = events;
            this.onFailure = failure -> onFailure.accept(this, failure);
            this.transport = opening.open(this);
        }

        interface Opening {
            PeerTransport open(Peer peer);
        }
    }

    private static final class Published {
        final Origin origin;
        final Peer publisher;
        final String mid;
        final PublishedTrack track;
        final List<Subscription> subscriptions = new ArrayList<>();
        final List<MirrorLink> links = new ArrayList<>();

        Published(Origin origin, Peer publisher, String mid, PublishedTrack track) {
            this.origin = origin;
            this.publisher = publisher;
            this.mid = mid;
            this.track = track;
        }
    }

    private static final class Mirror {
        final Origin origin;
        final MirroredTrack<TrackSink> track;
        final List<Subscription> subscriptions = new ArrayList<>();

        Mirror(Origin origin, MirroredTrack<TrackSink> track) {
            this.origin = origin;
            this.track = track;
        }
    }

    /// @param siblings all subscriptions of the same source, this one among them
    private record Subscription(Peer subscriber, List<Subscription> siblings, SubscriberForwarder forwarder) {}

    private final MediaShard shard;
    private final PeerTable table;
    private final Fingerprint fingerprint;
    private final Directory directory;
    private final Map<PeerId, Peer> peers = new HashMap<>();
    private final Map<TrackSid, Published> published = new HashMap<>();
    private final Map<TrackSid, Mirror> mirrors = new HashMap<>();
    private final Map<Router, LoopLink> links = new HashMap<>();
    private final DropCounter<TrackDrop> trackDrops = new DropCounter<>(TrackDrop.class);
    private final DropCounter<ForwardDrop> forwardDrops = new DropCounter<>(ForwardDrop.class);
    private long tickMicros = NEVER;

    Router(MediaShard shard, PeerEnvironment environment, Directory directory) {
        this.shard = shard;
        this.directory = directory;
        table = new PeerTable(environment);
        fingerprint = environment.dtls().localFingerprint();
    }

    /// Of the certificate that this loop's connections present. Any thread.
    Fingerprint fingerprint() {
        return fingerprint;
    }

    /// Gives this router its way to another one. Before anything runs.
    void linkTo(Router other) {
        var link = new LoopLink(other.shard.loop());
        links.put(other, link);
        other.post(() -> other.shard.loop().poll(link));
    }

    void start() {
        shard.inlet().open(table);
    }

    /// Runs `task` on this router's loop. Any thread.
    void post(Runnable task) {
        shard.loop().post(task);
    }

    MediaShard shard() {
        return shard;
    }

    DropCounter<TrackDrop> trackDrops() {
        return trackDrops;
    }

    DropCounter<ForwardDrop> forwardDrops() {
        return forwardDrops;
    }

    RepairCounters repairs() {
        return table.repairs();
    }

    void open(PeerId id, IceCredentials local, Consumer<RouterEvent> events) {
        Peer peer;
        try {
            peer = new Peer(id, events, opened -> table.open(id, local, new EventsOf(opened)), this::fail);
        } catch (RuntimeException | AssertionError failure) {
            log.error("{} not opened", id, failure);
            directory.peerGone(id);
            events.accept(new RouterEvent.Failed(id, String.valueOf(failure.getMessage())));
            return;
        }
        peer.qualityMicros = shard.loop().nowMicros() + QUALITY_MICROS;
        peers.put(id, peer);
        if (tickMicros == NEVER) {
            tickMicros = shard.loop().nowMicros() + TICK_MICROS;
            shard.loop().watch(this);
        }
    }

    void setRemote(PeerId id, IceCredentials credentials, Fingerprint fingerprint) {
        onBehalfOf(id, peer -> peer.transport.setRemote(credentials, fingerprint));
    }

    void restartIce(PeerId id, IceCredentials local) {
        onBehalfOf(id, peer -> peer.transport.restartIce(local));
    }

    void publish(PeerId id, Origin origin, IncomingMedia media) {
        onBehalfOf(id, peer -> {
            TrackSpec spec = origin.spec();
            Published former = published.get(spec.sid());
            if (former != null) {
                end(former);
            }
            for (Published other : List.copyOf(peer.published.values())) {
                if (other.mid.equals(media.mid())) {
                    end(other); // its m-line is another track's now, and must not end with it later
                }
            }
            var events = new EventsOfTrack(peer, spec.sid());
            var track = new PublishedTrack(spec, origin.extensions(), events, trackDrops);
            var now = new Published(origin, peer, media.mid(), track);
            published.put(spec.sid(), now);
            peer.published.put(spec.sid(), now);
            peer.transport.receive(media, track);
        });
    }

    void unpublish(PeerId id, TrackSid sid) {
        onBehalfOf(id, peer -> {
            Published track = peer.published.get(sid);
            if (track != null) {
                end(track);
            }
        });
    }

    void setMuted(TrackSid sid, boolean muted) {
        Published track = published.get(sid);
        if (track != null) {
            track.track.muted(muted);
        }
    }

    void subscribe(PeerId id, Origin origin, OutgoingMedia media, LayerDemand demand) {
        onBehalfOf(id, peer -> {
            TrackSid sid = origin.spec().sid();
            unsubscribe(peer, sid);
            if (origin.router() == this) {
                Published track = published.get(sid);
                if (track != null) {
                    subscribe(peer, track.track, track.subscriptions, media, demand);
                }
            } else {
                Mirror mirror = mirrorOf(origin);
                subscribe(peer, mirror.track, mirror.subscriptions, media, demand);
            }
        });
    }

    private void subscribe(
            Peer peer,
            TrackSource<TrackSink> source,
            List<Subscription> siblings,
            OutgoingMedia media,
            LayerDemand demand) {
        var forwarder = new SubscriberForwarder(
                source,
                demand,
                feedback -> peer.transport.send(media, feedback),
                peer.resendBudget,
                forwardDrops,
                peer.onFailure);
        TrackSid sid = source.spec().sid();
        var subscription = new Subscription(peer, siblings, forwarder);
        peer.subscriptions.put(sid, subscription);
        siblings.add(subscription);
        if (peer.transport.connected()) {
            forwarder.onConnected(shard.loop().nowMicros());
        }
    }

    void demand(PeerId id, TrackSid sid, LayerDemand demand) {
        onBehalfOf(id, peer -> {
            Subscription subscription = peer.subscriptions.get(sid);
            if (subscription != null) {
                subscription.forwarder.demand(shard.loop().nowMicros(), demand);
            }
        });
    }

    void unsubscribe(PeerId id, TrackSid sid) {
        onBehalfOf(id, peer -> unsubscribe(peer, sid));
    }

    void close(PeerId id) {
        Peer peer = peers.get(id);
        if (peer != null) {
            close(peer);
        }
    }

    @Override
    public long nextDeadlineMicros() {
        return tickMicros;
    }

    @Override
    public void onDeadline(long nowMicros) {
        if (peers.isEmpty()) {
            tickMicros = NEVER;
            return;
        }
        tickMicros = nowMicros + TICK_MICROS;
        for (Published track : List.copyOf(published.values())) {
            guarded(track.publisher, () -> track.track.onTick(nowMicros));
        }
        for (Peer peer : List.copyOf(peers.values())) {
            if (nowMicros >= peer.qualityMicros && peer.transport.connected()) {
                peer.qualityMicros = nowMicros + QUALITY_MICROS;
                guarded(peer, () -> reportQuality(peer));
            }
        }
    }

    /// The mirror of a track that lives elsewhere, made with its first subscriber.
    private Mirror mirrorOf(Origin origin) {
        TrackSid sid = origin.spec().sid();
        Mirror present = mirrors.get(sid);
        if (present != null && present.origin == origin) {
            return present;
        }
        if (present != null) {
            end(present); // the sid was published anew, and the news of its end is still under way
        }
        Router home = origin.router();
        var track = new MirroredTrack<TrackSink>(
                origin.spec(),
                origin.extensions(),
                layer -> home.post(() -> home.requestKeyframe(origin, layer)),
                trackDrops);
        var mirror = new Mirror(origin, track);
        mirrors.put(sid, mirror);
        home.post(() -> home.addLink(origin, this, track));
        return mirror;
    }

    private void addLink(Origin origin, Router destination, MirroredTrack<TrackSink> mirror) {
        Published track = published.get(origin.spec().sid());
        if (track == null || track.origin != origin) {
            destination.post(() -> destination.onOriginGone(origin));
            return;
        }
        var link = new MirrorLink(
                mirror,
                Objects.requireNonNull(links.get(destination)),
                destination,
                trackDrops,
                broken -> fail(track.publisher, new IllegalStateException("a link to another loop broke")));
        track.links.add(link);
        track.track.fanout().add(link);
        long nowMicros = shard.loop().nowMicros();
        for (int i = 0; i < origin.spec().layers(); i++) {
            if (track.track.layer(i).clock().known()) {
                link.onSenderReport(nowMicros, track.track.layer(i));
            }
        }
    }

    private void removeLink(Origin origin, MirroredTrack<TrackSink> mirror) {
        Published track = published.get(origin.spec().sid());
        if (track != null && track.origin == origin) {
            for (MirrorLink link : List.copyOf(track.links)) {
                if (link.mirror() == mirror) {
                    track.links.remove(link);
                    track.track.fanout().remove(link);
                }
            }
        }
    }

    private void requestKeyframe(Origin origin, int layer) {
        Published track = published.get(origin.spec().sid());
        if (track != null && track.origin == origin) {
            long nowMicros = shard.loop().nowMicros();
            guarded(track.publisher, () -> track.track.requestKeyframe(layer, nowMicros));
        }
    }

    private void onOriginGone(Origin origin) {
        Mirror mirror = mirrors.get(origin.spec().sid());
        if (mirror != null && mirror.origin == origin) {
            end(mirror);
        }
    }

    private void unsubscribe(Peer peer, TrackSid sid) {
        Subscription subscription = peer.subscriptions.remove(sid);
        if (subscription == null) {
            return;
        }
        subscription.siblings.remove(subscription);
        subscription.forwarder.close();
        Mirror mirror = mirrors.get(sid);
        if (mirror != null && mirror.subscriptions.isEmpty()) {
            end(mirror);
        }
    }

    private void end(Published track) {
        published.remove(track.origin.spec().sid());
        track.publisher.published.remove(track.origin.spec().sid());
        track.publisher.transport.stopReceiving(track.mid);
        for (MirrorLink link : track.links) {
            track.track.fanout().remove(link);
            link.destination().post(() -> link.destination().onOriginGone(track.origin));
        }
        endAll(track.subscriptions);
        track.track.close();
        directory.trackGone(track.origin);
    }

    private void end(Mirror mirror) {
        mirrors.remove(mirror.origin.spec().sid());
        endAll(mirror.subscriptions);
        mirror.track.close();
        Router home = mirror.origin.router();
        home.post(() -> home.removeLink(mirror.origin, mirror.track));
    }

    private void endAll(List<Subscription> subscriptions) {
        for (Subscription subscription : List.copyOf(subscriptions)) {
            unsubscribe(subscription.subscriber, subscription.forwarder.track());
        }
    }

    private void close(Peer peer) {
        peers.remove(peer.id);
        directory.peerGone(peer.id);
        for (TrackSid sid : List.copyOf(peer.subscriptions.keySet())) {
            unsubscribe(peer, sid);
        }
        for (Published track : List.copyOf(peer.published.values())) {
            end(track);
        }
        peer.transport.close();
    }

    private void reportQuality(Peer peer) {
        PeerQuality quality = peer.transport.takeQuality();
        peer.events.accept(
                new RouterEvent.Quality(peer.id, quality.uplinkLossPercent(), quality.downlinkLossPercent(), (int)
                        (quality.roundTripMicros() / 1_000)));
    }

    private void onBehalfOf(PeerId id, Consumer<Peer> task) {
        Peer peer = peers.get(id);
        if (peer != null) {
            guarded(peer, () -> task.accept(peer));
        }
    }

    /// What throws here is our bug, and costs the peer it was done for its connection, and nobody else anything.
    private void guarded(Peer peer, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | AssertionError failure) {
            fail(peer, failure);
        }
    }

    private void fail(Peer peer, Throwable failure) {
        if (peers.get(peer.id) == peer) {
            log.error("{} closed after a failure", peer.id, failure);
            close(peer);
            peer.events.accept(new RouterEvent.Failed(peer.id, String.valueOf(failure.getMessage())));
        }
    }

    private final class EventsOf implements PeerEvents {
        private final Peer peer;

        EventsOf(Peer peer) {
            this.peer = peer;
        }

        @Override
        public void onConnected(long nowMicros) {
            for (Subscription subscription : List.copyOf(peer.subscriptions.values())) {
                subscription.forwarder.onConnected(nowMicros);
            }
            peer.events.accept(new RouterEvent.Connected(peer.id));
        }

        @Override
        public void onDisconnected(long nowMicros, String reason) {
            peer.events.accept(new RouterEvent.Disconnected(peer.id, reason));
        }

        @Override
        public void onFailed(long nowMicros, Throwable failure) {
            fail(peer, failure);
        }
    }

    private record EventsOfTrack(Peer publisher, TrackSid track) implements TrackEvents {
        @Override
        public void onLayerStarted(int layer, int ssrc) {
            publisher.events.accept(new RouterEvent.LayerStarted(track, layer, ssrc));
        }

        @Override
        public void onPlaintext() {
            publisher.events.accept(new RouterEvent.PlaintextSeen(track));
        }

        @Override
        public void onAudioLevel(int loudestDbov, int activeMillis, int observedMillis) {
            publisher.events.accept(new RouterEvent.AudioLevel(track, loudestDbov, activeMillis, observedMillis));
        }
    }
}
