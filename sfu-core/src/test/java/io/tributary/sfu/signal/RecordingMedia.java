package io.tributary.sfu.signal;

import io.tributary.sfu.router.MediaPlane;
import io.tributary.sfu.router.RouterEvent;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import io.tributary.sfu.track.TrackSpec;
import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.ice.IceCandidate;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.peer.IncomingMedia;
import io.tributary.transport.peer.OutgoingMedia;
import io.tributary.transport.peer.PeerId;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// A media plane that forwards nothing and remembers what it was asked to, a line each: `subscribe peer-1 TR_x 3`.
final class RecordingMedia implements MediaPlane {
    private static final Fingerprint FINGERPRINT = new Fingerprint("sha-256", "AA:BB");

    final List<String> calls = new ArrayList<>();
    private final Map<PeerId, Consumer<RouterEvent>> events = new HashMap<>();

    /// Calls that begin with this fail, as a bug of ours would.
    String broken = "none";

    PeerId lastOpened = new PeerId(0);

    /// Lets the plane say something to whoever opened `peer`.
    void says(PeerId peer, RouterEvent event) {
        events.getOrDefault(peer, ignored -> {}).accept(event);
    }

    List<String> calls(String prefix) {
        return calls.stream().filter(call -> call.startsWith(prefix)).toList();
    }

    @Override
    public LocalTransport open(PeerId peer, Consumer<RouterEvent> listener) {
        call("open " + peer);
        lastOpened = peer;
        events.put(peer, listener);
        return new LocalTransport(
                credentials(peer, 0),
                FINGERPRINT,
                List.of(new IceCandidate("1", 2130706431, InetAddress.getLoopbackAddress(), 7882)));
    }

    @Override
    public void setRemote(PeerId peer, IceCredentials credentials, Fingerprint fingerprint) {
        call("setRemote " + peer + " " + credentials.ufrag());
    }

    @Override
    public IceCredentials restartIce(PeerId peer) {
        call("restartIce " + peer);
        return credentials(peer, calls("restartIce " + peer).size());
    }

    @Override
    public void publish(PeerId peer, TrackSpec track, IncomingMedia media) {
        call("publish " + peer + " " + track.sid().value() + " " + media.mid());
    }

    @Override
    public void unpublish(PeerId peer, TrackSid track) {
        call("unpublish " + peer + " " + track.value());
    }

    @Override
    public void setMuted(TrackSid track, boolean muted) {
        call("setMuted " + track.value() + " " + muted);
    }

    @Override
    public void subscribe(PeerId subscriber, TrackSid track, OutgoingMedia media, LayerDemand demand) {
        call("subscribe " + subscriber + " " + track.value() + " " + media.mid());
    }

    @Override
    public void demand(PeerId subscriber, TrackSid track, LayerDemand demand) {
        call("demand " + subscriber + " " + track.value() + " " + demand.layer());
    }

    @Override
    public void unsubscribe(PeerId subscriber, TrackSid track) {
        call("unsubscribe " + subscriber + " " + track.value());
    }

    @Override
    public void close(PeerId peer) {
        call("close " + peer);
    }

    private void call(String call) {
        if (call.startsWith(broken)) {
            throw new IllegalStateException("broken on purpose: " + call);
        }
        calls.add(call);
    }

    private static IceCredentials credentials(PeerId peer, int restarts) {
        return new IceCredentials("ufrag" + peer.value() + "-" + restarts, "serverpasswordserverpass");
    }
}
