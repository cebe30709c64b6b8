package io.tributary.sfu.room;

import io.tributary.sfu.room.TrackRequest.SimulcastCodec;
import io.tributary.sfu.room.TrackView.CodecView;
import io.tributary.sfu.token.MediaSource;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import io.tributary.sfu.track.TrackSpec;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.MediaKind;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A track of a participant: pending from its request until SDP carries it, published from then on.
final class Publication {
    /// Wire numbers of audio features that a request may also say with a flag of its own.
    private static final int FEATURE_STEREO = 0;

    private static final int FEATURE_NO_DTX = 1;

    /// Low to high, in both spellings clients use.
    private static final List<String> RIDS_LOW_TO_HIGH = List.of("q", "2", "h", "1", "f", "0");

    final TrackSid sid;
    final Participant publisher;

    boolean muted;

    /// Announced encryption and sent plaintext.
    boolean plaintext;

    /// Sent plaintext where that is forbidden; it stays muted.
    boolean silenced;

    int width;
    int height;
    List<Integer> audioFeatures;

    /// Somebody has received it: the publisher was told.
    boolean toldSubscribed;

    final WantedQuality wantedQuality;

    private final TrackRequest request;
    private final List<Codec> enabledCodecs;
    private List<VideoLayer> layers;
    private @Nullable Codec codec;
    private String mid = "";
    private String sdpCid = "";
    private List<String> rids = List.of();
    private long unixMicros;

    /// The client ids under which the publisher said that it sends another codec of this track too.
    private final Map<Codec, String> backupCids = new EnumMap<>(Codec.class);

    /// @param enabledCodecs what may be published here
    Publication(
            TrackSid sid,
            Participant publisher,
            TrackRequest request,
            List<Codec> enabledCodecs,
            Timers.Timer downgradeTimer) {
        this.sid = sid;
        this.publisher = publisher;
        this.request = request;
        this.enabledCodecs = enabledCodecs;
        this.muted = request.muted();
        this.width = request.width();
        this.height = request.height();
        this.audioFeatures = features(request);
        this.layers = declaredLayers(request);
        this.wantedQuality = new WantedQuality(downgradeTimer);
    }

    TrackRequest request() {
        return request;
    }

    boolean published() {
        return codec != null;
    }

    /// Of a published track.
    Codec codec() {
        return Objects.requireNonNull(codec);
    }

    String mid() {
        return mid;
    }

    /// The id that the SDP gave it instead of the one announced; empty without such.
    String sdpCid() {
        return sdpCid;
    }

    boolean video() {
        return request.type() == TrackType.VIDEO;
    }

    MediaKind kind() {
        return video() ? MediaKind.VIDEO : MediaKind.AUDIO;
    }

    /// Whether the client means this track by `cid`.
    boolean answersTo(String cid) {
        if (cid.isEmpty()) {
            return false;
        }
        for (SimulcastCodec simulcast : request.simulcastCodecs()) {
            if (simulcast.cid().equals(cid)) {
                return true;
            }
        }
        return request.cid().equals(cid) || sdpCid.equals(cid) || backupCids.containsValue(cid);
    }

    /// Remembers under which ids the publisher offers codecs that it kept ready. Nothing else of the track
    /// changes.
    ///
    /// @return whether there is such a codec: announced with the track, and not the one that is forwarded
    boolean backUp(TrackRequest more) {
        boolean any = false;
        for (SimulcastCodec backup : more.simulcastCodecs()) {
            Optional<Codec> kept = enabled(backup.codec())
                    .filter(named -> named != codec && announced().contains(named));
            kept.ifPresent(named -> backupCids.put(named, backup.cid().isEmpty() ? more.cid() : backup.cid()));
            any |= kept.isPresent();
        }
        return any;
    }

    /// Codecs as the publisher knows them: first the one that is forwarded, then those it keeps ready. A client
    /// that could not offer the codec it announced first goes on calling what it sends by that name.
    List<Codec> codecsOfPublisher() {
        List<Codec> announced = announced();
        return announced.isEmpty() ? List.of(codec()) : announced;
    }

    private List<Codec> announced() {
        return request.simulcastCodecs().stream()
                .flatMap(named -> enabled(named.codec()).stream())
                .distinct()
                .toList();
    }

    /// From pending to published.
    void negotiated(Codec withCodec, String onMid, String cid, List<String> withRids, long atUnixMicros) {
        sdpCid = answersTo(cid) ? "" : cid;
        codec = withCodec;
        mid = onMid;
        rids = lowToHigh(withRids);
        List<VideoLayer> found = new ArrayList<>();
        for (int i = 0; i < layers.size(); i++) {
            VideoLayer layer = layers.get(i);
            String rid = i < rids.size() ? rids.get(i) : "";
            found.add(new VideoLayer(
                    layer.quality(), layer.width(), layer.height(), layer.bitrateBps(), layer.ssrc(), i, rid, 0));
        }
        layers = found;
        unixMicros = atUnixMicros;
    }

    /// The first packet of a layer was seen.
    void layerStarted(int index, int ssrc) {
        if (index >= 0 && index < layers.size()) {
            VideoLayer layer = layers.get(index);
            List<VideoLayer> found = new ArrayList<>(layers);
            found.set(
                    index,
                    new VideoLayer(
                            layer.quality(),
                            layer.width(),
                            layer.height(),
                            layer.bitrateBps(),
                            ssrc,
                            layer.spatialLayer(),
                            layer.rid(),
                            layer.repairSsrc()));
            layers = found;
        }
    }

    TrackSpec spec() {
        return new TrackSpec(sid, codec(), rids, request.encryption().protection());
    }

    /// Layers that a subscriber can be given: streams that arrive separately, or else what one stream has in it.
    int layerCount() {
        return Math.max(1, scalable() ? layers.size() : rids.size());
    }

    /// Whether its layers come together in one stream.
    private boolean scalable() {
        return codec != null && codec.scalable() && rids.isEmpty();
    }

    LayerDemand highestDemand() {
        return LayerDemand.upTo(layerCount() - 1);
    }

    /// The highest layer that is not above `quality`; the lowest there is if all are.
    LayerDemand demandForQuality(VideoQuality quality) {
        int layer = 0;
        for (int i = 0; i < layerCount(); i++) {
            if (qualityOf(i).compareTo(quality) <= 0) {
                layer = i;
            }
        }
        return LayerDemand.upTo(layer);
    }

    /// The smallest layer of at least nine tenths of what is shown, by height, or by width for upright video: a
    /// tile is cut to fit the other way.
    LayerDemand demandForSize(int shownWidth, int shownHeight) {
        boolean upright = width < height;
        int shown = upright ? shownWidth : shownHeight;
        for (int i = 0; i < Math.min(layerCount(), layers.size()); i++) {
            int size = upright ? layers.get(i).width() : layers.get(i).height();
            if (size >= 0.9 * shown) {
                return LayerDemand.upTo(i);
            }
        }
        return highestDemand();
    }

    /// What a layer counts as. The only layer of a track counts as the best: whatever is asked for, it is the
    /// answer.
    VideoQuality qualityOf(int layer) {
        if (layerCount() == 1) {
            return VideoQuality.HIGH;
        }
        return layer < layers.size()
                ? layers.get(layer).quality()
                : VideoQuality.values()[Math.min(layer, VideoQuality.HIGH.ordinal())];
    }

    TrackView view() {
        String mimeType = codec == null ? "" : codec.mimeType();
        return new TrackView(
                sid,
                request.type(),
                request.name(),
                muted,
                width,
                height,
                video() && layers.size() > 1,
                request.disableDtx(),
                request.source(),
                layers,
                mimeType,
                mid,
                codecViews(mimeType),
                request.stereo(),
                request.disableRed(),
                request.encryption(),
                stream(),
                unixMicros,
                audioFeatures,
                // Without a list of codecs a client knows nothing of codec regression.
                request.simulcastCodecs().isEmpty() ? BackupCodecPolicy.SIMULCAST : request.backupCodecPolicy(),
                request.packetTrailerFeatures());
    }

    /// The codec that is forwarded, and behind it those that the publisher keeps ready.
    private List<CodecView> codecViews(String mimeType) {
        List<SimulcastCodec> announced = request.simulcastCodecs();
        List<CodecView> views = new ArrayList<>();
        String cid = announced.isEmpty() ? "" : announced.getFirst().cid();
        String forwardedCid = cid.isEmpty() ? request.cid() : cid;
        String planned = mimeType.isEmpty() && !announced.isEmpty() ? plannedCodec() : mimeType;
        views.add(new CodecView(planned, mid, forwardedCid, layers, layerMode(planned), sdpCid));
        for (SimulcastCodec backup : announced) {
            enabled(backup.codec())
                    .filter(kept ->
                            views.stream().noneMatch(view -> view.mimeType().equals(kept.mimeType())))
                    .ifPresent(kept -> views.add(backupView(kept, backup, forwardedCid)));
        }
        return views;
    }

    private CodecView backupView(Codec kept, SimulcastCodec backup, String forwardedCid) {
        List<VideoLayer> its = backup.layers().isEmpty() ? declaredLayers(request) : backup.layers();
        // An m-line carries one codec: this has another, or none yet.
        String announcedCid = backup.cid().equals(forwardedCid) ? "" : backup.cid();
        String cid = backupCids.getOrDefault(kept, announcedCid);
        return new CodecView(kept.mimeType(), "", cid, its, layerMode(kept.mimeType()), "");
    }

    /// What the publisher is to be asked for: the first enabled codec of those it named, else the first of all.
    private String plannedCodec() {
        return Stream.concat(
                        request.simulcastCodecs().stream().flatMap(named -> enabled(named.codec()).stream()),
                        enabledCodecs.stream().filter(enabled -> enabled.kind() == kind()))
                .findFirst()
                .map(Codec::mimeType)
                .orElse("");
    }

    private Optional<Codec> enabled(String name) {
        return Codec.named(name).filter(named -> named.kind() == kind() && enabledCodecs.contains(named));
    }

    private VideoLayerMode layerMode(String mimeType) {
        boolean together =
                rids.isEmpty() && Codec.named(mimeType).filter(Codec::scalable).isPresent();
        return together
                ? VideoLayerMode.MULTIPLE_SPATIAL_LAYERS_PER_STREAM
                : VideoLayerMode.ONE_SPATIAL_LAYER_PER_STREAM;
    }

    private String stream() {
        if (!request.stream().isEmpty()) {
            return request.stream();
        }
        MediaSource source = request.source();
        return switch (source) {
            case CAMERA, MICROPHONE -> "camera";
            case SCREEN_SHARE, SCREEN_SHARE_AUDIO -> "screen";
            case UNKNOWN -> "unknown";
        };
    }

    private static List<VideoLayer> declaredLayers(TrackRequest request) {
        List<VideoLayer> declared = request.layers();
        if (declared.isEmpty() && !request.simulcastCodecs().isEmpty()) {
            declared = request.simulcastCodecs().getFirst().layers();
        }
        return declared.stream()
                .sorted(Comparator.comparing(VideoLayer::quality))
                .toList();
    }

    private static List<Integer> features(TrackRequest request) {
        List<Integer> features = new ArrayList<>(request.audioFeatures());
        if (request.stereo() && !features.contains(FEATURE_STEREO)) {
            features.add(FEATURE_STEREO);
        }
        if (request.disableDtx() && request.type() == TrackType.AUDIO && !features.contains(FEATURE_NO_DTX)) {
            features.add(FEATURE_NO_DTX);
        }
        return List.copyOf(features);
    }

    /// SDP order says nothing (Firefox turns it round); names do. Unknown names keep their order.
    private static List<String> lowToHigh(List<String> rids) {
        return RIDS_LOW_TO_HIGH.containsAll(rids)
                ? rids.stream()
                        .sorted(Comparator.comparingInt(RIDS_LOW_TO_HIGH::indexOf))
                        .toList()
                : List.copyOf(rids);
    }
}
