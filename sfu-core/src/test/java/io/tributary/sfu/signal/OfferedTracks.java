package io.tributary.sfu.signal;

import io.tributary.sfu.room.BackupCodecPolicy;
import io.tributary.sfu.room.Encryption;
import io.tributary.sfu.room.TrackType;
import io.tributary.sfu.room.TrackView;
import io.tributary.sfu.token.MediaSource;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.peer.IncomingMedia;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.MediaKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a room would know of the client's tracks: those asked for, those that came, those that ended.
final class OfferedTracks implements Answerer.Listener {
    final List<String> pending = new ArrayList<>();

    /// By cid, what a track was announced with.
    final Map<String, Codec> announced = new HashMap<>();
    final List<IncomingMedia> media = new ArrayList<>();
    final List<String> asked = new ArrayList<>();
    final List<String> ended = new ArrayList<>();
    boolean mayPublish = true;

    @Override
    public Optional<TrackView> onOffered(String cid, Codec codec, IncomingMedia offered) {
        asked.add(cid);
        if (!pending.remove(cid)) {
            return Optional.empty();
        }
        media.add(offered);
        return Optional.of(view(codec));
    }

    @Override
    public boolean mayPublish(String cid) {
        return mayPublish;
    }

    @Override
    public boolean expects(String cid) {
        return pending.contains(cid);
    }

    @Override
    public Optional<Codec> announced(String cid, MediaKind kind) {
        return Optional.ofNullable(announced.get(cid));
    }

    @Override
    public void onEnded(String mid) {
        ended.add(mid);
    }

    private static TrackView view(Codec codec) {
        return new TrackView(
                new TrackSid("TR_VCx"),
                codec.kind() == MediaKind.VIDEO ? TrackType.VIDEO : TrackType.AUDIO,
                "",
                false,
                640,
                360,
                true,
                false,
                MediaSource.CAMERA,
                List.of(),
                codec.mimeType(),
                "",
                List.of(),
                false,
                true,
                Encryption.GCM,
                "camera",
                0,
                List.of(),
                BackupCodecPolicy.values()[0],
                List.of());
    }
}
