package io.tributary.sfu.room;

import io.tributary.sfu.room.RoomMessage.ParticipantsChanged;
import io.tributary.sfu.room.TrackRequest.SimulcastCodec;
import io.tributary.sfu.token.AccessToken;
import io.tributary.sfu.token.MediaSource;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.ParticipantKind;
import io.tributary.sfu.token.RoomName;
import io.tributary.sfu.token.VideoGrant;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.rtp.Codec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/// A registry with virtual time, guests that say what clients say, and everything that came of it.
final class RoomWorld {
    static final RoomName ROOM = new RoomName("kitchen");
    static final long UNIX_OFFSET_MICROS = 1_795_000_000_000_000L;

    final RoomRegistry registry;
    final List<RoomEffect> effects = new ArrayList<>();
    long nowMicros = 1_000_000;
    boolean memoryForMore = true;
    private int mark;

    RoomWorld() {
        this(RoomSettings.DEFAULTS);
    }

    RoomWorld(RoomSettings settings) {
        registry = new RoomRegistry(settings, UNIX_OFFSET_MICROS, new Random(7), () -> memoryForMore, effects::addAll);
    }

    static final class Wish {
        String identity;
        String room = ROOM.value();
        boolean roomJoin = true;
        boolean roomCreate;
        boolean canPublish = true;
        boolean canSubscribe = true;
        boolean canUpdateMetadata = true;
        boolean hidden;
        Set<MediaSource> sources = Set.of();
        ParticipantKind kind = ParticipantKind.STANDARD;
        boolean autoSubscribe = true;
        boolean adaptiveStream;
        int protocol = 17;
        String metadata = "";
        Map<String, String> attributes = Map.of();
        Map<String, Object> claims = Map.of();

        Wish(String identity) {
            this.identity = identity;
        }

        Wish subscribeOnly() {
            canPublish = false;
            return this;
        }

        Wish hidden() {
            hidden = true;
            canPublish = false;
            return this;
        }

        JoinOrder order() {
            VideoGrant grant = new VideoGrant(
                    room,
                    roomJoin,
                    roomCreate,
                    false,
                    false,
                    canPublish,
                    canSubscribe,
                    canPublish,
                    sources,
                    canUpdateMetadata,
                    false,
                    hidden,
                    false,
                    false,
                    List.of());
            AccessToken token = new AccessToken(
                    "key", new ParticipantIdentity(identity), identity, kind, "", Map.of(), grant, 0, claims);
            ClientInfo client = new ClientInfo(1, "2.23.0", protocol, "", "", "", "", "", "", 2, List.of(1));
            return new JoinOrder(token, client, autoSubscribe, adaptiveStream, metadata, attributes);
        }
    }

    static Wish wish(String identity) {
        return new Wish(identity);
    }

    /// In, connected, and the news of it spread.
    Guest guest(String identity) {
        return guest(wish(identity));
    }

    Guest guest(Wish wish) {
        Guest guest = admitted(wish);
        guest.does(new RoomIntent.JoinWritten(guest.sid));
        guest.does(new RoomIntent.Connected(guest.sid));
        return guest;
    }

    /// In, with the join message not written yet.
    Guest admitted(Wish wish) {
        return tries(wish).orElseThrow(() -> new AssertionError("refused: " + wish.identity));
    }

    /// In as [#admitted] is, or refused.
    Optional<Guest> tries(Wish wish) {
        JoinOutcome outcome = registry.join(nowMicros, wish.order());
        return outcome instanceof JoinOutcome.Admitted(ParticipantSid sid, JoinView view)
                ? Optional.of(new Guest(sid, view, new ParticipantIdentity(wish.identity)))
                : Optional.empty();
    }

    void apply(RoomIntent intent) {
        registry.apply(nowMicros, ROOM, intent);
    }

    /// Lets time pass; everything due happens at its time.
    void advance(long millis) {
        long untilMicros = nowMicros + millis * 1000;
        while (registry.nextDeadlineMicros() <= untilMicros) {
            nowMicros = Math.max(nowMicros, registry.nextDeadlineMicros());
            registry.onDeadline(nowMicros);
        }
        nowMicros = untilMicros;
    }

    /// What comes later counts as new.
    void mark() {
        mark = effects.size();
    }

    List<RoomEffect> fresh() {
        return List.copyOf(effects.subList(mark, effects.size()));
    }

    <T extends RoomEffect> List<T> fresh(Class<T> type) {
        return fresh().stream().filter(type::isInstance).map(type::cast).toList();
    }

    List<RoomEvent> events() {
        return effects.stream()
                .filter(RoomEffect.Emit.class::isInstance)
                .map(effect -> ((RoomEffect.Emit) effect).event())
                .toList();
    }

    final class Guest {
        final ParticipantSid sid;
        final JoinView view;
        final ParticipantIdentity identity;
        private int nextMid = 7;

        Guest(ParticipantSid sid, JoinView view, ParticipantIdentity identity) {
            this.sid = sid;
            this.view = view;
            this.identity = identity;
        }

        void does(RoomIntent intent) {
            apply(intent);
        }

        /// Announced and negotiated.
        TrackSid microphone() {
            TrackSid sid = announces(audio("mic-" + this.sid.value()));
            negotiates("mic-" + this.sid.value(), Codec.OPUS, List.of());
            return sid;
        }

        /// Three layers, announced and negotiated.
        TrackSid camera() {
            TrackSid sid = announces(video("cam-" + this.sid.value()));
            negotiates("cam-" + this.sid.value(), Codec.VP8, List.of("f", "h", "q"));
            return sid;
        }

        TrackSid announces(TrackRequest request) {
            int before = effects.size();
            does(new RoomIntent.AddTrack(sid, request));
            return effects.subList(before, effects.size()).stream()
                    .flatMap(effect -> messageTo(effect, RoomMessage.TrackPublished.class))
                    .findFirst()
                    .map(published -> published.track().sid())
                    .orElse(new TrackSid("none"));
        }

        /// Returns the m-line.
        String negotiates(String cid, Codec codec, List<String> rids) {
            String mid = Integer.toString(nextMid++);
            does(new RoomIntent.TrackNegotiated(sid, cid, mid, codec, rids));
            return mid;
        }

        /// What it was told since the mark.
        <T extends RoomMessage> List<T> told(Class<T> type) {
            return fresh().stream().flatMap(effect -> messageTo(effect, type)).toList();
        }

        <T extends RoomMessage> Stream<T> messageTo(RoomEffect effect, Class<T> type) {
            return effect instanceof RoomEffect.Tell(ParticipantSid to, RoomMessage message)
                            && to.equals(sid)
                            && type.isInstance(message)
                    ? Stream.of(type.cast(message))
                    : Stream.empty();
        }

        /// The views of `other` it was sent since the mark, oldest first.
        List<ParticipantView> viewsOf(Guest other) {
            return told(ParticipantsChanged.class).stream()
                    .flatMap(changed -> changed.participants().stream())
                    .filter(view -> view.sid().equals(other.sid))
                    .toList();
        }

        Optional<ParticipantView> latestOf(Guest other) {
            List<ParticipantView> views = viewsOf(other);
            return views.isEmpty() ? Optional.empty() : Optional.of(views.getLast());
        }

        List<TrackSid> subscribes() {
            return fresh(RoomEffect.Subscribe.class).stream()
                    .filter(subscribe -> subscribe.subscriber().equals(sid))
                    .map(subscribe -> subscribe.track().sid())
                    .toList();
        }

        List<TrackSid> unsubscribes() {
            return fresh(RoomEffect.Unsubscribe.class).stream()
                    .filter(unsubscribe -> unsubscribe.subscriber().equals(sid))
                    .map(RoomEffect.Unsubscribe::track)
                    .toList();
        }

        List<LayerDemand> demands() {
            return fresh().stream()
                    .flatMap(effect -> switch (effect) {
                        case RoomEffect.Subscribe s when s.subscriber().equals(sid) -> Stream.of(s.demand());
                        case RoomEffect.Demand d when d.subscriber().equals(sid) -> Stream.of(d.demand());
                        default -> Stream.<LayerDemand>empty();
                    })
                    .toList();
        }

        void settings(TrackSid track, TrackSettings settings) {
            does(new RoomIntent.UpdateTrackSettings(sid, List.of(track), settings));
        }
    }

    static TrackRequest audio(String cid) {
        return request(cid, TrackType.AUDIO, MediaSource.MICROPHONE, List.of(), List.of());
    }

    static TrackRequest video(String cid) {
        List<VideoLayer> layers = List.of(
                new VideoLayer(VideoQuality.HIGH, 1280, 720, 1_700_000),
                new VideoLayer(VideoQuality.LOW, 320, 180, 160_000),
                new VideoLayer(VideoQuality.MEDIUM, 640, 360, 450_000));
        return request(
                cid,
                TrackType.VIDEO,
                MediaSource.CAMERA,
                layers,
                List.of(new SimulcastCodec("vp8", cid, List.of(), VideoLayerMode.UNUSED)));
    }

    static TrackRequest request(
            String cid, TrackType type, MediaSource source, List<VideoLayer> layers, List<SimulcastCodec> codecs) {
        boolean video = type == TrackType.VIDEO;
        return new TrackRequest(
                cid,
                "",
                type,
                video ? 1280 : 0,
                video ? 720 : 0,
                false,
                false,
                source,
                layers,
                codecs,
                "",
                false,
                true,
                Encryption.GCM,
                "",
                BackupCodecPolicy.PREFER_REGRESSION,
                List.of(),
                List.of());
    }

    static TrackRequest muted(TrackRequest request) {
        return new TrackRequest(
                request.cid(),
                request.name(),
                request.type(),
                request.width(),
                request.height(),
                true,
                request.disableDtx(),
                request.source(),
                request.layers(),
                request.simulcastCodecs(),
                request.sid(),
                request.stereo(),
                request.disableRed(),
                request.encryption(),
                request.stream(),
                request.backupCodecPolicy(),
                request.audioFeatures(),
                request.packetTrailerFeatures());
    }
}
