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

    /// Takes a place in the line of one address, and does not wait for it yet.
    RateLimit.Turn source(String source) {
        return sources.take(source, time.nowMillis());
    }

    /// Waits for that place.
    Optional<Admission.Denied> awaitSource(long waitMillis, Deadline deadline) {
        return await(waitMillis, DoorRefusal.SOURCE_RATE, "-", deadline);
    }

    Optional<Admission.Denied> user(UserId user, Deadline deadline) {
        String homeserver = user.server().value();
        return switch (users.take(user, time.nowMillis())) {
            case RateLimit.Turn.Granted(long waitMillis) ->
                await(waitMillis, DoorRefusal.USER_RATE, homeserver, deadline);
            case RateLimit.Turn.Refused(long retryAfterMillis) ->
                Optional.of(refuse(DoorRefusal.USER_RATE, homeserver, retryAfterMillis));
        };
    }

    static Admission.Denied refuse(DoorRefusal refusal, String homeserver, long retryAfterMillis) {
        return new Admission.Denied(
                refusal, MatrixError.limitExceeded(retryAfterMillis), homeserver, "too many requests");
    }

    private Optional<Admission.Denied> await(
            long waitMillis, DoorRefusal refusal, String homeserver, Deadline deadline) {
        if (waitMillis == 0) {
            return Optional.empty();
        }
        counters.waits(refusal);
        return waitMillis < deadline.leftMillis() && pause(waitMillis)
                ? Optional.empty()
                : Optional.of(refuse(refusal, homeserver, waitMillis));
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
