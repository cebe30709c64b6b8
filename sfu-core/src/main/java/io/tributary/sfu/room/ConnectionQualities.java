package io.tributary.sfu.room;

import io.tributary.sfu.room.RoomMessage.ConnectionQuality;
import io.tributary.sfu.room.RoomMessage.ParticipantQuality;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How well everybody is connected, told every five seconds to those whom it concerns, when it changed: oneself, and
/// the publishers one receives.
final class ConnectionQualities {
    private static final long INTERVAL_MICROS = 5_000_000;

    /// Reports come every two seconds while a connection lives; three missed ones are no accident.
    private static final long LOST_AFTER_MICROS = 6_500_000;

    /// A mean opinion score needs a scale: 4.5 is what the E-model (ITU-T G.107) gives a perfect line.
    private static final float BEST_SCORE = 4.5f;

    private static final float LEAST_EXCELLENT_SCORE = 4.1f;
    private static final float LEAST_GOOD_SCORE = 3.1f;
    private static final float LOST_SCORE = 1;

    /// Points of the transmission rating (0 to 100) that a per cent of loss costs: video repairs itself, but not long.
    private static final double RATING_PER_LOSS_PERCENT = 4;

    /// Protocols up to this one do not know LOST.
    private static final int LAST_PROTOCOL_WITHOUT_LOST = 10;

    private static final class Reports {
        double worstRating = 100;
        boolean any;
        long lastMicros;
        ParticipantQuality present;

        Reports(ParticipantSid sid, long nowMicros) {
            present = new ParticipantQuality(sid, ConnectionGrade.EXCELLENT, BEST_SCORE);
            lastMicros = nowMicros;
        }
    }

    private final Roster roster;
    private final Timers.Timer timer;
    private final Map<Participant, Reports> reports = new LinkedHashMap<>();
    private final Map<Participant, Map<ParticipantSid, ConnectionGrade>> told = new LinkedHashMap<>();

    ConnectionQualities(Roster roster, Timers timers) {
        this.roster = roster;
        this.timer = timers.timer(this::tick);
    }

    void connected(Participant participant, long nowMicros) {
        reports.put(participant, new Reports(participant.sid, nowMicros));
        timer.armIfIdle(nowMicros + INTERVAL_MICROS);
    }

    void left(Participant participant) {
        reports.remove(participant);
        told.remove(participant);
        if (reports.isEmpty()) {
            timer.cancel();
        }
    }

    void reported(Participant participant, RoomIntent.Quality quality, long nowMicros) {
        Reports known = reports.get(participant);
        if (known == null) {
            return;
        }
        double lossPercent = Math.max(quality.uplinkLossPercent(), quality.downlinkLossPercent());
        known.worstRating = Math.min(known.worstRating, rating(lossPercent, quality.roundTripMillis()));
        known.any = true;
        known.lastMicros = nowMicros;
    }

    private void tick(long nowMicros) {
        reports.forEach((participant, known) -> {
            if (nowMicros - known.lastMicros >= LOST_AFTER_MICROS) {
                known.present = new ParticipantQuality(participant.sid, ConnectionGrade.LOST, LOST_SCORE);
            } else if (known.any) {
                float score = score(known.worstRating);
                known.present = new ParticipantQuality(participant.sid, grade(score), score);
            }
            known.worstRating = 100;
            known.any = false;
        });
        for (Participant listener : roster.everybody()) {
            tell(listener);
        }
        timer.arm(nowMicros + INTERVAL_MICROS);
    }

    private void tell(Participant listener) {
        Set<Participant> concerned = new LinkedHashSet<>();
        concerned.add(listener);
        for (Subscription subscription : listener.subscriptions.values()) {
            if (subscription.active) {
                concerned.add(subscription.publication.publisher);
            }
        }
        List<ParticipantQuality> updates = new ArrayList<>();
        Map<ParticipantSid, ConnectionGrade> grades = new LinkedHashMap<>();
        for (Participant participant : concerned) {
            Reports known = reports.get(participant);
            if (known != null) {
                ParticipantQuality quality = spokenTo(listener, known.present);
                updates.add(quality);
                grades.put(participant.sid, quality.grade());
            }
        }
        if (!updates.isEmpty() && !grades.equals(told.put(listener, grades))) {
            roster.tell(listener, new ConnectionQuality(updates));
        }
    }

    private static ParticipantQuality spokenTo(Participant listener, ParticipantQuality quality) {
        boolean unknown =
                quality.grade() == ConnectionGrade.LOST && listener.client.protocol() <= LAST_PROTOCOL_WITHOUT_LOST;
        return unknown ? new ParticipantQuality(quality.participant(), ConnectionGrade.POOR, quality.score()) : quality;
    }

    /// The transmission rating of a line, 0 to 100: delay costs little up to 160 ms one way, more beyond; loss costs.
    private static double rating(double lossPercent, int roundTripMillis) {
        double oneWayMillis = roundTripMillis / 2.0;
        double delayCost = oneWayMillis < 160 ? oneWayMillis / 40 : (oneWayMillis - 120) / 10;
        return Math.clamp(100 - delayCost - lossPercent * RATING_PER_LOSS_PERCENT, 0, 100);
    }

    /// ITU-T G.107 Annex B: from rating to mean opinion score.
    private static float score(double rating) {
        double mos = 1 + 0.035 * rating + 7e-6 * rating * (rating - 60) * (100 - rating);
        return (float) Math.clamp(mos, 1, BEST_SCORE);
    }

    private static ConnectionGrade grade(float score) {
        if (score >= LEAST_EXCELLENT_SCORE) {
            return ConnectionGrade.EXCELLENT;
        }
        return score >= LEAST_GOOD_SCORE ? ConnectionGrade.GOOD : ConnectionGrade.POOR;
    }
}
