package io.tributary.auth.endpoint;

import io.tributary.auth.matrix.Deadline;
import io.tributary.auth.matrix.Timekeeper;
import io.tributary.auth.matrix.UserId;
import io.tributary.auth.openid.RateLimit;
import java.util.Optional;

/// How often one address and one user may ask. Who asks too often waits; who would have to wait too long is refused.
final class DoorRates {
    private final Timekeeper time;
    private final DoorCounters counters;
    private final RateLimit<String> sources;
    private final RateLimit<UserId> users;

    DoorRates(DoorLimits limits, Timekeeper time, DoorCounters counters) {
        this.time = time;
        this.counters = counters;
        this.sources = limits.perSource().limit(limits.patience());
        this.users = limits.perUser().limit(limits.patience());
    }

    Optional<Admission.Denied> source(String source, Deadline deadline) {
        return take(sources, source, DoorRefusal.SOURCE_RATE, "-", deadline);
    }

    Optional<Admission.Denied> user(UserId user, Deadline deadline) {
        return take(users, user, DoorRefusal.USER_RATE, user.server().value(), deadline);
    }

    private <K> Optional<Admission.Denied> take(
            RateLimit<K> limit, K key, DoorRefusal refusal, String homeserver, Deadline deadline) {
        long retryAfterMillis = switch (limit.take(key, time.nowMillis())) {
            case RateLimit.Turn.Granted(long waitMillis) -> {
                if (waitMillis == 0) {
                    yield 0;
                }
                counters.delayed.increment();
                yield waitMillis < deadline.leftMillis() && pause(waitMillis) ? 0 : waitMillis;
            }
            case RateLimit.Turn.Refused(long waitMillis) -> waitMillis;
        };
        return retryAfterMillis == 0
                ? Optional.empty()
                : Optional.of(new Admission.Denied(
                        refusal, MatrixError.limitExceeded(retryAfterMillis), homeserver, "too many requests"));
    }

    private boolean pause(long millis) {
        try {
            time.pause(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
