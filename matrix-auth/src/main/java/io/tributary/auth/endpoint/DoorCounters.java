package io.tributary.auth.endpoint;

import io.tributary.auth.access.Access;
import io.tributary.auth.access.TokenRoute;
import io.tributary.auth.openid.Bottleneck;
import io.tributary.auth.openid.OpenIdVerifier;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;

/// What happened at the door, for people. Any thread.
public final class DoorCounters {
    /// Limits that are waited for before somebody is refused for them.
    public static final Set<DoorRefusal> DELAYING = Collections.unmodifiableSet(EnumSet.of(
            DoorRefusal.SOURCE_RATE,
            DoorRefusal.USER_RATE,
            DoorRefusal.SERVER_RATE,
            DoorRefusal.MAX_OUTBOUND,
            DoorRefusal.MAX_OUTBOUND_KNOWN,
            DoorRefusal.MAX_OUTBOUND_PER_SERVER));

    private final Map<DoorRefusal, LongAdder> refusals = new EnumMap<>(DoorRefusal.class);
    private final Map<TokenRoute, Map<Access, LongAdder>> tokens = new EnumMap<>(TokenRoute.class);
    final LongAdder publishRefused = new LongAdder();
    final LongAdder legacyPublishRefused = new LongAdder();
    private final Map<DoorRefusal, LongAdder> delays = new EnumMap<>(DoorRefusal.class);
    private final OpenIdVerifier verifier;
    private final IntSupplier pending;

    /// @param pending requests at work now; any thread
    DoorCounters(OpenIdVerifier verifier, IntSupplier pending) {
        this.verifier = verifier;
        this.pending = pending;
        for (DoorRefusal refusal : DoorRefusal.values()) {
            refusals.put(refusal, new LongAdder());
            delays.put(refusal, new LongAdder());
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
        counter(refusals, refusal).increment();
    }

    void waits(DoorRefusal limit) {
        counter(delays, limit).increment();
    }

    void issued(TokenRoute route, Access access) {
        counter(route, access).increment();
    }

    public long refusals(DoorRefusal refusal) {
        return counter(refusals, refusal).sum();
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

    /// What had to wait for one of [#DELAYING], whether it was answered or refused in the end: requests, or where the
    /// limit is one of verifications those, which are one for many requests with the same token.
    public long delayed(DoorRefusal limit) {
        long delayed = counter(delays, limit).sum();
        for (Bottleneck bottleneck : Bottleneck.values()) {
            if (DoorRefusal.of(bottleneck) == limit) {
                delayed += verifier.delayed(bottleneck);
            }
        }
        return delayed;
    }

    /// Requests at work now.
    public int pending() {
        return pending.getAsInt();
    }

    /// Verifications under way at homeservers that the operator did not name.
    public int atStrangers() {
        return verifier.atStrangers();
    }

    /// Those at homeservers that it named.
    public int atKnown() {
        return verifier.atKnown();
    }

    /// Questions put to homeservers.
    public long verifications() {
        return verifier.asked();
    }

    /// Requests that needed none, because the same token had just been verified.
    public long cachedVerifications() {
        return verifier.remembered();
    }

    private static LongAdder counter(Map<DoorRefusal, LongAdder> counters, DoorRefusal refusal) {
        LongAdder counter = counters.get(refusal);
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
