package io.tributary.sfu.room;

import io.tributary.sfu.room.RoomMessage.MuteTrack;
import io.tributary.sfu.room.RoomMessage.RequestAnswered;
import io.tributary.sfu.room.RoomMessage.TrackPublished;
import io.tributary.sfu.room.RoomMessage.TrackUnpublished;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.rtp.MediaKind;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Tracks from the wish to publish to their end.
///
/// ```
/// AddTrack ──► pending ── m-line in SDP ──► published ── m-line gone, permission gone, left ──► ended
///    └──► refused, or queued while its cid is in use
/// ```
final class Publishing {
    private static final Logger log = LoggerFactory.getLogger(Publishing.class);

    private final Roster roster;
    private final Timers timers;
    private final Subscribing subscribing;
    private final Sids sids;
    private final RoomEncryption encryption;
    private final Supplier<RoomView> room;
    private final LongUnaryOperator unixMicros;

    /// @param unixMicros from loop time
    Publishing(
            Roster roster,
            Timers timers,
            Subscribing subscribing,
            Sids sids,
            RoomEncryption encryption,
            Supplier<RoomView> room,
            LongUnaryOperator unixMicros) {
        this.roster = roster;
        this.timers = timers;
        this.subscribing = subscribing;
        this.sids = sids;
        this.encryption = encryption;
        this.room = room;
        this.unixMicros = unixMicros;
    }

    void add(Participant publisher, RoomIntent.AddTrack intent) {
        TrackRequest request = intent.request();
        if (forbids(publisher, request)) {
            refuse(publisher, request.cid(), request);
            answer(publisher, intent, RequestOutcome.NOT_ALLOWED, whyNot(publisher, request));
        } else if (request.type() == TrackType.DATA) {
            answer(publisher, intent, RequestOutcome.UNSUPPORTED_TYPE, "only audio and video can be published");
        } else if (tooLarge(request)) {
            answer(publisher, intent, RequestOutcome.LIMIT_EXCEEDED, "the request is too large");
        } else if (!request.sid().isEmpty()) {
            addCodec(publisher, intent);
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
        if (encryption.firstPublished(publication.request())) {
            // What others only announced so far may be forbidden now.
            revokeAll(nowMicros);
        }
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

    /// A track that announced encryption is plain: reported, and silenced where that is forbidden.
    void plaintextSeen(Participant publisher, Publication publication, long nowMicros) {
        if (publication.plaintext) {
            return;
        }
        publication.plaintext = true;
        encryption.countPlaintext();
        log.warn(
                "room={} participant={} {} announced encryption and sends unencrypted media{}",
                room.get().name(),
                publisher.sid,
                publication.sid,
                encryption.silences() ? "; it is muted" : "");
        silenceIfForbidden(publisher, publication, nowMicros);
    }

    private void silenceIfForbidden(Participant publisher, Publication publication, long nowMicros) {
        if (publication.plaintext && !publication.silenced && encryption.silences()) {
            publication.silenced = true;
            sayWhySilenced(publisher, publication);
            setMuted(publisher, publication, true, nowMicros);
        }
    }

    /// Keeps a silenced track muted at its publisher too.
    void sayWhySilenced(Participant publisher, Publication publication) {
        roster.tell(publisher, new MuteTrack(publication.sid, true));
        RoomIntent.AddTrack announced = new RoomIntent.AddTrack(publisher.sid, publication.request());
        answer(publisher, announced, RequestOutcome.NOT_ALLOWED, RoomEncryption.PLAINTEXT_SEEN);
    }

    /// Takes away what may no longer be sent by anybody, because the room asks for more than it did.
    void revokeAll(long nowMicros) {
        for (Participant publisher : List.copyOf(roster.everybody())) {
            revoke(publisher, nowMicros);
        }
    }

    /// Takes away what the publisher may no longer send, and mutes what it should not have sent so far. A change of its
    /// permissions is told by the caller.
    void revoke(Participant publisher, long nowMicros) {
        for (Publication publication : List.copyOf(publisher.publications.values())) {
            TrackRequest request = publication.request();
            if (forbids(publisher, request)) {
                refuse(publisher, request.cid(), request);
                refuse(publisher, publication.sdpCid(), request);
                if (encryption.refuses(request)) {
                    RoomIntent.AddTrack announced = new RoomIntent.AddTrack(publisher.sid, request);
                    answer(publisher, announced, RequestOutcome.NOT_ALLOWED, whyNot(publisher, request));
                }
                roster.tell(publisher, new TrackUnpublished(publication.sid));
                if (publication.published()) {
                    end(publisher, publication, nowMicros);
                } else {
                    publisher.publications.remove(publication.sid);
                }
            } else {
                silenceIfForbidden(publisher, publication, nowMicros);
            }
        }
        publisher.queuedTracks.removeIf(request -> {
            boolean forbidden = forbids(publisher, request);
            if (forbidden) {
                RoomIntent.AddTrack intent = new RoomIntent.AddTrack(publisher.sid, request);
                answer(publisher, intent, RequestOutcome.NOT_ALLOWED, whyNot(publisher, request));
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

    /// A client that would send a track in a second codec is told its track once more, as by livekit-server. What it
    /// sends of that codec is not forwarded: a track has one codec here.
    private void addCodec(Participant publisher, RoomIntent.AddTrack intent) {
        TrackRequest request = intent.request();
        Publication publication = publisher.publications.get(new TrackSid(request.sid()));
        // Its m-line is none of a track that waits for one, whatever the answer.
        refuse(publisher, request.cid(), request);
        if (publication == null || !publication.published()) {
            answer(publisher, intent, RequestOutcome.NOT_FOUND, "no such track");
        } else if (inUseBeside(publication, request)) {
            answer(publisher, intent, RequestOutcome.NOT_ALLOWED, "the client id is in use");
        } else if (publication.backUp(request)) {
            roster.tell(publisher, new TrackPublished(request.cid(), publication.view()));
        } else {
            answer(publisher, intent, RequestOutcome.UNSUPPORTED_TYPE, "not a backup codec that the track has");
        }
    }

    private static boolean inUseBeside(Publication publication, TrackRequest request) {
        return Stream.concat(
                        Stream.of(request.cid()),
                        request.simulcastCodecs().stream().map(TrackRequest.SimulcastCodec::cid))
                .anyMatch(cid -> publication.publisher.publications.values().stream()
                        .anyMatch(other -> other != publication && other.answersTo(cid)));
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

    private @Nullable Publication pendingFor(Participant publisher, String cid, MediaKind kind) {
        @Nullable Publication first = null;
        boolean taken = false;
        for (Publication publication : publisher.publications.values()) {
            taken |= publication.published() && publication.answersTo(cid);
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
        // Nor may the second codec of one track go out as another.
        TrackRequest refused = publisher.refusedCids.get(cid);
        boolean known = taken || (refused != null && (!refused.sid().isEmpty() || forbids(publisher, refused)));
        return known ? null : first;
    }

    private static void refuse(Participant publisher, String cid, TrackRequest request) {
        if (cid.isEmpty() || cid.length() > RoomLimits.LONGEST_CID) {
            return;
        }
        publisher.refusedCids.put(cid, request);
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
                || request.sid().length() > RoomLimits.LONGEST_TRACK_SID
                || request.name().length() > RoomLimits.LONGEST_NAME
                || request.stream().length() > RoomLimits.LONGEST_CID
                || request.layers().size() > RoomLimits.MOST_LAYERS
                || request.simulcastCodecs().size() > RoomLimits.MOST_LAYERS
                || request.simulcastCodecs().stream().anyMatch(Publishing::tooLarge)
                || request.audioFeatures().size() > RoomLimits.MOST_AUDIO_FEATURES
                || request.packetTrailerFeatures().size() > RoomLimits.MOST_AUDIO_FEATURES;
    }

    private static boolean tooLarge(TrackRequest.SimulcastCodec codec) {
        return codec.codec().length() > RoomLimits.LONGEST_NAME
                || codec.cid().length() > RoomLimits.LONGEST_CID
                || codec.layers().size() > RoomLimits.MOST_LAYERS;
    }

    private boolean forbids(Participant publisher, TrackRequest request) {
        return !publisher.permissions.mayPublish(request.source()) || encryption.refuses(request);
    }

    private String whyNot(Participant publisher, TrackRequest request) {
        if (publisher.permissions.mayPublish(request.source())) {
            encryption.countRefused();
            return RoomEncryption.REQUIRED;
        }
        return publisher.permissions.canPublish()
                ? "does not have permission to publish from source " + request.source()
                : "does not have permission to publish";
    }

    private void answer(Participant to, RoomIntent.AddTrack intent, RequestOutcome outcome, String message) {
        roster.tell(to, new RequestAnswered(0, outcome, message, intent));
    }
}
