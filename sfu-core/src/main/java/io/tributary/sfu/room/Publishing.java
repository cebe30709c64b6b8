package io.tributary.sfu.room;

import io.tributary.sfu.room.RoomMessage.RequestAnswered;
import io.tributary.sfu.room.RoomMessage.TrackPublished;
import io.tributary.sfu.room.RoomMessage.TrackUnpublished;
import io.tributary.sfu.token.MediaSource;
import io.tributary.transport.rtp.MediaKind;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Tracks from the wish to publish to their end.
///
/// ```
/// AddTrack ──► pending ── m-line in SDP ──► published ── m-line gone, permission gone, left ──► ended
///    └──► refused, or queued while its cid is in use
/// ```
final class Publishing {
    private final Roster roster;
    private final Timers timers;
    private final Subscribing subscribing;
    private final Sids sids;
    private final Supplier<RoomView> room;
    private final LongUnaryOperator unixMicros;

    /// @param unixMicros from loop time
    Publishing(
            Roster roster,
            Timers timers,
            Subscribing subscribing,
            Sids sids,
            Supplier<RoomView> room,
            LongUnaryOperator unixMicros) {
        this.roster = roster;
        this.timers = timers;
        this.subscribing = subscribing;
        this.sids = sids;
        this.room = room;
        this.unixMicros = unixMicros;
    }

    void add(Participant publisher, RoomIntent.AddTrack intent) {
        TrackRequest request = intent.request();
        if (!publisher.permissions.mayPublish(request.source())) {
            refuse(publisher, request.cid(), request.source());
            answer(publisher, intent, RequestOutcome.NOT_ALLOWED, forbidden(publisher, request));
        } else if (request.type() == TrackType.DATA) {
            answer(publisher, intent, RequestOutcome.UNSUPPORTED_TYPE, "only audio and video can be published");
        } else if (!request.sid().isEmpty()) {
            addCodec(publisher, intent);
        } else if (tooLarge(request)) {
            answer(publisher, intent, RequestOutcome.LIMIT_EXCEEDED, "the request is too large");
        } else if (inUse(publisher, request.cid())) {
            queue(publisher, intent);
        } else if (pending(publisher) >= RoomLimits.MOST_PENDING_TRACKS
                || publisher.publications.size() >= RoomLimits.MOST_TRACKS) {
            answer(publisher, intent, RequestOutcome.LIMIT_EXCEEDED, "too many tracks");
        } else {
            accept(publisher, request);
        }
    }

    void negotiated(Participant publisher, RoomIntent.TrackNegotiated intent, long nowMicros) {
        Publication present = publisher.publishedOn(intent.mid());
        if (present != null) {
            if (intent.cid().isEmpty() || present.answersTo(intent.cid())) {
                return;
            }
            end(publisher, present, nowMicros);
        }
        Publication publication =
                pendingFor(publisher, intent.cid(), intent.codec().kind());
        if (publication == null) {
            return;
        }
        publication.negotiated(
                intent.codec(), intent.mid(), intent.cid(), intent.rids(), unixMicros.applyAsLong(nowMicros));
        publisher.publisher = true;
        roster.add(publication);
        roster.changed(publisher, true, nowMicros);
        roster.emit(
                new RoomEffect.Emit(new RoomEvent.TrackPublished(room.get(), publisher.view(), publication.view())));
        roster.emit(new RoomEffect.Publish(publisher.sid, publication.mid(), publication.spec(), publication.view()));
        if (publication.muted) {
            roster.emit(new RoomEffect.SetMuted(publication.sid, true));
        }
        subscribing.published(publication, nowMicros);
    }

    /// The m-line no longer sends.
    void negotiatedAway(Participant publisher, String mid, long nowMicros) {
        Publication publication = publisher.publishedOn(mid);
        if (publication != null) {
            end(publisher, publication, nowMicros);
            admitQueued(publisher);
        }
    }

    void setMuted(Participant publisher, Publication publication, boolean muted, long nowMicros) {
        if (publication.muted == muted) {
            return;
        }
        publication.muted = muted;
        if (!publication.published()) {
            return;
        }
        roster.changed(publisher, true, nowMicros);
        roster.emit(new RoomEffect.SetMuted(publication.sid, muted));
        if (!muted) {
            subscribing.unmuted(publication);
        }
    }

    /// Takes away what the publisher may no longer send. Its change is told by the caller.
    void revoke(Participant publisher, long nowMicros) {
        for (Publication publication : List.copyOf(publisher.publications.values())) {
            if (!publisher.permissions.mayPublish(publication.request().source())) {
                refuse(
                        publisher,
                        publication.request().cid(),
                        publication.request().source());
                refuse(publisher, publication.sdpCid(), publication.request().source());
                roster.tell(publisher, new TrackUnpublished(publication.sid));
                if (publication.published()) {
                    end(publisher, publication, nowMicros);
                } else {
                    publisher.publications.remove(publication.sid);
                }
            }
        }
        publisher.queuedTracks.removeIf(request -> {
            boolean forbidden = !publisher.permissions.mayPublish(request.source());
            if (forbidden) {
                RoomIntent.AddTrack intent = new RoomIntent.AddTrack(publisher.sid, request);
                answer(publisher, intent, RequestOutcome.NOT_ALLOWED, forbidden(publisher, request));
            }
            return forbidden;
        });
        admitQueued(publisher);
    }

    /// The publisher is gone and everybody has been told.
    void leave(Participant publisher) {
        for (Publication publication : publisher.publications.values()) {
            if (publication.published()) {
                finish(publisher, publication);
            }
        }
        publisher.publications.clear();
        publisher.queuedTracks.clear();
    }

    private void accept(Participant publisher, TrackRequest request) {
        Publication[] made = new Publication[1];
        Timers.Timer downgrade = timers.timer(atMicros -> subscribing.tellQualities(made[0]));
        Publication publication = new Publication(
                sids.track(request.type(), request.source()),
                publisher,
                request,
                room.get().enabledCodecs(),
                downgrade);
        made[0] = publication;
        publisher.publications.put(publication.sid, publication);
        roster.tell(publisher, new TrackPublished(request.cid(), publication.view()));
    }

    private void addCodec(Participant publisher, RoomIntent.AddTrack intent) {
        boolean known = publisher.publications.values().stream()
                .anyMatch(publication ->
                        publication.sid.value().equals(intent.request().sid()));
        if (known) {
            answer(publisher, intent, RequestOutcome.UNSUPPORTED_TYPE, "a track has one codec here");
        } else {
            answer(publisher, intent, RequestOutcome.NOT_FOUND, "no such track");
        }
    }

    private void queue(Participant publisher, RoomIntent.AddTrack intent) {
        if (publisher.queuedTracks.size() >= RoomLimits.MOST_QUEUED_TRACKS) {
            answer(publisher, intent, RequestOutcome.LIMIT_EXCEEDED, "too many tracks with this client id");
        } else {
            publisher.queuedTracks.add(intent.request());
            answer(publisher, intent, RequestOutcome.QUEUED, "the client id is in use");
        }
    }

    private void admitQueued(Participant publisher) {
        for (TrackRequest request : List.copyOf(publisher.queuedTracks)) {
            if (!inUse(publisher, request.cid())) {
                publisher.queuedTracks.remove(request);
                accept(publisher, request);
            }
        }
    }

    /// Others hear of it before their media stops.
    private void end(Participant publisher, Publication publication, long nowMicros) {
        publisher.publications.remove(publication.sid);
        roster.changed(publisher, true, nowMicros);
        finish(publisher, publication);
        roster.emit(new RoomEffect.StopTrack(publisher.sid, publication.sid));
    }

    private void finish(Participant publisher, Publication publication) {
        roster.remove(publication);
        subscribing.ended(publication);
        roster.emit(
                new RoomEffect.Emit(new RoomEvent.TrackUnpublished(room.get(), publisher.view(), publication.view())));
    }

    private static @Nullable Publication pendingFor(Participant publisher, String cid, MediaKind kind) {
        @Nullable Publication first = null;
        for (Publication publication : publisher.publications.values()) {
            if (!publication.published() && publication.kind() == kind) {
                if (publication.answersTo(cid)) {
                    return publication;
                }
                if (first == null) {
                    first = publication;
                }
            }
        }
        // Some browsers make up a new id after replaceTrack: then it is the one that was announced first. A
        // refused camera, still offered, must not go out as the screen that may be shown.
        MediaSource refused = publisher.refusedCids.get(cid);
        return refused == null || publisher.permissions.mayPublish(refused) ? first : null;
    }

    private static void refuse(Participant publisher, String cid, MediaSource source) {
        if (cid.isEmpty() || cid.length() > RoomLimits.LONGEST_CID) {
            return;
        }
        publisher.refusedCids.put(cid, source);
        if (publisher.refusedCids.size() > RoomLimits.MOST_REFUSED_CIDS) {
            publisher.refusedCids.remove(
                    publisher.refusedCids.keySet().iterator().next());
        }
    }

    private static boolean inUse(Participant publisher, String cid) {
        return publisher.publications.values().stream().anyMatch(publication -> publication.answersTo(cid));
    }

    private static long pending(Participant publisher) {
        return publisher.publications.values().stream()
                .filter(publication -> !publication.published())
                .count();
    }

    private static boolean tooLarge(TrackRequest request) {
        return request.cid().length() > RoomLimits.LONGEST_CID
                || request.name().length() > RoomLimits.LONGEST_NAME
                || request.stream().length() > RoomLimits.LONGEST_CID
                || request.layers().size() > RoomLimits.MOST_LAYERS
                || request.simulcastCodecs().size() > RoomLimits.MOST_LAYERS
                || request.simulcastCodecs().stream().anyMatch(Publishing::tooLarge)
                || request.audioFeatures().size() > RoomLimits.MOST_AUDIO_FEATURES
                || request.packetTrailerFeatures().size() > RoomLimits.MOST_AUDIO_FEATURES;
    }

    private static boolean tooLarge(TrackRequest.SimulcastCodec codec) {
        return codec.cid().length() > RoomLimits.LONGEST_CID || codec.layers().size() > RoomLimits.MOST_LAYERS;
    }

    private static String forbidden(Participant publisher, TrackRequest request) {
        return publisher.permissions.canPublish()
                ? "does not have permission to publish from source " + request.source()
                : "does not have permission to publish";
    }

    private void answer(Participant to, RoomIntent.AddTrack intent, RequestOutcome outcome, String message) {
        roster.tell(to, new RequestAnswered(0, outcome, message, intent));
    }
}
