package io.tributary.sfu.router;

import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import io.tributary.sfu.track.TrackSpec;
import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.ice.IceCandidate;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.peer.IncomingMedia;
import io.tributary.transport.peer.OutgoingMedia;
import io.tributary.transport.peer.PeerId;
import java.util.List;
import java.util.function.Consumer;

/// The control plane's only door to the media loops. Calls return at once and take effect in order, each on the loop
/// that owns the peer or track; what happens there comes back as [RouterEvent]s. Names that are not known (any more)
/// are
/// ignored: control and media learn of an end at different times.
public interface MediaPlane {
    /// Opens a connection on a loop of the plane's choice; the candidates are that loop's sockets, which is the
    /// placement. Events of this peer and of the tracks it publishes go to `events`, on the media loop.
    LocalTransport open(PeerId peer, Consumer<RouterEvent> events);

    /// What the remote side said in its SDP; again whenever it changes (ICE restart).
    void setRemote(PeerId peer, IceCredentials credentials, Fingerprint fingerprint);

    /// New local credentials for an ICE restart; the old ones stay valid until the new ones are used.
    IceCredentials restartIce(PeerId peer);

    /// Receives `media` from `peer` and makes it the track `track`.
    void publish(PeerId peer, TrackSpec track, IncomingMedia media);

    /// Ends a track: its m-line is closed and all forwarders go.
    void unpublish(PeerId peer, TrackSid track);

    /// Whether packets of the track are let through at all: false while the publisher has muted it.
    void setMuted(TrackSid track, boolean muted);

    /// Forwards `track` to `subscriber` as `media`.
    void subscribe(PeerId subscriber, TrackSid track, OutgoingMedia media, LayerDemand demand);

    void demand(PeerId subscriber, TrackSid track, LayerDemand demand);

    void unsubscribe(PeerId subscriber, TrackSid track);

    /// Closes the connection and everything on it.
    void close(PeerId peer);

    /// Our half of a connection, for SDP.
    record LocalTransport(IceCredentials credentials, Fingerprint fingerprint, List<IceCandidate> candidates) {
        public LocalTransport {
            candidates = List.copyOf(candidates);
        }
    }
}
