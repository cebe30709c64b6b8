package io.tributary.sfu.room;

import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.ParticipantKind;
import io.tributary.sfu.track.TrackSid;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One session of a person's device in a room, as the room keeps it.
final class Participant {
    final ParticipantSid sid;
    final ParticipantIdentity identity;
    final ParticipantKind kind;
    final ClientInfo client;
    final boolean autoSubscribe;
    final boolean adaptiveStream;
    final long joinedAtMillis;

    String name;
    String metadata;
    Map<String, String> attributes;
    Permissions permissions;
    ParticipantState state = ParticipantState.JOINING;
    DisconnectReason disconnectReason = DisconnectReason.UNKNOWN_REASON;
    int version;
    boolean everActive;

    /// Has published something in this session; stays.
    boolean publisher;

    /// Took the place of an older session: others must learn of it at once.
    boolean replacedAnother;

    /// By sid, pending and published, oldest first.
    final Map<TrackSid, Publication> publications = new LinkedHashMap<>();

    /// Wishes for a cid that is still in use.
    final List<TrackRequest> queuedTracks = new ArrayList<>();

    /// Client ids that it may not publish, by what they are, oldest first: their m-lines may still be in its offers.
    final Map<String, TrackRequest> refusedCids = new LinkedHashMap<>();

    /// To every published track of the others, whether it is received or not.
    final Map<TrackSid, Subscription> subscriptions = new LinkedHashMap<>();

    /// Tracks it wants that are not there, with the time to give up.
    final Map<TrackSid, Long> missingTracks = new LinkedHashMap<>();

    Timers.@Nullable Timer missingTimer;

    /// Who may receive its tracks.
    boolean allowsEverybody = true;

    List<TrackPermission> allows = List.of();

    /// What happened between its join message and the writing of it.
    final Map<ParticipantSid, ParticipantView> heldUpdates = new LinkedHashMap<>();

    Timers.@Nullable Timer joinTimer;

    Participant(ParticipantSid sid, JoinOrder order, long joinedAtMillis) {
        this.sid = sid;
        this.identity = order.token().identity();
        this.kind = order.token().kind();
        this.client = order.client();
        this.autoSubscribe = order.autoSubscribe();
        this.adaptiveStream = order.adaptiveStream();
        this.joinedAtMillis = joinedAtMillis;
        this.name = order.token().name();
        this.metadata = order.metadata().isEmpty() ? order.token().metadata() : order.metadata();
        this.attributes = merged(order.token().attributes(), order.attributes());
        this.permissions = Permissions.of(order.token().video());
    }

    /// May be told things: its join message is written.
    boolean written() {
        return state == ParticipantState.JOINED || state == ParticipantState.ACTIVE;
    }

    boolean dependent() {
        return kind.dependent();
    }

    /// Whether `other` may receive this participant's `track`.
    boolean allows(Participant other, TrackSid track) {
        if (allowsEverybody) {
            return true;
        }
        for (TrackPermission permission : allows) {
            boolean named =
                    permission.sid().equals(other.sid) || permission.identity().equals(other.identity);
            if (named && (permission.allTracks() || permission.tracks().contains(track))) {
                return true;
            }
        }
        return false;
    }

    @Nullable
    Publication publishedOn(String mid) {
        for (Publication publication : publications.values()) {
            if (publication.published() && publication.mid().equals(mid)) {
                return publication;
            }
        }
        return null;
    }

    /// `changes` over `base`; an empty value deletes.
    static Map<String, String> merged(Map<String, String> base, Map<String, String> changes) {
        Map<String, String> merged = new LinkedHashMap<>(base);
        changes.forEach((key, value) -> {
            if (value.isEmpty()) {
                merged.remove(key);
            } else {
                merged.put(key, value);
            }
        });
        return merged;
    }

    ParticipantView view() {
        List<TrackView> tracks = new ArrayList<>();
        if (state != ParticipantState.DISCONNECTED) {
            for (Publication publication : publications.values()) {
                if (publication.published()) {
                    tracks.add(publication.view());
                }
            }
        }
        return new ParticipantView(
                sid,
                identity,
                state,
                tracks,
                metadata,
                joinedAtMillis,
                name,
                version,
                permissions,
                publisher,
                kind,
                attributes,
                disconnectReason,
                client.clientProtocol(),
                client.capabilities());
    }
}
