package io.tributary.auth.matrix;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.tributary.transport.http.OutboundReply;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `https://<name>/.well-known/matrix/server`: the name that a homeserver's name stands for, remembered as long as the
/// answer says, within bounds (Matrix server-server API, "Resolving server names").
final class WellKnown {
    private static final String PATH = "/.well-known/matrix/server";

    /// What Synapse reads of it.
    private static final int MAX_BYTES = 50 << 10;

    private static final int MAX_REDIRECTS = 3;

    /// Where nobody listens on 443 and packets are dropped, this is what discovery loses before it goes on.
    private static final Duration PATIENCE = Duration.ofSeconds(4);

    /// Names of strangers; each is a few hundred bytes.
    private static final int MAX_NAMES = 10_000;

    /// There is none, or nothing usable: not soon, either. The specification's longest.
    private static final Duration KEEP_ABSENCE = Duration.ofHours(1);

    /// What was there is there no longer: often back in a moment, when somebody is at work on a web server.
    private static final Duration KEEP_LOSS = Duration.ofMinutes(2);

    /// Nobody could be asked. The first time that may have been a moment in which this machine or the network was
    /// busy, and who delegates can't be reached until it is asked again. Each time after that is twice as long:
    /// where nobody ever listens, asking costs [#PATIENCE].
    private static final Duration KEEP_FIRST_TROUBLE = Duration.ofSeconds(8);

    private static final int MOST_DOUBLINGS = 4;

    /// How long what was good once is used while nobody can be asked. An answer, also that there is nothing, ends it.
    private static final Duration KEEP_GOOD = Freshness.LONGEST;

    private static final JsonMapper JSON = new JsonMapper();

    /// What is known of one name.
    ///
    /// @param delegate where it points; empty when it points nowhere
    /// @param staleAtMillis ask again from then on
    /// @param goodUntilMillis use `delegate` until then if asking fails; 0 without one
    /// @param troubles how often in a row nobody could be asked
    private record Entry(Optional<ServerName> delegate, long staleAtMillis, long goodUntilMillis, int troubles) {}

    /// What one try came to.
    private sealed interface Answer {
        record Delegates(ServerName to, Duration keep) implements Answer {}

        record Absent() implements Answer {}

        record Troubled() implements Answer {}
    }

    private final CheckedHttp http;
    private final Timekeeper time;
    private final RandomGenerator random;
    private final SingleFlight<String, Entry> flights;
    private final Cache<String, Entry> known =
            Caffeine.newBuilder().maximumSize(MAX_NAMES).build();

    WellKnown(CheckedHttp http, Executor blocking, Timekeeper time, RandomGenerator random) {
        this.http = http;
        this.time = time;
        this.random = random;
        this.flights = new SingleFlight<>(blocking);
    }

    /// Where `host` delegates to; empty when it does not, or that can't be found out in time.
    Optional<ServerName> delegate(ServerName.Host.Dns host, Deadline deadline) {
        Entry entry = known.getIfPresent(host.name());
        if (entry != null && time.nowMillis() < entry.staleAtMillis()) {
            return entry.delegate();
        }
        return deadline.await(flights.join(host.name(), () -> refresh(host.name())))
                .flatMap(Entry::delegate);
    }

    /// Runs to its own end whoever waits for it, so that the next one finds an answer.
    private Entry refresh(String host) {
        Answer answer = fetch(URI.create("https://" + host + PATH), Deadline.in(PATIENCE, time));
        long now = time.nowMillis();
        Optional<Entry> last = Optional.ofNullable(known.getIfPresent(host));
        Optional<Entry> good = last.filter(before -> now < before.goodUntilMillis());
        Entry fresh = switch (answer) {
            case Answer.Delegates(ServerName to, Duration keep) ->
                new Entry(Optional.of(to), now + jittered(keep), now + KEEP_GOOD.toMillis(), 0);
            case Answer.Troubled _ -> {
                int before = last.map(Entry::troubles).orElse(0);
                Duration keep = KEEP_FIRST_TROUBLE.multipliedBy(1L << Math.min(before, MOST_DOUBLINGS));
                yield new Entry(
                        good.flatMap(Entry::delegate),
                        now + jittered(keep),
                        good.map(Entry::goodUntilMillis).orElse(0L),
                        before + 1);
            }
            case Answer.Absent _ ->
                new Entry(Optional.empty(), now + jittered(good.isPresent() ? KEEP_LOSS : KEEP_ABSENCE), 0, 0);
        };
        known.put(host, fresh);
        return fresh;
    }

    private Answer fetch(URI first, Deadline deadline) {
        URI at = first;
        for (int hop = 0; hop <= MAX_REDIRECTS; hop++) {
            switch (ask(at, deadline)) {
                case OutboundReply.Failed(OutboundReply.Failure failure, String _) -> {
                    return failure == OutboundReply.Failure.TOO_LARGE ? new Answer.Absent() : new Answer.Troubled();
                }
                case OutboundReply.Answered answered -> {
                    Optional<URI> next = redirect(at, answered);
                    if (next.isEmpty()) {
                        return read(answered);
                    }
                    at = next.get();
                }
            }
        }
        return new Answer.Absent();
    }

    private OutboundReply ask(URI at, Deadline deadline) {
        Optional<ServerName> authority =
                Optional.ofNullable(at.getRawAuthority()).flatMap(ServerName::parse);
        if (authority.isEmpty() || !"https".equalsIgnoreCase(at.getScheme())) {
            return new OutboundReply.Failed(OutboundReply.Failure.BROKEN, "no https URL");
        }
        ServerName name = authority.get();
        int port = name.port().orElse(443);
        return switch (http.at(name.host(), ServerDiscovery.certificateName(name), name.value(), port, deadline)) {
            case Discovery.Lost(ServerTrouble trouble, String detail) ->
                new OutboundReply.Failed(OutboundReply.Failure.UNREACHABLE, trouble + ": " + detail);
            case Discovery.Found found ->
                http.get(found.destinations().getFirst(), pathAndQuery(at), MAX_BYTES, deadline);
        };
    }

    private static String pathAndQuery(URI at) {
        String path = at.getRawPath() == null || at.getRawPath().isEmpty() ? "/" : at.getRawPath();
        return at.getRawQuery() == null ? path : path + "?" + at.getRawQuery();
    }

    private static Optional<URI> redirect(URI from, OutboundReply.Answered answered) {
        boolean redirects = switch (answered.status()) {
            case 301, 302, 303, 307, 308 -> true;
            default -> false;
        };
        if (!redirects) {
            return Optional.empty();
        }
        try {
            return answered.header("Location").map(from::resolve);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Answer read(OutboundReply.Answered answered) {
        if (answered.status() >= 500) {
            return new Answer.Troubled();
        }
        if (answered.status() != 200) {
            return new Answer.Absent();
        }
        try {
            JsonNode body = JSON.readTree(answered.text());
            Optional<ServerName> to = ServerName.parse(body.path("m.server").asString(""));
            return to.<Answer>map(name -> new Answer.Delegates(name, Freshness.of(answered)))
                    .orElseGet(Answer.Absent::new);
        } catch (JacksonException e) {
            return new Answer.Absent();
        }
    }

    /// Up to a tenth less, so that what was learnt together isn't forgotten together.
    private long jittered(Duration keep) {
        return (long) (keep.toMillis() * (0.9 + 0.1 * random.nextDouble()));
    }

    /// What is known and when it becomes stale, for tests of what is remembered.
    OptionalInt secondsUntilStale(String host) {
        Entry entry = known.getIfPresent(host);
        return entry == null
                ? OptionalInt.empty()
                : OptionalInt.of((int) ((entry.staleAtMillis() - time.nowMillis()) / 1000));
    }
}
