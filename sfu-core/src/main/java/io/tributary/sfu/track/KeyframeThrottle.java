package io.tributary.sfu.track;

/// Merges the key frame requests of everybody who wants one of a layer, so that N joiners cost its publisher one.
///
/// A key frame costs ten times its neighbours, so at most two a second are asked for. A request inside that interval
/// waits for its end, unless a key frame comes first; one that is not answered is repeated once.
final class KeyframeThrottle {
    static final long MIN_INTERVAL_MICROS = 500_000;
    static final long RETRY_AFTER_MICROS = 1_000_000;

    private boolean everAsked;
    private long askedMicros;

    /// Somebody wants one and the last request was made before.
    private boolean pending;

    /// The last request has not been answered.
    private boolean unanswered;

    private boolean retried;

    /// Somebody wants a key frame. True when one is to be asked for now.
    boolean request(long nowMicros) {
        pending = true;
        return due(nowMicros);
    }

    /// Called every now and then. True when a key frame is to be asked for now.
    boolean due(long nowMicros) {
        if (pending) {
            if (everAsked && nowMicros - askedMicros < MIN_INTERVAL_MICROS) {
                return false;
            }
            retried = false;
            return asked(nowMicros);
        }
        if (unanswered && !retried && nowMicros - askedMicros >= RETRY_AFTER_MICROS) {
            retried = true;
            return asked(nowMicros);
        }
        return false;
    }

    /// The first packet of a key frame came: all who asked so far are served.
    void onKeyframe() {
        pending = false;
        unanswered = false;
    }

    private boolean asked(long nowMicros) {
        everAsked = true;
        askedMicros = nowMicros;
        pending = false;
        unanswered = true;
        return true;
    }
}
