package io.tributary.auth.openid;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tributary.auth.matrix.Deadline;
import io.tributary.auth.matrix.HomeserverClient;
import io.tributary.auth.matrix.HomeserverClient.UserInfo;
import io.tributary.auth.matrix.ServerName;
import io.tributary.auth.matrix.ServerTrouble;
import io.tributary.auth.matrix.SingleFlight;
import io.tributary.auth.matrix.Timekeeper;
import io.tributary.auth.matrix.UserId;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;

/// Finds out whose a token is, by asking the homeserver that is said to have given it out.
///
/// The answer counts only for that homeserver's own users: anybody may run a server that calls its visitors by other
/// people's names.
public final class OpenIdVerifier {
    /// Joining costs a client several requests with one token within a second or two.
    private static final Duration KEEP_VERIFIED = Duration.ofSeconds(60);

    /// Long enough against a client that tries again at once; short enough for whoever repairs something.
    private static final Duration KEEP_REFUSED = Duration.ofSeconds(5);

    private static final int MAX_KEPT = 20_000;

    private record Kept(Verification verification, long untilMillis) {}

    private final HomeserverClient homeservers;
    private final Set<ServerName> knownServers;
    private final VerifierLimits limits;
    private final Timekeeper time;
    private final RateLimit<ServerName> rates;
    private final Turnstile<ServerName> strangers;
    private final Turnstile<ServerName> known;
    private final SingleFlight<String, Verification> flights;
    private final LongAdder delayedByRate = new LongAdder();
    private final LongAdder asked = new LongAdder();
    private final LongAdder remembered = new LongAdder();
    private final Cache<String, Kept> kept =
            Caffeine.newBuilder().maximumSize(MAX_KEPT).build();

    /// @param knownServers named by the operator: no rate holds for them, and strangers can't take their turns
    /// @param rates verifications at one homeserver that the operator did not name
    /// @param blocking a virtual thread for each task
    public OpenIdVerifier(
            HomeserverClient homeservers,
            Set<ServerName> knownServers,
            RateLimit<ServerName> rates,
            VerifierLimits limits,
            Executor blocking,
            Timekeeper time) {
        this.homeservers = homeservers;
        this.knownServers = Set.copyOf(knownServers);
        this.limits = limits;
        this.time = time;
        this.rates = rates;
        this.strangers = new Turnstile<>(limits.maxStrangers(), limits.maxPerStranger());
        // Made-up tokens of a named server that hangs must leave turns for the others, so it gets half of them.
        this.known = new Turnstile<>(limits.maxKnown(), Math.max(1, limits.maxKnown() / 2));
        this.flights = new SingleFlight<>(blocking);
    }

    /// Blocks, until the deadline at most.
    public Verification verify(OpenIdToken token, Deadline deadline) {
        String key = key(token);
        Kept known = kept.getIfPresent(key);
        if (known != null && time.nowMillis() < known.untilMillis()) {
            remembered.increment();
            return known.verification();
        }
        return deadline.await(flights.join(key, () -> fly(key, token)))
                .orElse(new Verification.Troubled(ServerTrouble.TIMEOUT, "no answer in time"));
    }

    /// Questions put to homeservers so far.
    public long asked() {
        return asked.sum();
    }

    /// Verifications that needed no question.
    public long remembered() {
        return remembered.sum();
    }

    /// Verifications that had to wait for this, whatever came of them.
    public long delayed(Bottleneck bottleneck) {
        return switch (bottleneck) {
            case SERVER_RATE -> delayedByRate.sum();
            case PER_STRANGER -> strangers.waitedForKey();
            case STRANGERS -> strangers.waitedForAll();
            case KNOWN -> known.waitedForKey() + known.waitedForAll();
        };
    }

    /// Verifications under way at homeservers that the operator did not name.
    public int atStrangers() {
        return strangers.inside();
    }

    /// Those at homeservers that it named.
    public int atKnown() {
        return known.inside();
    }

    private Verification fly(String key, OpenIdToken token) {
        Deadline total = Deadline.in(limits.total(), time);
        Verification verification = inTurn(token, total);
        Duration keep = switch (verification) {
            case Verification.Verified _ -> shorter(KEEP_VERIFIED, token.expiresInSeconds());
            case Verification.Rejected _, Verification.Foreign _, Verification.Troubled _ -> KEEP_REFUSED;
            case Verification.Crowded _ -> Duration.ZERO;
        };
        if (keep.isPositive()) {
            kept.put(key, new Kept(verification, time.nowMillis() + keep.toMillis()));
        }
        return verification;
    }

    private Verification inTurn(OpenIdToken token, Deadline total) {
        ServerName server = token.server();
        boolean isKnown = knownServers.contains(server);
        Deadline patience = total.sooner(limits.patience());
        if (!isKnown) {
            switch (rates.take(server, time.nowMillis())) {
                case RateLimit.Turn.Refused(long retryAfterMillis) -> {
                    return new Verification.Crowded(Bottleneck.SERVER_RATE, retryAfterMillis);
                }
                case RateLimit.Turn.Granted(long waitMillis) -> {
                    if (!pause(waitMillis)) {
                        return new Verification.Crowded(Bottleneck.SERVER_RATE, waitMillis);
                    }
                }
            }
        }
        Turnstile<ServerName> turnstile = isKnown ? known : strangers;
        return switch (turnstile.enter(server, patience)) {
            case KEY_CROWDED -> crowded(isKnown ? Bottleneck.KNOWN : Bottleneck.PER_STRANGER);
            case ALL_CROWDED -> crowded(isKnown ? Bottleneck.KNOWN : Bottleneck.STRANGERS);
            case THROUGH -> {
                try {
                    asked.increment();
                    yield judge(server, homeservers.userInfo(server, token.accessToken(), total));
                } finally {
                    turnstile.leave(server);
                }
            }
        };
    }

    private Verification crowded(Bottleneck bottleneck) {
        return new Verification.Crowded(bottleneck, limits.patience().toMillis());
    }

    private static Verification judge(ServerName server, UserInfo info) {
        return switch (info) {
            case UserInfo.Rejected _ -> new Verification.Rejected();
            case UserInfo.Troubled(ServerTrouble trouble, String detail) -> new Verification.Troubled(trouble, detail);
            case UserInfo.Subject(String value) -> {
                Optional<UserId> user = UserId.parse(value);
                // To the letter, port included: `a.example` says nothing about users of `a.example:8448`.
                boolean own = user.isPresent() && user.get().server().value().equals(server.value());
                yield own ? new Verification.Verified(user.get()) : new Verification.Foreign();
            }
        };
    }

    private boolean pause(long millis) {
        try {
            if (millis > 0) {
                delayedByRate.increment();
                time.pause(millis);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// Never longer than the token lives by its homeserver's word, which the client may have changed to less only.
    private static Duration shorter(Duration keep, long expiresInSeconds) {
        Duration lives = Duration.ofSeconds(expiresInSeconds);
        return expiresInSeconds > 0 && lives.compareTo(keep) < 0 ? lives : keep;
    }

    /// So that what is kept is no list of tokens.
    private static String key(OpenIdToken token) {
        try {
            MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
            sha256.update(token.server().value().getBytes(StandardCharsets.UTF_8));
            sha256.update((byte) '|');
            sha256.update(token.accessToken().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sha256.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is in every JDK", e);
        }
    }
}
