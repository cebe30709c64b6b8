package io.tributary.sfu.track;

import java.util.Arrays;

/// The sinks of one track, called in turn. Sinks may come and go while a packet is being sent: those present at its
/// start get it.
///
/// @param <S> who may be fed
public final class Fanout<S extends TrackSink> {
    private static final TrackSink[] NOBODY = {};

    /// Replaced, never changed: sends outnumber joins by far.
    private TrackSink[] sinks = NOBODY;

    public void add(S sink) {
        TrackSink[] more = Arrays.copyOf(sinks, sinks.length + 1);
        more[sinks.length] = sink;
        sinks = more;
    }

    public void remove(S sink) {
        for (int i = 0; i < sinks.length; i++) {
            if (sinks[i] == sink) {
                TrackSink[] fewer = Arrays.copyOf(sinks, sinks.length - 1);
                System.arraycopy(sinks, i + 1, fewer, i, fewer.length - i);
                sinks = fewer;
                return;
            }
        }
    }

    void send(long nowMicros, TrackPacket packet) {
        for (TrackSink sink : sinks) {
            try {
                sink.onPacket(nowMicros, packet);
            } catch (RuntimeException | AssertionError failure) {
                sink.onFailure(failure);
            }
        }
    }

    void sendLoss(long nowMicros, Layer layer) {
        for (TrackSink sink : sinks) {
            try {
                sink.onLoss(nowMicros, layer);
            } catch (RuntimeException | AssertionError failure) {
                sink.onFailure(failure);
            }
        }
    }

    void sendSenderReport(long nowMicros, Layer layer) {
        for (TrackSink sink : sinks) {
            try {
                sink.onSenderReport(nowMicros, layer);
            } catch (RuntimeException | AssertionError failure) {
                sink.onFailure(failure);
            }
        }
    }
}
