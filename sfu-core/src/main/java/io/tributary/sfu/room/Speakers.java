package io.tributary.sfu.room;

import io.tributary.sfu.room.RoomMessage.Speaker;
import io.tributary.sfu.room.RoomMessage.SpeakersChanged;
import io.tributary.sfu.track.TrackSid;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Who speaks, from the audio levels that publishers send along (RFC 6464). Every 400 ms those who hear a speaker, and
/// the speaker, are told of what changed.
final class Speakers {
    private static final long INTERVAL_MICROS = 400_000;
    private static final int INTERVAL_MILLIS = 400;

    /// Voice must be there for this share of an interval: a cough is no speech.
    private static final double LEAST_ACTIVE_SHARE = 0.4;

    /// Levels are told in eighths: finer steps would only make traffic.
    private static final int STEPS = 8;

    /// Weight of the newest interval: the mean of the last two or so.
    private static final double SMOOTHING = 2.0 / 3;

    private static final class Window {
        final Participant speaker;
        int loudestDbov = 127;
        int activeMillis;

        Window(Participant speaker) {
            this.speaker = speaker;
        }
    }

    private record Loudness(double smoothed, float told) {}

    private final Roster roster;
    private final Timers.Timer timer;
    private final Map<TrackSid, Window> windows = new LinkedHashMap<>();

    /// Those who speak now.
    private final Map<Participant, Loudness> speaking = new LinkedHashMap<>();

    Speakers(Roster roster, Timers timers) {
        this.roster = roster;
        this.timer = timers.timer(this::tick);
    }

    void heard(Publication publication, int loudestDbov, int activeMillis, long nowMicros) {
        if (publication.muted || activeMillis <= 0) {
            return;
        }
        Window window = windows.computeIfAbsent(publication.sid, sid -> new Window(publication.publisher));
        window.loudestDbov = Math.min(window.loudestDbov, loudestDbov);
        window.activeMillis += activeMillis;
        timer.armIfIdle(nowMicros + INTERVAL_MICROS);
    }

    /// `listener` hears `speaker` from now on.
    void introduce(Participant speaker, Participant listener) {
        Loudness loudness = speaking.get(speaker);
        if (loudness != null && loudness.told() > 0) {
            roster.tell(listener, new SpeakersChanged(List.of(new Speaker(speaker.sid, loudness.told(), true))));
        }
    }

    void left(Participant participant) {
        speaking.remove(participant);
        windows.values().removeIf(window -> window.speaker == participant);
    }

    private void tick(long nowMicros) {
        Map<Participant, Double> levels = new LinkedHashMap<>();
        for (Window window : windows.values()) {
            double share = Math.min(1.0, (double) window.activeMillis / INTERVAL_MILLIS);
            if (share >= LEAST_ACTIVE_SHARE) {
                double level = Math.pow(10, -window.loudestDbov / 20.0) * share;
                levels.merge(window.speaker, level, Math::max);
            }
        }
        windows.clear();
        Map<Participant, Speaker> changed = new LinkedHashMap<>();
        levels.forEach((speaker, level) -> {
            Loudness before = speaking.get(speaker);
            double smoothed = before == null ? level : before.smoothed() + (level - before.smoothed()) * SMOOTHING;
            float told = (float) Math.min(1.0, Math.ceil(smoothed * STEPS) / STEPS);
            speaking.put(speaker, new Loudness(smoothed, told));
            if (before == null || before.told() != told) {
                changed.put(speaker, new Speaker(speaker.sid, told, true));
            }
        });
        for (Participant speaker : List.copyOf(speaking.keySet())) {
            if (!levels.containsKey(speaker)) {
                speaking.remove(speaker);
                changed.put(speaker, new Speaker(speaker.sid, 0, false));
            }
        }
        tell(changed);
        if (!speaking.isEmpty()) {
            timer.armIfIdle(nowMicros + INTERVAL_MICROS);
        }
    }

    private void tell(Map<Participant, Speaker> changed) {
        if (changed.isEmpty()) {
            return;
        }
        for (Participant listener : roster.everybody()) {
            List<Speaker> heard = new ArrayList<>();
            changed.forEach((speaker, news) -> {
                if (speaker == listener || hears(listener, speaker)) {
                    heard.add(news);
                }
            });
            if (!heard.isEmpty()) {
                heard.sort(Comparator.comparingDouble(Speaker::level).reversed());
                roster.tell(listener, new SpeakersChanged(heard));
            }
        }
    }

    private static boolean hears(Participant listener, Participant speaker) {
        for (Publication publication : speaker.publications.values()) {
            Subscription subscription = listener.subscriptions.get(publication.sid);
            if (!publication.video() && subscription != null && subscription.active) {
                return true;
            }
        }
        return false;
    }
}
