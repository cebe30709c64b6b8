package io.tributary.sfu.room;

import io.tributary.sfu.track.LayerDemand;
import org.jspecify.annotations.Nullable;

/// What one participant does with one track of another.
///
/// ```
/// idle ── wanted, allowed ──► active (negotiated, then bound) ── unwanted or forbidden ──► idle
/// ```
final class Subscription {
    final Participant subscriber;
    final Publication publication;

    /// What the subscriber asked for itself; null follows its auto_subscribe.
    @Nullable
    Boolean wish;

    /// What it was last told of the publisher's permission; null is nothing.
    @Nullable
    Boolean toldAllowed;

    /// Its session could not carry it; until it asks again.
    boolean failed;

    boolean active;

    @Nullable
    TrackSettings settings;

    /// What the media plane was last told.
    LayerDemand demand = LayerDemand.NONE;

    /// As what its demand counts for the publisher, as [WantedQuality] numbers it.
    int countedQuality = WantedQuality.NOTHING;

    /// Made when settings first have to wait.
    Timers.@Nullable Timer settingsTimer;

    Subscription(Participant subscriber, Publication publication) {
        this.subscriber = subscriber;
        this.publication = publication;
    }

    void cancelTimer() {
        if (settingsTimer != null) {
            settingsTimer.cancel();
        }
    }

    /// As what it is to count now.
    int quality() {
        return active && !demand.paused()
                ? publication.qualityOf(demand.layer()).ordinal()
                : WantedQuality.NOTHING;
    }

    boolean wanted() {
        boolean asked = wish != null ? wish : subscriber.autoSubscribe;
        return asked && !failed && subscriber.permissions.canSubscribe();
    }

    boolean allowed() {
        return publication.publisher.allows(subscriber, publication.sid);
    }

    /// What the subscriber's settings, or their absence, mean for this track.
    LayerDemand wantedDemand() {
        TrackSettings asked = settings;
        if (asked == null) {
            return subscriber.adaptiveStream ? LayerDemand.LOWEST : publication.highestDemand();
        }
        if (asked.disabled() || asked.quality() == VideoQuality.OFF) {
            return LayerDemand.NONE;
        }
        LayerDemand demand = asked.width() > 0 && asked.height() > 0
                ? publication.demandForSize(asked.width(), asked.height())
                : publication.demandForQuality(asked.quality());
        return demand.atMost(Math.max(0, asked.fps()));
    }
}
