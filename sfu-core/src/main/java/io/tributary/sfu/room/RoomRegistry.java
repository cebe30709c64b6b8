package io.tributary.sfu.room;

import io.tributary.sfu.room.JoinOutcome.Refused;
import io.tributary.sfu.token.AccessToken;
import io.tributary.sfu.token.DoorClaim;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.RoomName;
import io.tributary.transport.loop.DeadlineQueue;
import io.tributary.transport.loop.Timed;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// All rooms of this server, by name. Control loop only; whoever owns it calls `loop.watch(registry)` after each call,
/// because calls move its deadline.
///
/// Effects go to one consumer, a list per intent or wake-up, in order. The consumer may call back into the registry:
/// what follows from that comes after what is being delivered.
public final class RoomRegistry implements Timed {
    private static final Logger log = LoggerFactory.getLogger(RoomRegistry.class);

    private static final int BAD_REQUEST = 400;
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int UNAVAILABLE = 503;

    private static final String OUT_OF_MEMORY = "the server has no memory left for more";

    /// How soon it makes sense to try again where memory was short: it is measured every few seconds.
    private static final int MEMORY_RETRY_SECONDS = 5;

    private final RoomSettings settings;
    private final long unixOffsetMicros;
    private final Sids sids;
    private final BooleanSupplier memoryForMore;
    private final Consumer<List<RoomEffect>> effects;
    private final Map<RoomName, Room> rooms = new LinkedHashMap<>();
    private final DeadlineQueue deadlines = new DeadlineQueue();
    private final ArrayDeque<List<RoomEffect>> outbox = new ArrayDeque<>();
    private final AtomicLong failures = new AtomicLong();
    private final RoomEncryption.Counters encryption = new RoomEncryption.Counters();
    private boolean delivering;
    private boolean closing;

    /// @param unixOffsetMicros what to add to loop time to get Unix time
    /// @param memoryForMore whether the process can carry somebody, or a room, that was not there before
    public RoomRegistry(
            RoomSettings settings,
            long unixOffsetMicros,
            RandomGenerator random,
            BooleanSupplier memoryForMore,
            Consumer<List<RoomEffect>> effects) {
        this.settings = settings;
        this.unixOffsetMicros = unixOffsetMicros;
        this.sids = new Sids(random);
        this.memoryForMore = memoryForMore;
        this.effects = effects;
    }

    /// Why `order` would be refused right now, as far as it can be said without joining (a full room is no reason
    /// here). In the order in which livekit-server checks.
    public Optional<Refused> refusal(long nowMicros, JoinOrder order) {
        AccessToken token = order.token();
        if (!token.video().roomJoin()) {
            return refused(UNAUTHORIZED, "permissions denied");
        }
        String identity = token.identity().value();
        if (identity.isEmpty()) {
            return refused(BAD_REQUEST, "identity cannot be empty");
        }
        if (identity.length() > RoomLimits.LONGEST_IDENTITY) {
            return refused(BAD_REQUEST, "identity is longer than " + RoomLimits.LONGEST_IDENTITY + " characters");
        }
        String room = token.room().value();
        if (room.isEmpty()) {
            return refused(BAD_REQUEST, "no room name");
        }
        if (room.length() > RoomLimits.LONGEST_ROOM_NAME) {
            return refused(BAD_REQUEST, "room name is longer than " + RoomLimits.LONGEST_ROOM_NAME + " characters");
        }
        if (closing) {
            return refused(UNAVAILABLE, "the server is shutting down");
        }
        Room known = rooms.get(token.room());
        if (unusedForTooLong(nowMicros, token) && (known == null || !known.knows(token.identity()))) {
            return refused(UNAUTHORIZED, "invalid token: <token>, error: token was not used in time");
        }
        if (!isBack(known, token.identity()) && !memoryForMore.getAsBoolean()) {
            return Optional.of(new Refused(UNAVAILABLE, OUT_OF_MEMORY, MEMORY_RETRY_SECONDS));
        }
        if (known == null) {
            if (!mayMakeItsRoom(token)) {
                return refused(NOT_FOUND, "requested room does not exist");
            }
            if (settings.maxRooms() > 0 && rooms.size() >= settings.maxRooms()) {
                return refused(UNAVAILABLE, "node has exceeded its configured limit");
            }
        }
        boolean describesItself =
                !order.metadata().isEmpty() || !order.attributes().isEmpty();
        if (describesItself && !token.video().canUpdateOwnMetadata()) {
            return refused(UNAUTHORIZED, "permissions denied");
        }
        String tooLarge = Room.tooLarge("", order.metadata(), order.attributes());
        return tooLarge.isEmpty() ? Optional.empty() : refused(BAD_REQUEST, tooLarge);
    }

    /// Whether somebody is in the room, or was, and takes a place that is theirs already.
    private static boolean isBack(@Nullable Room known, ParticipantIdentity identity) {
        return known != null
                && (known.knows(identity) || known.participant(identity).isPresent());
    }

    private boolean mayMakeItsRoom(AccessToken token) {
        return token.door()
                .map(door -> door.remakes().isPresent())
                .orElse(settings.autoCreate() || token.video().roomCreate());
    }

    /// For a room that joining makes.
    private RoomTerms terms(AccessToken token) {
        var terms = new RoomTerms(token.room(), settings);
        token.door()
                .flatMap(DoorClaim::remakes)
                .ifPresent(room -> terms.update(new RoomOrder(
                        token.room(),
                        room.emptyTimeoutSeconds(),
                        room.departureTimeoutSeconds(),
                        room.maxParticipants(),
                        "")));
        return terms;
    }

    private boolean unusedForTooLong(long nowMicros, AccessToken token) {
        Optional<DoorClaim> door = token.door();
        if (door.isEmpty() || door.get().used()) {
            return false;
        }
        long nowSeconds = (nowMicros + unixOffsetMicros) / 1_000_000;
        return nowSeconds - door.get().issuedAtSeconds() > settings.firstUseSeconds();
    }

    /// Makes a room exist, or says why not. What is ordered of a room that exists already changes it.
    public RoomOutcome create(long nowMicros, RoomOrder order) {
        String name = order.name().value();
        if (name.isEmpty() || name.length() > RoomLimits.LONGEST_ROOM_NAME) {
            return new RoomOutcome.Refused(
                    RoomOutcome.Reason.INVALID, "a room name has 1 to " + RoomLimits.LONGEST_ROOM_NAME + " characters");
        }
        boolean negative =
                order.emptyTimeoutSeconds() < 0 || order.departureTimeoutSeconds() < 0 || order.maxParticipants() < 0;
        String tooLarge = Room.tooLarge("", order.metadata(), Map.of());
        if (negative || !tooLarge.isEmpty()) {
            return new RoomOutcome.Refused(RoomOutcome.Reason.INVALID, negative ? "a number is too large" : tooLarge);
        }
        if (closing) {
            return new RoomOutcome.Refused(RoomOutcome.Reason.CLOSING, "the server is shutting down");
        }
        Room known = rooms.get(order.name());
        if (known != null) {
            known.expect(order, nowMicros);
            settle(known);
            return new RoomOutcome.Present(known.view(), false);
        }
        if (settings.maxRooms() > 0 && rooms.size() >= settings.maxRooms()) {
            return new RoomOutcome.Refused(RoomOutcome.Reason.FULL, "node has exceeded its configured limit");
        }
        if (!memoryForMore.getAsBoolean()) {
            return new RoomOutcome.Refused(RoomOutcome.Reason.FULL, OUT_OF_MEMORY);
        }
        var terms = new RoomTerms(order.name(), settings);
        terms.update(order);
        Room room = open(order.name(), terms, nowMicros);
        settle(room);
        return new RoomOutcome.Present(room.view(), true);
    }

    /// By name.
    public Optional<RoomView> room(RoomName name) {
        return Optional.ofNullable(rooms.get(name)).map(Room::view);
    }

    public List<RoomView> all() {
        return rooms.values().stream().map(Room::view).toList();
    }

    /// Somebody in a room, hidden or not.
    public Optional<ParticipantView> participant(RoomName room, ParticipantIdentity identity) {
        return Optional.ofNullable(rooms.get(room)).flatMap(known -> known.participant(identity));
    }

    /// Everybody in a room, the hidden among them; nobody if there is no such room.
    public List<ParticipantView> participants(RoomName room) {
        Room known = rooms.get(room);
        return known == null ? List.of() : known.participantViews();
    }

    /// Lets somebody in, or says why not. Effects on others (an older session of the same identity goes) are delivered
    /// before this returns.
    public JoinOutcome join(long nowMicros, JoinOrder order) {
        Optional<Refused> refusal = refusal(nowMicros, order);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        RoomName name = order.token().room();
        @Nullable Room known = rooms.get(name);
        if (known != null && known.full(order)) {
            return new Refused(UNAVAILABLE, "room has exceeded its participant limit");
        }
        Room room = known != null ? known : open(name, terms(order.token()), nowMicros);
        JoinOutcome.Admitted admitted = room.admit(nowMicros, order);
        settle(room);
        return admitted;
    }

    /// Takes in an intent for a room; nothing happens if the room is not there (any more).
    public void apply(long nowMicros, RoomName name, RoomIntent intent) {
        Room room = rooms.get(name);
        if (room != null) {
            guarded(room, nowMicros, () -> outbox.add(room.apply(nowMicros, intent)));
        }
    }

    /// Ends all rooms, and lets nobody in any more: the server goes, and clients come back within milliseconds.
    public void shutdown(long nowMicros) {
        closing = true;
        for (RoomName name : List.copyOf(rooms.keySet())) {
            apply(nowMicros, name, new RoomIntent.CloseRoom(DisconnectReason.SERVER_SHUTDOWN));
        }
    }

    public int size() {
        return rooms.size();
    }

    /// Counts heads in all rooms.
    public Census census() {
        int participants = 0;
        int tracks = 0;
        int subscriptions = 0;
        for (Room room : rooms.values()) {
            participants += room.participants();
            tracks += room.tracks();
            subscriptions += room.activeSubscriptions();
        }
        return new Census(rooms.size(), participants, tracks, subscriptions);
    }

    /// Intents and wake-ups in which a bug of ours showed. Any thread.
    public long failures() {
        return failures.get();
    }

    /// Tracks refused because they were not encrypted end to end. Any thread.
    public long unencryptedRefused() {
        return encryption.refused.get();
    }

    /// Tracks that announced encryption and sent unencrypted media. Any thread.
    public long plaintextTracks() {
        return encryption.plaintextTracks.get();
    }

    @Override
    public long nextDeadlineMicros() {
        return deadlines.nextDeadlineMicros();
    }

    @Override
    public void onDeadline(long nowMicros) {
        deadlines.runDue(nowMicros, (timed, atMicros) -> {
            Room room = (Room) timed;
            guarded(room, atMicros, () -> room.onDeadline(atMicros));
        });
    }

    private Room open(RoomName name, RoomTerms terms, long nowMicros) {
        Room room = new Room(name, terms, sids, encryption, unixOffsetMicros, nowMicros);
        rooms.put(name, room);
        log.info("room={} opened", name);
        return room;
    }

    /// Runs `action`. A bug in it ends the session it was for; if it was nobody's or happens again, its room; never
    /// more.
    private void guarded(Room room, long nowMicros, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | AssertionError e) {
            failures.incrementAndGet();
            log.error("room={} failed", room.name(), e);
            contain(room, nowMicros);
        }
        settle(room);
    }

    private void contain(Room room, long nowMicros) {
        try {
            if (room.evict(nowMicros)) {
                return;
            }
        } catch (RuntimeException | AssertionError e) {
            log.error("room={} failed again and is closed", room.name(), e);
        }
        outbox.add(room.abandon());
    }

    /// After every touch of a room: its effects out, its deadline anew, itself away if it ended.
    private void settle(Room room) {
        outbox.add(room.drain());
        if (room.finished()) {
            rooms.remove(room.name(), room);
            deadlines.unwatch(room);
            log.info("room={} finished", room.name());
        } else {
            deadlines.watch(room);
        }
        deliver();
    }

    private void deliver() {
        if (delivering) {
            return;
        }
        delivering = true;
        try {
            while (!outbox.isEmpty()) {
                List<RoomEffect> next = outbox.remove();
                if (!next.isEmpty()) {
                    effects.accept(next);
                }
            }
        } finally {
            delivering = false;
        }
    }

    private static Optional<Refused> refused(int status, String body) {
        return Optional.of(new Refused(status, body));
    }
}
