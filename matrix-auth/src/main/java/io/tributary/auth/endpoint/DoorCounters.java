package io.tributary.auth.endpoint;

import io.tributary.auth.access.Access;
import io.tributary.auth.access.TokenRoute;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/// What happened at the door, for people. Any thread.
public final class DoorCounters {
    private final Map<DoorRefusal, LongAdder> refusals = new EnumMap<>(DoorRefusal.class);
    private final Map<TokenRoute, Map<Access, LongAdder>> tokens = new EnumMap<>(TokenRoute.class);
    final LongAdder publishRefused = new LongAdder();
    final LongAdder legacyPublishRefused = new LongAdder();
    final LongAdder delayed = new LongAdder();

    private final LongSupplier verifications;
    private final LongSupplier cachedVerifications;

    DoorCounters(LongSupplier verifications, LongSupplier cachedVerifications) {
        this.verifications = verifications;
        this.cachedVerifications = cachedVerifications;
        for (DoorRefusal refusal : DoorRefusal.values()) {
            refusals.put(refusal, new LongAdder());
        }
        for (TokenRoute route : TokenRoute.values()) {
            Map<Access, LongAdder> byAccess = new EnumMap<>(Access.class);
            for (Access access : Access.values()) {
                byAccess.put(access, new LongAdder());
            }
            tokens.put(route, byAccess);
        }
    }

    void refused(DoorRefusal refusal) {
        counter(refusal).increment();
    }

    void issued(TokenRoute route, Access access) {
        counter(route, access).increment();
    }

    public long refusals(DoorRefusal refusal) {
        return counter(refusal).sum();
    }

    /// Tokens given out; none for [Access#DENIED].
    public long tokens(TokenRoute route, Access access) {
        return counter(route, access).sum();
    }

    /// Tokens that let their bearer subscribe only.
    public long publishRefused() {
        return publishRefused.sum();
    }

    /// Those among them that would have let their bearer publish under `federated_publish: legacy-only`.
    public long legacyPublishRefused() {
        return legacyPublishRefused.sum();
    }

    /// Requests that waited for a limit, whether they were answered or refused in the end.
    public long delayed() {
        return delayed.sum();
    }

    /// Questions put to homeservers.
    public long verifications() {
        return verifications.getAsLong();
    }

    /// Requests that needed none, because the same token had just been verified.
    public long cachedVerifications() {
        return cachedVerifications.getAsLong();
    }

    private LongAdder counter(DoorRefusal refusal) {
        LongAdder counter = refusals.get(refusal);
        if (counter == null) {
            throw new IllegalStateException("no counter for " + refusal);
        }
        return counter;
    }

    private LongAdder counter(TokenRoute route, Access access) {
        Map<Access, LongAdder> byAccess = tokens.get(route);
        LongAdder counter = byAccess == null ? null : byAccess.get(access);
        if (counter == null) {
            throw new IllegalStateException("no counter for " + route + " and " + access);
        }
        return counter;
    }
}
