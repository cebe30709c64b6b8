package io.tributary.sfu.track;

import io.tributary.transport.codec.AudioLevel;
import io.tributary.transport.rtp.RtpPacket;

/// Sums up the audio levels that a client puts into its packets' headers (RFC 6464), so that the control plane hears
/// ten times a second how loud a track is instead of fifty.
final class AudioMeter {
    /// LiveKit's default: levels of -35 dBov and louder are somebody speaking.
    static final int ACTIVE_DBOV = 35;

    static final long INTERVAL_MICROS = 100_000;

    /// Opus sends 20 ms packets unless told otherwise, and at most 120 ms (RFC 7587 §4.2): a longer step between
    /// timestamps is a pause.
    private static final int USUAL_TICKS = 960;

    private static final int MAX_TICKS = 5_760;
    private static final int TICKS_PER_MILLI = 48;

    private final TrackEvents events;
    private boolean started;
    private long intervalStartMicros;
    private int lastTimestampTicks;
    private int loudestDbov = AudioLevel.SILENCE;
    private int activeTicks;
    private int observedTicks;

    AudioMeter(TrackEvents events) {
        this.events = events;
    }

    void onPacket(long nowMicros, RtpPacket packet) {
        int octet = AudioLevel.of(packet);
        if (octet == AudioLevel.NONE) {
            return;
        }
        int dbov = AudioLevel.level(octet);
        int step = packet.timestampTicks() - lastTimestampTicks;
        int ticks = started && step > 0 && step <= MAX_TICKS ? step : USUAL_TICKS;
        if (observedTicks == 0) {
            intervalStartMicros = nowMicros;
        }
        started = true;
        lastTimestampTicks = packet.timestampTicks();
        loudestDbov = Math.min(loudestDbov, dbov);
        observedTicks += ticks;
        if (dbov <= ACTIVE_DBOV) {
            activeTicks += ticks;
        }
        if (observedTicks >= INTERVAL_MICROS / 1_000 * TICKS_PER_MILLI) {
            report();
        }
    }

    /// Called every now and then: an interval that packets stopped in ends all the same.
    void onTick(long nowMicros) {
        if (observedTicks > 0 && nowMicros - intervalStartMicros >= INTERVAL_MICROS) {
            report();
        }
    }

    private void report() {
        events.onAudioLevel(loudestDbov, activeTicks / TICKS_PER_MILLI, observedTicks / TICKS_PER_MILLI);
        loudestDbov = AudioLevel.SILENCE;
        activeTicks = 0;
        observedTicks = 0;
    }
}
