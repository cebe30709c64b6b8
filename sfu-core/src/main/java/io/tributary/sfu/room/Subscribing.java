package io.tributary.sfu.room;

import io.tributary.sfu.room.RoomMessage.SubscribedQualities;
import io.tributary.sfu.room.RoomMessage.SubscriptionFailed;
import io.tributary.sfu.room.RoomMessage.SubscriptionPermissionChanged;
import io.tributary.sfu.room.RoomMessage.TrackSubscribed;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Who receives what, and in which quality.
///
/// There is a [Subscription] from everybody to every published track of the others; [#reconcile] is the one place that
/// decides whether it is active. What all of them want together goes back to the publisher as quality.
final class Subscribing {
    private final Roster roster;
    private final Timers timers;
    private final Speakers speakers;

    Subscribing(Roster roster, Timers timers, Speakers speakers) {
        this.roster = roster;
        this.timers = timers;
        this.speakers = speakers;
    }

    /// `participant` can be told things now: it may receive what is there.
    void begin(Participant participant, long nowMicros) {
        for (Publication publication : roster.tracks()) {
            connect(participant, publication, nowMicros);
        }
    }

    /// `participant` is gone.
    void end(Participant participant, long nowMicros) {
        for (Subscription subscription : participant.subscriptions.values()) {
            subscription.cancelTimer();
            if (subscription.active) {
                subscription.active = false;
                recount(subscription, nowMicros);
            }
        }
        participant.subscriptions.clear();
        participant.missingTracks.clear();
        if (participant.missingTimer != null) {
            participant.missingTimer.cancel();
        }
    }

    /// A track came, and everybody has been told of it.
    void published(Publication publication, long nowMicros) {
        for (Participant participant : roster.everybody()) {
            if (participant.written()) {
                connect(participant, publication, nowMicros);
            }
        }
        if (publication.video() && publication.wantedQuality.compare(nowMicros)) {
            tellQualities(publication);
        }
    }

    /// A track went, and everybody has been told.
    void ended(Publication publication) {
        publication.wantedQuality.end();
        for (Participant participant : roster.everybody()) {
            Subscription subscription = participant.subscriptions.remove(publication.sid);
            if (subscription != null) {
                subscription.cancelTimer();
                if (subscription.active) {
                    subscription.active = false;
                    roster.emit(new RoomEffect.Unsubscribe(participant.sid, publication.sid));
                }
            }
        }
    }

    /// What `participant` may receive changed.
    void reconcileSubscriber(Participant participant, long nowMicros) {
        for (Subscription subscription : List.copyOf(participant.subscriptions.values())) {
            reconcile(subscription, nowMicros);
        }
    }

    /// Who may receive the tracks of `publisher` changed.
    void reconcilePublisher(Participant publisher, long nowMicros) {
        for (Participant participant : roster.everybody()) {
            for (TrackSid track : publisher.publications.keySet()) {
                Subscription subscription = participant.subscriptions.get(track);
                if (subscription != null) {
                    reconcile(subscription, nowMicros);
                }
            }
        }
    }

    void wish(Participant participant, TrackSid track, boolean subscribe, long nowMicros) {
        Subscription subscription = participant.subscriptions.get(track);
        if (subscription != null) {
            subscription.wish = subscribe;
            subscription.failed = false;
            reconcile(subscription, nowMicros);
        } else if (!subscribe) {
            participant.missingTracks.remove(track);
        } else if (!participant.publications.containsKey(track)
                && track.value().length() <= RoomLimits.LONGEST_TRACK_SID
                && participant.missingTracks.size() < RoomLimits.MOST_MISSING_TRACKS) {
            participant.missingTracks.putIfAbsent(track, nowMicros + RoomLimits.TRACK_NOT_FOUND_MICROS);
            armMissing(participant);
        }
    }

    void settings(Participant participant, TrackSid track, TrackSettings settings, long nowMicros) {
        Subscription subscription = participant.subscriptions.get(track);
        if (subscription == null) {
            return;
        }
        subscription.settings = settings;
        if (!subscription.active) {
            return;
        }
        if (subscription.demand.paused() && !subscription.wantedDemand().paused()) {
            applyDemand(subscription, nowMicros);
        } else {
            debounce(subscription).armIfIdle(nowMicros + RoomLimits.SETTINGS_DEBOUNCE_MICROS);
        }
    }

    /// Media flows.
    void bound(Participant participant, TrackSid track) {
        Subscription subscription = participant.subscriptions.get(track);
        if (subscription == null || !subscription.active) {
            return;
        }
        Publication publication = subscription.publication;
        if (!publication.toldSubscribed) {
            publication.toldSubscribed = true;
            roster.tell(publication.publisher, new TrackSubscribed(track));
        }
        if (!publication.video()) {
            speakers.introduce(publication.publisher, participant);
        }
    }

    /// The session cannot carry it.
    void refused(Participant participant, TrackSid track, SubscriptionError error, long nowMicros) {
        Subscription subscription = participant.subscriptions.get(track);
        if (subscription != null && subscription.active) {
            subscription.failed = true;
            reconcile(subscription, nowMicros);
            roster.tell(participant, new SubscriptionFailed(track, error));
        }
    }

    /// The publisher sends again and may have forgotten what it was told.
    void unmuted(Publication publication) {
        if (publication.video() && publication.published()) {
            tellQualities(publication);
        }
    }

    private void connect(Participant participant, Publication publication, long nowMicros) {
        Participant publisher = publication.publisher;
        if (participant == publisher || publisher.permissions.hidden()) {
            return;
        }
        Subscription subscription = new Subscription(participant, publication);
        if (participant.missingTracks.remove(publication.sid) != null) {
            subscription.wish = true;
        }
        participant.subscriptions.put(publication.sid, subscription);
        reconcile(subscription, nowMicros);
    }

    private Timers.Timer debounce(Subscription subscription) {
        Timers.Timer timer = subscription.settingsTimer;
        if (timer == null) {
            timer = timers.timer(atMicros -> settle(subscription, atMicros));
            subscription.settingsTimer = timer;
        }
        return timer;
    }

    /// The debounce of a subscription's settings is over.
    private void settle(Subscription subscription, long nowMicros) {
        if (subscription.active) {
            applyDemand(subscription, nowMicros);
        }
    }

    private void reconcile(Subscription subscription, long nowMicros) {
        Participant subscriber = subscription.subscriber;
        Publication publication = subscription.publication;
        boolean wanted = subscription.wanted();
        boolean allowed = subscription.allowed();
        @Nullable Boolean told = subscription.toldAllowed;
        if (wanted && (told == null || told != allowed)) {
            subscription.toldAllowed = allowed;
            roster.tell(
                    subscriber, new SubscriptionPermissionChanged(publication.publisher.sid, publication.sid, allowed));
        }
        boolean active = wanted && allowed;
        if (active == subscription.active) {
            return;
        }
        subscription.active = active;
        if (active) {
            subscription.demand = subscription.wantedDemand();
            roster.emit(new RoomEffect.Subscribe(
                    subscriber.sid,
                    publication.publisher.sid,
                    publication.view(),
                    publication.codec(),
                    subscription.demand));
        } else {
            subscription.cancelTimer();
            roster.emit(new RoomEffect.Unsubscribe(subscriber.sid, publication.sid));
        }
        recount(subscription, nowMicros);
    }

    private void applyDemand(Subscription subscription, long nowMicros) {
        subscription.cancelTimer();
        LayerDemand demand = subscription.wantedDemand();
        if (!demand.equals(subscription.demand)) {
            subscription.demand = demand;
            roster.emit(new RoomEffect.Demand(subscription.subscriber.sid, subscription.publication.sid, demand));
            recount(subscription, nowMicros);
        }
    }

    /// What the publisher is asked for may have changed by this.
    private void recount(Subscription subscription, long nowMicros) {
        Publication publication = subscription.publication;
        if (!publication.video()) {
            return;
        }
        int before = subscription.countedQuality;
        subscription.countedQuality = subscription.quality();
        if (publication.wantedQuality.replace(before, subscription.countedQuality, nowMicros)) {
            tellQualities(publication);
        }
    }

    /// To the publisher: every quality with whether anybody wants it.
    void tellQualities(Publication publication) {
        publication.wantedQuality.tell();
        Map<VideoQuality, Boolean> enabled = new EnumMap<>(VideoQuality.class);
        for (VideoQuality quality : List.of(VideoQuality.LOW, VideoQuality.MEDIUM, VideoQuality.HIGH)) {
            enabled.put(quality, quality.ordinal() <= publication.wantedQuality.wanted());
        }
        List<String> codecs = publication.codecsOfPublisher().stream()
                .map(codec -> codec.encodingName().toLowerCase(Locale.ROOT))
                .toList();
        roster.tell(publication.publisher, new SubscribedQualities(publication.sid, codecs, enabled));
    }

    private void armMissing(Participant participant) {
        Timers.Timer timer = participant.missingTimer;
        if (timer == null) {
            timer = timers.timer(atMicros -> giveUpMissing(participant, atMicros));
            participant.missingTimer = timer;
        }
        // Every wait is equally long, so the oldest entry is the first to end.
        timer.armIfIdle(participant.missingTracks.values().iterator().next());
    }

    private void giveUpMissing(Participant participant, long nowMicros) {
        Iterator<Map.Entry<TrackSid, Long>> missing =
                participant.missingTracks.entrySet().iterator();
        while (missing.hasNext()) {
            Map.Entry<TrackSid, Long> entry = missing.next();
            if (entry.getValue() <= nowMicros) {
                missing.remove();
                roster.tell(participant, new SubscriptionFailed(entry.getKey(), SubscriptionError.TRACK_NOT_FOUND));
            }
        }
        if (!participant.missingTracks.isEmpty()) {
            armMissing(participant);
        }
    }
}
