package io.tributary.sfu.room;

import io.tributary.sfu.room.RoomMessage.RefreshToken;
import io.tributary.sfu.room.RoomMessage.RequestAnswered;
import io.tributary.sfu.room.RoomMessage.RoomChanged;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.RoomName;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.loop.Timed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One call: decides who is in it, who may publish and who receives what. An intent and a time go in, effects come
/// out; nothing else is read or written, so a room can be replayed.
///
/// What belongs together has a class of its own: [Roster] people and news of them, [Publishing] tracks,
/// [Subscribing] who receives them, [Speakers], [ConnectionQualities].
public final class Room implements Timed {
    /// Clients after this protocol are told that a request of theirs went well.
    private static final int LAST_PROTOCOL_WITHOUT_OK = 14;

    private final RoomName name;
    private final Sids sids;
    private final long unixOffsetMicros;
    private final RoomSid sid;
    private final String sifTrailer;
    private final long createdMicros;

    private final Timers timers = new Timers();
    private final Roster roster = new Roster(timers);
    private final Speakers speakers = new Speakers(roster, timers);
    private final Subscribing subscribing = new Subscribing(roster, timers, speakers);
    private final ConnectionQualities qualities = new ConnectionQualities(roster, timers);
    private final Publishing publishing;
    private final Timers.Timer emptyTimer = timers.timer(this::expire);
    private final Timers.Timer countsTimer = timers.timer(this::tellCounts);

    private final RoomTerms terms;

    /// Who has been in the room with media, oldest first: their tokens need not be used for the first time any more.
    private final Set<ParticipantIdentity> acquainted = new LinkedHashSet<>();

    /// On whose behalf something is being done; stays when that throws.
    private @Nullable Participant acting;

    private boolean everEntered;
    private boolean finished;
    private long lastCountsMicros;
    private int knownParticipants;
    private int knownPublishers;

    /// Opens the room.
    ///
    /// @param unixOffsetMicros what to add to loop time to get Unix time
    Room(
            RoomName name,
            RoomTerms terms,
            Sids sids,
            RoomEncryption.Counters encryptionCounters,
            long unixOffsetMicros,
            long nowMicros) {
        this.name = name;
        this.terms = terms;
        this.sids = sids;
        this.unixOffsetMicros = unixOffsetMicros;
        this.sid = sids.room();
        this.sifTrailer = sids.sifTrailer();
        this.createdMicros = nowMicros;
        this.lastCountsMicros = nowMicros;
        var encryption = new RoomEncryption(terms::requireE2ee, encryptionCounters);
        publishing = new Publishing(
                roster, timers, subscribing, sids, encryption, this::view, atMicros -> atMicros + unixOffsetMicros);
        roster.emit(new RoomEffect.Emit(new RoomEvent.RoomStarted(view())));
        emptyTimer.arm(nowMicros + terms.emptyTimeoutSeconds() * 1_000_000L);
    }

    public RoomName name() {
        return name;
    }

    /// Nobody will ever be in it again.
    public boolean finished() {
        return finished;
    }

    int participants() {
        return roster.everybody().size();
    }

    /// Published ones.
    int tracks() {
        return roster.tracks().size();
    }

    /// Subscriptions in use.
    int activeSubscriptions() {
        int active = 0;
        for (Participant participant : roster.everybody()) {
            for (Subscription subscription : participant.subscriptions.values()) {
                active += subscription.active ? 1 : 0;
            }
        }
        return active;
    }

    /// Whether somebody of this identity has been in the room with media.
    boolean knows(ParticipantIdentity identity) {
        return acquainted.contains(identity);
    }

    /// By identity.
    Optional<ParticipantView> participant(ParticipantIdentity identity) {
        return Optional.ofNullable(roster.participant(identity)).map(Participant::view);
    }

    /// Everybody, the hidden among them.
    List<ParticipantView> participantViews() {
        return roster.everybody().stream().map(Participant::view).toList();
    }

    /// Somebody wants this room to exist, and to be so. Whoever asks is likely on the way: a room that stands empty
    /// waits for them as long as a new one would.
    void expect(RoomOrder order, long nowMicros) {
        boolean changed = terms.update(order);
        if (emptyTimer.armed()) {
            emptyTimer.arm(
                    Math.max(emptyTimer.nextDeadlineMicros(), nowMicros + terms.emptyTimeoutSeconds() * 1_000_000L));
        }
        if (changed) {
            publishing.revokeAll(nowMicros);
            tellCounts(nowMicros);
        }
    }

    /// Whether the room takes no more people, not counting an older session of the same identity.
    boolean full(JoinOrder order) {
        int most = terms.maxParticipants();
        if (most == 0 || order.token().kind().dependent()) {
            return false;
        }
        long present = roster.everybody().stream()
                .filter(participant -> !participant.dependent()
                        && !participant.identity.equals(order.token().identity()))
                .count();
        return present >= most;
    }

    /// Lets somebody in; an older session of the same identity goes.
    JoinOutcome.Admitted admit(long nowMicros, JoinOrder order) {
        Participant older = roster.participant(order.token().identity());
        if (older != null) {
            close(older, LeaveAction.DISCONNECT, DisconnectReason.DUPLICATE_IDENTITY, false, nowMicros);
        }
        Participant participant = new Participant(sids.participant(), order, (nowMicros + unixOffsetMicros) / 1000);
        participant.replacedAnother = older != null;
        List<ParticipantView> others = new ArrayList<>();
        for (Participant other : roster.everybody()) {
            if (other.written() && !other.permissions.hidden()) {
                others.add(other.view());
            }
        }
        roster.add(participant);
        if (!participant.dependent()) {
            emptyTimer.cancel();
        }
        Timers.Timer joinTimer = timers.timer(
                atMicros -> close(participant, LeaveAction.DISCONNECT, DisconnectReason.JOIN_FAILURE, true, atMicros));
        joinTimer.arm(nowMicros + RoomLimits.JOIN_TIMEOUT_MICROS);
        participant.joinTimer = joinTimer;
        return new JoinOutcome.Admitted(
                participant.sid,
                new JoinView(view(), participant.view(), others, sifTrailer, participant.permissions.canPublish()));
    }

    /// Takes one intent in; what follows from it is in the result, in order.
    public List<RoomEffect> apply(long nowMicros, RoomIntent intent) {
        if (!finished) {
            dispatch(intent, nowMicros);
        }
        return drain();
    }

    /// Effects since the last call. Needed after [#onDeadline]; [#apply] hands them out itself.
    public List<RoomEffect> drain() {
        return roster.drain();
    }

    /// After a bug of ours: ends the session on whose behalf it happened. False if it was nobody's.
    boolean evict(long nowMicros) {
        Participant culprit = acting;
        acting = null;
        if (culprit == null) {
            return false;
        }
        close(culprit, LeaveAction.RECONNECT, DisconnectReason.STATE_MISMATCH, true, nowMicros);
        return true;
    }

    /// Ends a room whose state a bug of ours left half-changed: nothing of it is read but who is there.
    List<RoomEffect> abandon() {
        List<RoomEffect> effects = drain();
        for (Participant participant : roster.everybody()) {
            effects.add(new RoomEffect.CloseParticipant(participant.sid, DisconnectReason.STATE_MISMATCH));
        }
        effects.add(new RoomEffect.Emit(new RoomEvent.RoomFinished(view())));
        finished = true;
        return effects;
    }

    @Override
    public long nextDeadlineMicros() {
        return finished ? NEVER : timers.nextDeadlineMicros();
    }

    @Override
    public void onDeadline(long nowMicros) {
        timers.runDue(nowMicros);
    }

    RoomView view() {
        return new RoomView(
                sid,
                name,
                terms.emptyTimeoutSeconds(),
                terms.departureTimeoutSeconds(),
                terms.maxParticipants(),
                (createdMicros + unixOffsetMicros) / 1000,
                terms.metadata(),
                countParticipants(),
                countPublishers(),
                terms.enabledCodecs());
    }

    private void dispatch(RoomIntent intent, long nowMicros) {
        switch (intent) {
            case RoomIntent.JoinWritten written -> withAny(written.participant(), who -> enter(who, nowMicros));
            case RoomIntent.Connected connected -> with(connected.participant(), who -> activate(who, nowMicros));
            case RoomIntent.AddTrack add -> with(add.participant(), who -> publishing.add(who, add));
            case RoomIntent.TrackNegotiated track ->
                with(track.participant(), who -> {
                    publishing.negotiated(who, track, nowMicros);
                    countsChanged(nowMicros);
                });
            case RoomIntent.TrackEnded ended ->
                with(ended.participant(), who -> publishing.negotiatedAway(who, ended.mid(), nowMicros));
            case RoomIntent.LayerStarted started -> layerStarted(started);
            case RoomIntent.PlaintextSeen seen ->
                with(seen.participant(), who -> {
                    Publication track = who.publications.get(seen.track());
                    if (track != null) {
                        publishing.plaintextSeen(who, track, nowMicros);
                    }
                });
            case RoomIntent.Mute mute -> with(mute.participant(), who -> mute(who, mute, nowMicros));
            case RoomIntent.UpdateSubscription update ->
                with(update.participant(), who -> {
                    for (TrackSid track : update.tracks()) {
                        subscribing.wish(who, track, update.subscribe(), nowMicros);
                    }
                });
            case RoomIntent.UpdateTrackSettings update ->
                with(update.participant(), who -> {
                    for (TrackSid track : update.tracks()) {
                        subscribing.settings(who, track, update.settings(), nowMicros);
                    }
                });
            case RoomIntent.SubscriptionBound bound ->
                with(bound.participant(), who -> subscribing.bound(who, bound.track()));
            case RoomIntent.SubscriptionRefused refused ->
                with(
                        refused.participant(),
                        who -> subscribing.refused(who, refused.track(), refused.error(), nowMicros));
            case RoomIntent.SetSubscriptionPermission permission ->
                with(permission.participant(), who -> {
                    who.allowsEverybody = permission.allParticipants();
                    who.allows = permission.permissions().stream()
                            .limit(RoomLimits.MOST_TRACK_PERMISSIONS)
                            .toList();
                    subscribing.reconcilePublisher(who, nowMicros);
                });
            case RoomIntent.UpdateMetadata update ->
                with(update.participant(), who -> updateMetadata(who, update, nowMicros));
            case RoomIntent.UpdateAudioTrack update ->
                with(update.participant(), who -> updateAudioTrack(who, update, nowMicros));
            case RoomIntent.UpdateVideoTrack update ->
                with(update.participant(), who -> updateVideoTrack(who, update, nowMicros));
            case RoomIntent.Leave leave ->
                withAny(
                        leave.participant(),
                        who -> close(who, LeaveAction.DISCONNECT, leave.reason(), true, nowMicros));
            case RoomIntent.SignalLost lost ->
                withAny(lost.participant(), who -> {
                    // Without media yet it cannot come back; with media it may, until that ends as well.
                    if (!who.everActive) {
                        close(who, LeaveAction.DISCONNECT, DisconnectReason.SIGNAL_CLOSE, true, nowMicros);
                    }
                });
            case RoomIntent.PeerLost lost ->
                withAny(lost.participant(), who -> close(who, LeaveAction.RECONNECT, lost.reason(), true, nowMicros));
            case RoomIntent.AudioLevel level -> {
                Publication track = roster.track(level.track());
                if (track != null && !track.video()) {
                    speakers.heard(track, level.loudestDbov(), level.activeMillis(), nowMicros);
                }
            }
            case RoomIntent.Quality quality ->
                with(quality.participant(), who -> qualities.reported(who, quality, nowMicros));
            case RoomIntent.SetPermissions set -> setPermissions(set, nowMicros);
            case RoomIntent.MuteRemotely mute -> muteRemotely(mute, nowMicros);
            case RoomIntent.RemoveParticipant remove -> {
                Participant who = roster.participant(remove.identity());
                if (who != null) {
                    close(who, LeaveAction.DISCONNECT, DisconnectReason.PARTICIPANT_REMOVED, true, nowMicros);
                }
            }
            case RoomIntent.CloseRoom close -> finish(close.reason(), nowMicros);
        }
    }

    /// For what only who is through with its join message can want.
    private void with(ParticipantSid participant, Consumer<Participant> action) {
        withAny(participant, who -> {
            if (who.written()) {
                action.accept(who);
            }
        });
    }

    private void withAny(ParticipantSid participant, Consumer<Participant> action) {
        Participant who = roster.participant(participant);
        if (who != null) {
            acting = who;
            action.accept(who);
            acting = null;
        }
    }

    private void enter(Participant participant, long nowMicros) {
        if (participant.state != ParticipantState.JOINING) {
            return;
        }
        participant.state = ParticipantState.JOINED;
        refreshToken(participant);
        roster.tellHeld(participant);
        // The room keeps no place of a replaced session: others must not wait for the batch to learn that.
        roster.changed(participant, participant.replacedAnother, nowMicros);
        subscribing.begin(participant, nowMicros);
        countsChanged(nowMicros);
    }

    private void activate(Participant participant, long nowMicros) {
        if (participant.state != ParticipantState.JOINED) {
            return;
        }
        participant.state = ParticipantState.ACTIVE;
        participant.everActive = true;
        everEntered = true;
        acquainted.add(participant.identity);
        if (acquainted.size() > RoomLimits.MOST_ACQUAINTED) {
            acquainted.remove(acquainted.iterator().next());
        }
        if (participant.joinTimer != null) {
            participant.joinTimer.cancel();
        }
        qualities.connected(participant, nowMicros);
        roster.changed(participant, false, nowMicros);
        roster.emit(new RoomEffect.Emit(new RoomEvent.ParticipantJoined(view(), participant.view())));
    }

    /// Ends a session. One that a newer session of its identity replaces is not announced as gone: clients know
    /// people by identity and would take the new one for gone.
    private void close(
            Participant participant, LeaveAction action, DisconnectReason reason, boolean announce, long nowMicros) {
        if (roster.participant(participant.sid) != participant) {
            return;
        }
        roster.tell(participant, new RoomMessage.Leave(action, reason));
        roster.emit(new RoomEffect.CloseParticipant(participant.sid, reason));
        boolean wasWritten = participant.written();
        roster.remove(participant);
        participant.state = ParticipantState.DISCONNECTED;
        participant.disconnectReason = reason;
        // Others never heard of who did not get in, but they still see the session whose place it took.
        if (announce && (wasWritten || participant.replacedAnother)) {
            roster.changed(participant, !wasWritten, nowMicros);
        } else {
            participant.version++;
            roster.forgetNews(participant);
        }
        subscribing.end(participant, nowMicros);
        publishing.leave(participant);
        speakers.left(participant);
        qualities.left(participant);
        if (participant.joinTimer != null) {
            participant.joinTimer.cancel();
        }
        roster.emit(new RoomEffect.Emit(
                participant.everActive
                        ? new RoomEvent.ParticipantLeft(view(), participant.view())
                        : new RoomEvent.ParticipantConnectionAborted(view(), participant.view())));
        countsChanged(nowMicros);
        if (roster.everybody().stream().allMatch(Participant::dependent)) {
            int timeoutSeconds = everEntered ? terms.departureTimeoutSeconds() : terms.emptyTimeoutSeconds();
            emptyTimer.arm(nowMicros + timeoutSeconds * 1_000_000L);
        }
    }

    private void layerStarted(RoomIntent.LayerStarted started) {
        // No news by itself: nobody acts on a layer's SSRC, and it travels with the next change.
        Publication track = roster.track(started.track());
        if (track != null) {
            track.layerStarted(started.layer(), started.ssrc());
        }
    }

    private void mute(Participant participant, RoomIntent.Mute mute, long nowMicros) {
        Publication track = participant.publications.get(mute.track());
        if (track == null) {
            answer(participant, 0, RequestOutcome.NOT_FOUND, "no such track", mute);
        } else if (track.silenced && !mute.muted()) {
            publishing.sayWhySilenced(participant, track);
        } else {
            publishing.setMuted(participant, track, mute.muted(), nowMicros);
        }
    }

    private void muteRemotely(RoomIntent.MuteRemotely mute, long nowMicros) {
        Participant participant = roster.participant(mute.identity());
        Publication track = participant == null ? null : participant.publications.get(mute.track());
        if (participant != null && track != null && track.muted != mute.muted() && !track.silenced) {
            roster.tell(participant, new RoomMessage.MuteTrack(track.sid, mute.muted()));
            publishing.setMuted(participant, track, mute.muted(), nowMicros);
        }
    }

    private void updateMetadata(Participant participant, RoomIntent.UpdateMetadata update, long nowMicros) {
        if (!participant.permissions.canUpdateMetadata()) {
            answer(
                    participant,
                    update.requestId(),
                    RequestOutcome.NOT_ALLOWED,
                    "does not have permission to update own metadata",
                    update);
            return;
        }
        Map<String, String> attributes = Participant.merged(participant.attributes, update.attributes());
        String tooLarge = tooLarge(update.name(), update.metadata(), attributes);
        if (!tooLarge.isEmpty()) {
            answer(participant, update.requestId(), RequestOutcome.LIMIT_EXCEEDED, tooLarge, update);
            return;
        }
        if (!update.name().isEmpty()) {
            participant.name = update.name();
        }
        if (!update.metadata().isEmpty()) {
            participant.metadata = update.metadata();
        }
        participant.attributes = attributes;
        roster.changed(participant, true, nowMicros);
        refreshToken(participant);
        if (participant.client.protocol() > LAST_PROTOCOL_WITHOUT_OK) {
            answer(participant, update.requestId(), RequestOutcome.OK, "", update);
        }
    }

    /// What is too large about somebody's words, for people; empty if nothing is.
    static String tooLarge(String name, String metadata, Map<String, String> attributes) {
        if (name.length() > RoomLimits.LONGEST_NAME) {
            return "the name is longer than " + RoomLimits.LONGEST_NAME + " characters";
        }
        if (bytes(metadata) > RoomLimits.LARGEST_METADATA_BYTES) {
            return "the metadata is larger than " + RoomLimits.LARGEST_METADATA_BYTES + " bytes";
        }
        int total = 0;
        for (Map.Entry<String, String> attribute : attributes.entrySet()) {
            total += bytes(attribute.getKey()) + bytes(attribute.getValue());
        }
        return total > RoomLimits.LARGEST_ATTRIBUTES_BYTES
                ? "the attributes are larger than " + RoomLimits.LARGEST_ATTRIBUTES_BYTES + " bytes"
                : "";
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private void updateAudioTrack(Participant participant, RoomIntent.UpdateAudioTrack update, long nowMicros) {
        Publication track = participant.publications.get(update.track());
        if (track == null || track.video()) {
            answer(participant, 0, RequestOutcome.NOT_FOUND, "no such audio track", update);
        } else if (update.features().size() > RoomLimits.MOST_AUDIO_FEATURES) {
            answer(participant, 0, RequestOutcome.LIMIT_EXCEEDED, "too many audio features", update);
        } else if (!track.audioFeatures.equals(update.features())) {
            track.audioFeatures = update.features();
            roster.changed(participant, true, nowMicros);
        }
    }

    private void updateVideoTrack(Participant participant, RoomIntent.UpdateVideoTrack update, long nowMicros) {
        Publication track = participant.publications.get(update.track());
        if (track == null || !track.video()) {
            answer(participant, 0, RequestOutcome.NOT_FOUND, "no such video track", update);
        } else if (track.width != update.width() || track.height != update.height()) {
            track.width = update.width();
            track.height = update.height();
            roster.changed(participant, true, nowMicros);
        }
    }

    private void setPermissions(RoomIntent.SetPermissions set, long nowMicros) {
        Participant participant = roster.participant(set.identity());
        if (participant == null || participant.permissions.equals(set.permissions())) {
            return;
        }
        if (!participant.written()) {
            participant.permissions = set.permissions();
            return;
        }
        boolean wasVisible = !participant.permissions.hidden();
        if (wasVisible && set.permissions().hidden()) {
            hide(participant, set.permissions(), nowMicros);
        } else {
            participant.permissions = set.permissions();
            publishing.revoke(participant, nowMicros);
        }
        roster.changed(participant, true, nowMicros);
        subscribing.reconcileSubscriber(participant, nowMicros);
        refreshToken(participant);
        countsChanged(nowMicros);
    }

    /// For the others, who hides leaves.
    private void hide(Participant participant, Permissions permissions, long nowMicros) {
        Permissions visible = new Permissions(
                permissions.canSubscribe(),
                false,
                permissions.canPublishData(),
                false,
                permissions.recorder(),
                permissions.publishSources(),
                permissions.canUpdateMetadata(),
                permissions.agent(),
                permissions.canSubscribeMetrics());
        participant.permissions = visible;
        publishing.revoke(participant, nowMicros);
        ParticipantState state = participant.state;
        participant.state = ParticipantState.DISCONNECTED;
        participant.version++;
        ParticipantView gone = participant.view();
        participant.state = state;
        participant.permissions = permissions;
        roster.vanished(gone);
    }

    private void refreshToken(Participant participant) {
        roster.tell(participant, new RefreshToken(participant.view()));
    }

    private void answer(Participant to, int requestId, RequestOutcome outcome, String message, RoomIntent request) {
        roster.tell(to, new RequestAnswered(requestId, outcome, message, request));
    }

    private void countsChanged(long nowMicros) {
        if (countParticipants() == knownParticipants && countPublishers() == knownPublishers) {
            return;
        }
        knownParticipants = countParticipants();
        knownPublishers = countPublishers();
        if (nowMicros - lastCountsMicros >= RoomLimits.ROOM_UPDATE_MICROS) {
            tellCounts(nowMicros);
        } else {
            countsTimer.armIfIdle(lastCountsMicros + RoomLimits.ROOM_UPDATE_MICROS);
        }
    }

    private void tellCounts(long nowMicros) {
        countsTimer.cancel();
        lastCountsMicros = nowMicros;
        for (Participant participant : roster.everybody()) {
            roster.tell(participant, new RoomChanged(view()));
        }
    }

    /// Those who may be seen; hidden ones must not show in a number either.
    private int countParticipants() {
        return (int) roster.everybody().stream()
                .filter(participant -> !participant.dependent() && !participant.permissions.hidden())
                .count();
    }

    private int countPublishers() {
        return (int) roster.everybody().stream()
                .filter(participant -> participant.publisher && !participant.permissions.hidden())
                .count();
    }

    private void expire(long nowMicros) {
        finish(DisconnectReason.ROOM_CLOSED, nowMicros);
    }

    private void finish(DisconnectReason reason, long nowMicros) {
        // A server that goes sends its people to another one; a room that goes does not.
        LeaveAction action =
                reason == DisconnectReason.SERVER_SHUTDOWN ? LeaveAction.RECONNECT : LeaveAction.DISCONNECT;
        for (Participant participant : List.copyOf(roster.everybody())) {
            close(participant, action, reason, true, nowMicros);
        }
        roster.emit(new RoomEffect.Emit(new RoomEvent.RoomFinished(view())));
        finished = true;
    }
}
