package io.tributary.sfu.room;

import io.tributary.sfu.token.MediaSource;
import io.tributary.sfu.track.TrackSid;
import java.util.List;

/// A track as clients are told of it (LiveKit's TrackInfo).
///
/// @param mimeType empty until media is negotiated
/// @param mid the publisher's m-line; empty until negotiated
/// @param unixMicros when the publication last changed; 0 before it is published
public record TrackView(
        TrackSid sid,
        TrackType type,
        String name,
        boolean muted,
        int width,
        int height,
        boolean simulcast,
        boolean disableDtx,
        MediaSource source,
        List<VideoLayer> layers,
        String mimeType,
        String mid,
        List<CodecView> codecs,
        boolean stereo,
        boolean disableRed,
        Encryption encryption,
        String stream,
        long unixMicros,
        List<Integer> audioFeatures,
        BackupCodecPolicy backupCodecPolicy,
        List<Integer> packetTrailerFeatures) {
    public TrackView {
        layers = List.copyOf(layers);
        codecs = List.copyOf(codecs);
        audioFeatures = List.copyOf(audioFeatures);
        packetTrailerFeatures = List.copyOf(packetTrailerFeatures);
    }

    /// One codec of a track.
    ///
    /// @param sdpCid the msid track id when it differs from the announced `cid`; else empty
    public record CodecView(
            String mimeType, String mid, String cid, List<VideoLayer> layers, VideoLayerMode layerMode, String sdpCid) {
        public CodecView {
            layers = List.copyOf(layers);
        }
    }
}
