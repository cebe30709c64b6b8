package io.tributary.sfu.room;

import io.tributary.sfu.room.RoomMessage.ParticipantsChanged;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.track.TrackSid;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who is in a room and what they publish; and the one place that tells people of people.
///
/// News of those who publish goes out at once, news of the others together every three seconds. Nobody hears of the
/// hidden, nobody hears of an older session of its own identity, and who is not through with its join message hears
/// everything right after it.
final class Roster {
    private final Map<ParticipantSid, Participant> bySid = new LinkedHashMap<>();
    private final Map<ParticipantIdentity, Participant> byIdentity = new LinkedHashMap<>();
    private final Map<TrackSid, Publication> tracks = new LinkedHashMap<>();
    private final Map<ParticipantSid, ParticipantView> batch = new LinkedHashMap<>();
    private final Timers.Timer batchTimer;
    private List<RoomEffect> effects = new ArrayList<>();

    Roster(Timers timers) {
        batchTimer = timers.timer(this::flushBatch);
    }

    Collection<Participant> everybody() {
        return bySid.values();
    }

    @Nullable
    Participant participant(ParticipantSid sid) {
        return bySid.get(sid);
    }

    @Nullable
    Participant participant(ParticipantIdentity identity) {
        return byIdentity.get(identity);
    }

    /// A published track.
    @Nullable
    Publication track(TrackSid sid) {
        return tracks.get(sid);
    }

    Collection<Publication> tracks() {
        return tracks.values();
    }

    void add(Participant participant) {
        // An older session's end still waiting to be told must not reach anybody after the new one's beginning.
        if (batch.values().stream().anyMatch(view -> view.identity().equals(participant.identity))) {
            flushBatch(0);
        }
        bySid.put(participant.sid, participant);
        byIdentity.put(participant.identity, participant);
    }

    void remove(Participant participant) {
        bySid.remove(participant.sid);
        byIdentity.remove(participant.identity, participant);
    }

    void add(Publication publication) {
        tracks.put(publication.sid, publication);
    }

    void remove(Publication publication) {
        tracks.remove(publication.sid);
    }

    void emit(RoomEffect effect) {
        effects.add(effect);
    }

    /// Says `message` to `to`, if it can hear yet.
    void tell(Participant to, RoomMessage message) {
        if (to.written()) {
            effects.add(new RoomEffect.Tell(to.sid, message));
        }
    }

    List<RoomEffect> drain() {
        List<RoomEffect> drained = effects;
        effects = new ArrayList<>();
        return drained;
    }

    /// Something about `participant` changed: gives it a new version and tells, now or soon.
    void changed(Participant participant, boolean atOnce, long nowMicros) {
        participant.version++;
        ParticipantView view = participant.view();
        if (atOnce || participant.publisher) {
            batch.remove(view.sid());
            deliver(List.of(view));
        } else {
            batch.put(view.sid(), view);
            batchTimer.armIfIdle(nowMicros + RoomLimits.BATCH_MICROS);
        }
    }

    /// Tells the others that somebody they know is not there (any more), though it is.
    void vanished(ParticipantView gone) {
        batch.remove(gone.sid());
        for (Participant receiver : bySid.values()) {
            if (!receiver.identity.equals(gone.identity())) {
                send(receiver, List.of(gone));
            }
        }
    }

    /// What others may know of `participant` is of no more interest: a newer session of the same identity says all.
    void forgetNews(Participant participant) {
        batch.remove(participant.sid);
        for (Participant receiver : bySid.values()) {
            receiver.heldUpdates.remove(participant.sid);
        }
    }

    void tellHeld(Participant participant) {
        if (!participant.heldUpdates.isEmpty()) {
            tell(participant, new ParticipantsChanged(List.copyOf(participant.heldUpdates.values())));
            participant.heldUpdates.clear();
        }
    }

    private void flushBatch(long nowMicros) {
        List<ParticipantView> views = List.copyOf(batch.values());
        batch.clear();
        batchTimer.cancel();
        deliver(views);
    }

    private void deliver(List<ParticipantView> views) {
        for (Participant receiver : bySid.values()) {
            send(
                    receiver,
                    views.stream().filter(view -> mayHear(receiver, view)).toList());
        }
    }

    private void send(Participant receiver, List<ParticipantView> views) {
        if (receiver.written()) {
            if (!views.isEmpty()) {
                tell(receiver, new ParticipantsChanged(views));
            }
        } else {
            for (ParticipantView view : views) {
                receiver.heldUpdates.put(view.sid(), view);
            }
        }
    }

    private static boolean mayHear(Participant receiver, ParticipantView view) {
        if (view.sid().equals(receiver.sid)) {
            return true;
        }
        return !view.permissions().hidden() && !view.identity().equals(receiver.identity);
    }
}
