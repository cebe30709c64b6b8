package io.tributary.server;

import io.tributary.sfu.router.MediaPlane;
import io.tributary.sfu.router.RouterEvent;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import io.tributary.sfu.track.TrackSpec;
import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.ice.IceCandidate;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.io.DatagramReceiver;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.loop.MediaLoop;
import io.tributary.transport.peer.IncomingMedia;
import io.tributary.transport.peer.OutgoingMedia;
import io.tributary.transport.peer.PeerEnvironment;
import io.tributary.transport.peer.PeerEvents;
import io.tributary.transport.peer.PeerId;
import io.tributary.transport.peer.PeerTable;
import io.tributary.transport.peer.PeerTransport;
import io.tributary.transport.recording.Recording;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A media plane that forwards nothing and writes down what one publisher sends: real connections on one loop. The
/// newest track is the one that counts.
final class RecordingPlane implements MediaPlane, DatagramReceiver {
    private final MediaLoop loop;
    private final RandomGenerator random;
    private final Fingerprint fingerprint;
    private final List<IceCandidate> candidates;
    private final Map<PeerId, PeerTransport> peers = new HashMap<>();
    private @Nullable PeerTable table;
    private @Nullable TrackRecorder newest;

    /// @param candidates the loop's sockets as peers reach them
    RecordingPlane(MediaLoop loop, RandomGenerator random, Fingerprint fingerprint, List<IceCandidate> candidates) {
        this.loop = loop;
        this.random = random;
        this.fingerprint = fingerprint;
        this.candidates = List.copyOf(candidates);
    }

    /// Once there are sockets that peers can be answered by.
    void start(PeerEnvironment environment) {
        loop.post(() -> table = new PeerTable(environment));
    }

    /// What the newest track sends from now on, for as long as [TrackRecorder#LENGTH_MICROS]. Any thread.
    CompletableFuture<Recording> record(String about) {
        var recording = new CompletableFuture<Recording>();
        loop.post(() -> {
            if (newest == null) {
                recording.completeExceptionally(new IllegalStateException("nobody publishes"));
            } else {
                newest.begin(loop.nowMicros(), about, recording);
            }
        });
        return recording;
    }

    @Override
    public void receive(long nowMicros, int socket, InetSocketAddress remote, PacketBuffer datagram) {
        if (table != null) {
            table.receive(nowMicros, socket, remote, datagram);
        }
    }

    @Override
    public LocalTransport open(PeerId peer, Consumer<RouterEvent> events) {
        IceCredentials local = IceCredentials.random(random);
        loop.post(() -> {
            if (table != null) {
                peers.put(peer, table.open(peer, local, new Told(peer, events)));
            }
        });
        return new LocalTransport(local, fingerprint, candidates);
    }

    @Override
    public void setRemote(PeerId peer, IceCredentials credentials, Fingerprint remote) {
        at(peer, transport -> transport.setRemote(credentials, remote));
    }

    @Override
    public IceCredentials restartIce(PeerId peer) {
        throw new UnsupportedOperationException("recordings are short");
    }

    @Override
    public void publish(PeerId peer, TrackSpec track, IncomingMedia media) {
        at(peer, transport -> {
            newest = new TrackRecorder(track, media.extensions());
            transport.receive(media, newest);
        });
    }

    @Override
    public void close(PeerId peer) {
        at(peer, transport -> {
            peers.remove(peer);
            transport.close();
        });
    }

    // Nobody watches a recording being made, and a track lasts as long as its publisher.

    @Override
    public void unpublish(PeerId peer, TrackSid track) {}

    @Override
    public void setMuted(TrackSid track, boolean muted) {}

    @Override
    public void subscribe(PeerId subscriber, TrackSid track, OutgoingMedia media, LayerDemand demand) {}

    @Override
    public void demand(PeerId subscriber, TrackSid track, LayerDemand demand) {}

    @Override
    public void unsubscribe(PeerId subscriber, TrackSid track) {}

    private void at(PeerId peer, Consumer<PeerTransport> task) {
        loop.post(() -> {
            PeerTransport transport = peers.get(peer);
            if (transport != null) {
                task.accept(transport);
            }
        });
    }

    private record Told(PeerId peer, Consumer<RouterEvent> events) implements PeerEvents {
        @Override
        public void onConnected(long nowMicros) {
            events.accept(new RouterEvent.Connected(peer));
        }

        @Override
        public void onDisconnected(long nowMicros, String reason) {
            events.accept(new RouterEvent.Disconnected(peer, reason));
        }
    }
}
