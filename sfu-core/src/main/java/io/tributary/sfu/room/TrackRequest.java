package io.tributary.sfu.room;

import io.tributary.sfu.token.MediaSource;
import java.util.List;

/// A client's wish to publish a track, before any media (LiveKit's AddTrackRequest).
///
/// @param cid the client's own id of the track, found again as the msid track id in its SDP
/// @param sid an existing track this adds a backup codec to; empty for a new track
/// @param stream empty lets the server choose
/// @param audioFeatures wire numbers, echoed to subscribers
/// @param packetTrailerFeatures wire numbers, echoed to subscribers
public record TrackRequest(
        String cid,
        String name,
        TrackType type,
        int width,
        int height,
        boolean muted,
        boolean disableDtx,
        MediaSource source,
        List<VideoLayer> layers,
        List<SimulcastCodec> simulcastCodecs,
        String sid,
        boolean stereo,
        boolean disableRed,
        Encryption encryption,
        String stream,
        BackupCodecPolicy backupCodecPolicy,
        List<Integer> audioFeatures,
        List<Integer> packetTrailerFeatures) {
    public TrackRequest {
        layers = List.copyOf(layers);
        simulcastCodecs = List.copyOf(simulcastCodecs);
        audioFeatures = List.copyOf(audioFeatures);
        packetTrailerFeatures = List.copyOf(packetTrailerFeatures);
    }

    /// One codec the client would publish this track in.
    ///
    /// @param codec `vp8`, `video/vp8`, in any case; may be empty
    /// @param cid may be empty
    public record SimulcastCodec(String codec, String cid, List<VideoLayer> layers, VideoLayerMode layerMode) {
        public SimulcastCodec {
            layers = List.copyOf(layers);
        }
    }
}
