package io.tributary.server;

import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.tributary.auth.access.Access;
import io.tributary.auth.access.TokenRoute;
import io.tributary.auth.endpoint.DoorCounters;
import io.tributary.auth.endpoint.DoorRefusal;
import io.tributary.sfu.forward.ForwardDrop;
import io.tributary.sfu.room.Census;
import io.tributary.sfu.room.DisconnectReason;
import io.tributary.sfu.room.RequestOutcome;
import io.tributary.sfu.router.MediaLoops;
import io.tributary.sfu.router.MediaShard;
import io.tributary.sfu.service.RoomService;
import io.tributary.sfu.service.TwirpCode;
import io.tributary.sfu.signal.HoldOutcome;
import io.tributary.sfu.signal.JoinRefusal;
import io.tributary.sfu.signal.Lobby;
import io.tributary.sfu.signal.SignalCounters;
import io.tributary.sfu.track.TrackDrop;
import io.tributary.transport.dtls.BouncyDtls;
import io.tributary.transport.dtls.DtlsCounters;
import io.tributary.transport.ice.IceDrop;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.DropReason;
import io.tributary.transport.loop.SerialLoop;
import io.tributary.transport.netty.NettyLoop;
import io.tributary.transport.netty.ShardCounters;
import io.tributary.transport.netty.UdpShard;
import io.tributary.transport.peer.PeerDrop;
import io.tributary.transport.peer.RepairCounters.Repair;
import io.tributary.transport.web.GatewayCounters;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Everything that is counted, by the names that operators see. Nothing is measured for its sake: a scrape reads the
/// counters that the loops keep anyway, and asks the control loop for a [Census].
///
/// Names are written in full so that a search for one finds it here. `docs/operations/observe.md` explains each.
final class Metrics {
    /// A control loop that does not answer within it is in trouble, which its backlog says; the gauges that only it
    /// knows are NaN then, and everything else is still served. Prometheus waits ten seconds.
    private static final Duration CENSUS_PATIENCE = Duration.ofSeconds(1);

    private static final String OURS = "tributary_";

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT).throwExceptionOnRegistrationFailure();
    private final Executor blocking;
    private @Nullable Lobby lobby;
    private volatile @Nullable Census census;

    /// One media loop with what hangs on it.
    record Loop(String name, NettyLoop loop, MediaShard shard, UdpShard udp, BouncyDtls dtls) {}

    /// @param blocking runs a scrape, a few milliseconds of formatting, away from the loops
    Metrics(Executor blocking) {
        this.blocking = blocking;
        var byConvention = registry.config().namingConvention();
        // The registry's convention would cut `_info` off.
        registry.config()
                .namingConvention(
                        (name, type, unit) -> name.startsWith(OURS) ? name : byConvention.name(name, type, unit));
        bindMachine();
    }

    /// Says what runs here.
    void bindBuild(String version) {
        gauge(
                "tributary_build_info",
                "1; the labels say which Tributary runs on which Java",
                () -> 1,
                Tags.of("version", version, "java", Runtime.version().toString()));
    }

    void bindCiphers(String cipherProvider) {
        gauge(
                "tributary_srtp_provider_info",
                "1; the label names the library that encrypts media",
                () -> 1,
                Tags.of("provider", cipherProvider));
    }

    void bindHeap(HeapBound heap) {
        gauge(
                "tributary_heap_share",
                "Share of the heap in use; after a collection where it is beyond the bound for newcomers",
                heap::share);
        gauge(
                "tributary_heap_refusing",
                "1 while newcomers are refused for want of memory",
                () -> heap.refusing() ? 1 : 0);
    }

    void bindControl(SerialLoop control) {
        bindLoop("control", control::backlog, control::failures);
    }

    void bindLoops(Iterable<Loop> loops, MediaLoops media) {
        for (Loop each : loops) {
            bindLoop(each.name(), each.loop()::backlog, each.loop()::failures);
            Tags loop = Tags.of("loop", each.name());
            counter("tributary_loop_turns_total", "Turns of a media loop", each.loop()::turns, loop);
            gauge("tributary_loop_peers", "Connections that live on a loop", () -> media.peers(each.shard()), loop);
            gauge(
                    "tributary_loop_packet_buffers",
                    "Packet buffers in use",
                    () -> each.loop().packets().outstanding(),
                    loop);
            bindUdp(each.udp().counters(), loop);
            gauge(
                    "tributary_udp_send_path",
                    "Always 1; how datagrams leave",
                    () -> 1,
                    loop.and("path", label(each.udp().sendPath())));
            bindDtls(each.dtls().counters(), loop);
        }
        drops("tributary_ice_drops_total", "STUN messages not answered", IceDrop.values(), media::counted);
        drops(
                "tributary_peer_drops_total",
                "Packets no connection could take or send",
                PeerDrop.values(),
                media::counted);
        drops(
                "tributary_track_drops_total",
                "Packets that got no further than their track",
                TrackDrop.values(),
                media::counted);
        drops(
                "tributary_forward_drops_total",
                "Packets and repeats a subscriber did not get",
                ForwardDrop.values(),
                media::counted);
        bindRepairs(media);
        counter(
                "tributary_unpaced_packets_total",
                "Packets that left before their slice because too many waited",
                media::leftEarly);
    }

    void bindHttp(GatewayCounters http) {
        gauge("tributary_http_connections", "Open connections, WebSockets among them", http::openConnections);
        counter(
                "tributary_http_refused_connections_total",
                "Connections closed because there were too many",
                http::refusedConnections);
        counter("tributary_http_requests_total", "HTTP requests, upgrades among them", http::requests);
        counter(
                "tributary_http_invalid_requests_total",
                "Requests that were no HTTP or had too long a head",
                http::invalidRequests);
        counter("tributary_http_oversized_bodies_total", "Requests with too large a body", http::oversizedBodies);
        counter(
                "tributary_http_cut_off_requests_total",
                "Connections closed because all unfinished requests together were too large",
                http::cutOffRequests);
        counter("tributary_http_slow_bodies_total", "Requests whose body did not come in time", http::slowBodies);
        counter("tributary_http_route_failures_total", "Bugs of ours in routes and listeners", http::routeFailures);
        gauge("tributary_websockets", "Open WebSockets", http::openWebSockets);
        counter("tributary_websocket_upgrades_total", "WebSockets opened", http::upgrades);
        counter(
                "tributary_websocket_slow_readers_total",
                "WebSockets closed because the client did not read",
                http::slowReaders);
        counter(
                "tributary_websocket_refused_messages_total",
                "WebSockets closed for a message too large or no frame at all",
                http::refusedMessages);
        counter(
                "tributary_websocket_undecided_upgrades_total",
                "Upgrades that were not decided in time",
                http::undecidedUpgrades);
    }

    void bindRoomService(RoomService service) {
        for (TwirpCode code : TwirpCode.values()) {
            counter(
                    "tributary_room_service_calls_total",
                    "Calls of the room service, by how they ended",
                    () -> service.calls(code),
                    Tags.of("code", label(code)));
        }
    }

    void bindDoor(DoorCounters door) {
        for (DoorRefusal refusal : DoorRefusal.values()) {
            counter(
                    "tributary_door_refusals_total",
                    "Matrix users who got no token",
                    () -> door.refusals(refusal),
                    Tags.of("reason", label(refusal)));
        }
        for (TokenRoute route : TokenRoute.values()) {
            for (Access access : List.of(Access.FULL, Access.RESTRICTED)) {
                counter(
                        "tributary_door_tokens_total",
                        "Tokens given to Matrix users",
                        () -> door.tokens(route, access),
                        Tags.of("route", label(route), "access", label(access)));
            }
        }
        counter(
                "tributary_door_subscribe_only_tokens_total",
                "Those that let their bearer watch and listen only",
                door::publishRefused);
        counter(
                "tributary_door_legacy_subscribe_only_tokens_total",
                "Those that would let publish under matrix.federated_publish: legacy-only",
                door::legacyPublishRefused);
        for (DoorRefusal limit : DoorCounters.DELAYING) {
            counter(
                    "tributary_door_delayed_total",
                    "Token requests and verifications that had to wait, by what they would have been refused for",
                    () -> door.delayed(limit),
                    Tags.of("reason", label(limit)));
        }
        gauge("tributary_door_pending_requests", "Token requests at work", door::pending);
        gauge(
                "tributary_door_outbound_verifications",
                "Verifications under way at homeservers",
                door::atKnown,
                Tags.of("homeservers", "named"));
        gauge(
                "tributary_door_outbound_verifications",
                "Verifications under way at homeservers",
                door::atStrangers,
                Tags.of("homeservers", "strangers"));
        counter("tributary_door_verifications_total", "Questions put to homeservers", door::verifications);
        counter(
                "tributary_door_cached_verifications_total",
                "Token requests that needed none",
                door::cachedVerifications);
    }

    void bindRemoteRooms(RemoteRooms rooms) {
        counter("tributary_sfu_calls_total", "Calls of the SFU behind a token service", rooms::calls);
        counter("tributary_sfu_failed_calls_total", "Those that failed", rooms::failures);
    }

    /// All of it in Prometheus' text format. Any thread.
    CompletionStage<String> scrape() {
        Lobby asked = lobby;
        if (asked == null) {
            return CompletableFuture.supplyAsync(registry::scrape, blocking);
        }
        return asked.census()
                .toCompletableFuture()
                .orTimeout(CENSUS_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                .handleAsync(
                        (counted, failure) -> {
                            census = failure == null ? counted : null;
                            return registry.scrape();
                        },
                        blocking);
    }

    /// Before the first scrape.
    void bindRooms(Lobby known) {
        lobby = known;
        gauge("tributary_rooms", "Rooms", () -> ofCensus(Census::rooms));
        gauge("tributary_participants", "Participants in all rooms", () -> ofCensus(Census::participants));
        gauge("tributary_tracks", "Published tracks", () -> ofCensus(Census::tracks));
        gauge("tributary_subscriptions", "Tracks times their receivers", () -> ofCensus(Census::subscriptions));
        counter(
                "tributary_e2ee_refused_tracks_total",
                "Tracks refused because they were not encrypted end to end",
                known::unencryptedRefused);
        counter(
                "tributary_e2ee_plaintext_tracks_total",
                "Tracks that announced end-to-end encryption and sent unencrypted media",
                known::plaintextTracks);
        counter("tributary_room_failures_total", "Bugs of ours in rooms", known::roomFailures);
        counter("tributary_session_failures_total", "Sessions that a bug of ours ended", known::failures);
        bindSignals(known.counters());
    }

    private double ofCensus(ToIntFunction<Census> count) {
        Census counted = census;
        return counted == null ? Double.NaN : count.applyAsInt(counted);
    }

    private void bindSignals(SignalCounters signals) {
        counter("tributary_joins_total", "Participants let into a room", signals::joins);
        counter("tributary_reconnects_declined_total", "Clients told to join anew", signals::sentAway);
        counter("tributary_signal_floods_total", "Messages of clients too far ahead", signals::floods);
        counter("tributary_signal_unreadable_total", "Messages that were no signal request", signals::unreadable);
        gauge("tributary_held_joins", "People who wait for a room to join", signals::holding);
        for (HoldOutcome outcome : HoldOutcome.values()) {
            counter(
                    "tributary_held_joins_total",
                    "People who came before their room, by how their wait ended",
                    () -> signals.holds(outcome),
                    Tags.of("outcome", label(outcome)));
        }
        for (JoinRefusal reason : JoinRefusal.values()) {
            counter(
                    "tributary_join_refusals_total",
                    "Requests to join that were refused",
                    () -> signals.refusals(reason),
                    Tags.of("reason", label(reason)));
        }
        for (DisconnectReason reason : DisconnectReason.values()) {
            counter(
                    "tributary_departures_total",
                    "Participants who left or were put out",
                    () -> signals.departures(reason),
                    Tags.of("reason", label(reason)));
        }
        for (RequestOutcome outcome : RequestOutcome.values()) {
            counter(
                    "tributary_request_answers_total",
                    "Answers to requests of participants",
                    () -> signals.answers(outcome),
                    Tags.of("outcome", label(outcome)));
        }
    }

    private void bindLoop(String name, LongSupplier backlog, LongSupplier failures) {
        Tags loop = Tags.of("loop", name);
        gauge("tributary_loop_backlog_tasks", "Tasks that wait for a loop", backlog::getAsLong, loop);
        counter("tributary_loop_failures_total", "Bugs of ours on a loop", failures, loop);
    }

    private void bindRepairs(MediaLoops media) {
        counter(
                "tributary_nacks_sent_total",
                "Packets asked of publishers again",
                () -> media.counted(Repair.REQUESTED));
        counter(
                "tributary_recovered_packets_total",
                "Lost packets that came again",
                () -> media.counted(Repair.RECOVERED));
        counter(
                "tributary_given_up_packets_total",
                "Lost packets that never came",
                () -> media.counted(Repair.GIVEN_UP));
        counter(
                "tributary_nacks_received_total",
                "Packets subscribers asked for again",
                () -> media.counted(Repair.WANTED));
        counter(
                "tributary_resent_packets_total",
                "Packets sent to subscribers again",
                () -> media.counted(Repair.RESENT));
    }

    private void bindUdp(ShardCounters udp, Tags loop) {
        counter("tributary_udp_received_packets_total", "Datagrams received", udp::packetsIn, loop);
        counter("tributary_udp_received_bytes_total", "Bytes in them", udp::bytesIn, loop);
        counter(
                "tributary_udp_received_messages_total",
                "What datagrams received came from the kernel as: several in one where it joined them",
                udp::messagesIn,
                loop);
        counter("tributary_udp_sent_packets_total", "Datagrams sent", udp::packetsOut, loop);
        counter("tributary_udp_sent_bytes_total", "Bytes in them", udp::bytesOut, loop);
        counter(
                "tributary_udp_sent_messages_total",
                "What datagrams sent went to the kernel as: several in one where it cuts them",
                udp::messagesOut,
                loop);
        counter(
                "tributary_udp_refused_runs_total",
                "Messages of several datagrams that the network did not take",
                udp::refusedRuns,
                loop);
        counter("tributary_udp_send_calls_total", "System calls to send", udp::sendCalls, loop);
        counter("tributary_udp_socket_full_total", "Times a socket was found full", udp::socketFull, loop);
        drops("tributary_udp_drops_total", "Datagrams not received or not sent", udp.drops(), loop);
    }

    private void bindDtls(DtlsCounters dtls, Tags loop) {
        counter("tributary_dtls_handshakes_total", "DTLS handshakes that led to keys", dtls::handshakes, loop);
        counter("tributary_dtls_failed_handshakes_total", "Those that did not", dtls::failedHandshakes, loop);
        drops("tributary_dtls_drops_total", "DTLS records that went no further", dtls.drops(), loop);
    }

    /// What is cheap to read of the JVM and the machine, by the names that Micrometer's users know.
    private void bindMachine() {
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        if (ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads) {
            counter(
                    "tributary_allocated_bytes_total",
                    "Bytes that all threads together have allocated on the heap",
                    threads::getTotalThreadAllocatedBytes,
                    Tags.empty());
        }
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            Tags tags = Tags.of("collector", collector.getName());
            counter("tributary_gc_collections_total", "Garbage collections", collector::getCollectionCount, tags);
            counted(
                    "tributary_gc_seconds_total",
                    "Time of garbage collections",
                    () -> collector.getCollectionTime() / 1e3,
                    tags);
        }
    }

    private <R extends Enum<R> & DropReason> void drops(String name, String meaning, DropCounter<R> drops, Tags tags) {
        for (R reason : drops.reasons()) {
            counter(name, meaning, () -> drops.counted(reason), tags.and("reason", label(reason)));
        }
    }

    private <R extends Enum<R> & DropReason> void drops(
            String name, String meaning, R[] reasons, ToLongFunction<R> counted) {
        for (R reason : reasons) {
            counter(name, meaning, () -> counted.applyAsLong(reason), Tags.of("reason", label(reason)));
        }
    }

    private static String label(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    private void counter(String name, String meaning, LongSupplier count) {
        counter(name, meaning, count, Tags.empty());
    }

    private void counter(String name, String meaning, LongSupplier count, Tags tags) {
        counted(name, meaning, count::getAsLong, tags);
    }

    /// Meters hold what they read weakly; by holding on to us, and we to the registry, they stay.
    private void counted(String name, String meaning, DoubleSupplier count, Tags tags) {
        FunctionCounter.builder(name, this, _ -> count.getAsDouble())
                .description(meaning)
                .tags(tags)
                .register(registry);
    }

    private void gauge(String name, String meaning, DoubleSupplier value) {
        gauge(name, meaning, value, Tags.empty());
    }

    private void gauge(String name, String meaning, DoubleSupplier value, Tags tags) {
        Gauge.builder(name, this, _ -> value.getAsDouble())
                .description(meaning)
                .tags(tags)
                .register(registry);
    }
}
