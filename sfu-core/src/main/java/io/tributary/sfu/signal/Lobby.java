package io.tributary.sfu.signal;

import io.tributary.sfu.room.Census;
import io.tributary.sfu.room.DisconnectReason;
import io.tributary.sfu.room.JoinOrder;
import io.tributary.sfu.room.JoinOutcome;
import io.tributary.sfu.room.JoinView;
import io.tributary.sfu.room.LeaveAction;
import io.tributary.sfu.room.ParticipantSid;
import io.tributary.sfu.room.ParticipantView;
import io.tributary.sfu.room.RoomEffect;
import io.tributary.sfu.room.RoomEvent;
import io.tributary.sfu.room.RoomIntent;
import io.tributary.sfu.room.RoomMessage;
import io.tributary.sfu.room.RoomRegistry;
import io.tributary.sfu.room.RoomSettings;
import io.tributary.sfu.room.RoomView;
import io.tributary.sfu.router.MediaPlane;
import io.tributary.sfu.token.AccessToken;
import io.tributary.sfu.token.RoomName;
import io.tributary.sfu.token.TokenIssuer;
import io.tributary.sfu.token.VideoGrant;
import io.tributary.transport.http.UpgradeRequest;
import io.tributary.transport.http.WebSocketConnection;
import io.tributary.transport.http.WebSocketListener;
import io.tributary.transport.loop.Loop;
import io.tributary.transport.peer.PeerId;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Where sessions begin and end, and where what rooms decide is carried out. Control loop, but for the methods
/// that say otherwise.
public final class Lobby {
    /// Messages of one client that wait for the control loop; a client further ahead than this is flooding it.
    private static final int MAX_WAITING_MESSAGES = 512;

    /// The same messages as they came: twice the longest there may be.
    private static final int MAX_WAITING_BYTES = 4 << 20;

    /// Unreadable messages of one client before it is cut off: each writes a line to the log, and a client that
    /// speaks something else will not get better at it.
    private static final int MAX_UNREADABLE_MESSAGES = 16;

    private static final int POLICY_VIOLATION = 1008;

    private static final Logger log = LoggerFactory.getLogger(Lobby.class);

    private final Loop loop;
    private final MediaPlane media;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final TokenIssuer issuer;
    private final Duration tokenRefresh;
    private final String nodeId;
    private final Consumer<RoomEvent> events;
    private final RoomRegistry rooms;
    private final HeldJoins held;
    private final Map<ParticipantSid, SignalSession> sessions = new HashMap<>();
    private final SignalCounters counters = new SignalCounters();
    private final AtomicLong failures = new AtomicLong();
    private long lastPeerId;

    /// @param random unpredictable outside of simulations
    /// @param clock wall clock, for tokens and what people see
    /// @param tokenRefresh how often participants get a renewed token
    /// @param nodeId how this server calls itself to clients
    /// @param memoryForMore whether the process can carry more people; asked on the control loop
    /// @param events what all rooms decide, in order, on the control loop
    public Lobby(
            Loop loop,
            MediaPlane media,
            RandomGenerator random,
            InstantSource clock,
            TokenIssuer issuer,
            RoomSettings settings,
            Duration tokenRefresh,
            String nodeId,
            BooleanSupplier memoryForMore,
            Consumer<RoomEvent> events) {
        this.loop = loop;
        this.media = media;
        this.random = random;
        this.clock = clock;
        this.issuer = issuer;
        this.tokenRefresh = tokenRefresh;
        this.nodeId = nodeId;
        this.events = events;
        rooms = new RoomRegistry(
                settings, clock.millis() * 1_000 - loop.nowMicros(), random, memoryForMore, this::carryOut);
        held = new HeldJoins(counters);
    }

    /// Lets somebody in, or refuses the upgrade, or lets it wait for the room. Any thread.
    ///
    /// @param again what to do when the waiting is over, on the control loop; null lets nobody wait
    void enter(JoinOrder order, JoinParameters parameters, UpgradeRequest upgrade, @Nullable Runnable again) {
        loop.post(() -> {
            if (parameters.reconnect()) {
                counters.sentAway.incrementAndGet();
                sendAway(upgrade, parameters);
                return;
            }
            join(order, parameters, upgrade, again);
        });
    }

    private void join(JoinOrder order, JoinParameters parameters, UpgradeRequest upgrade, @Nullable Runnable again) {
        switch (rooms.join(loop.nowMicros(), order)) {
            case JoinOutcome.Refused refused -> {
                JoinRefusal reason = JoinRefusal.of(refused);
                boolean early = reason == JoinRefusal.NO_SUCH_ROOM
                        && order.token().door().isPresent();
                // What was read of the request may be many times as large: it is read again then.
                if (early
                        && again != null
                        && held.hold(
                                loop.nowMicros(), order.token(), upgrade.http().bytes(), again)) {
                    loop.watch(held);
                } else {
                    counters.refused(reason);
                    upgrade.refuse(SignalRoute.reply(refused));
                }
            }
            case JoinOutcome.Admitted(ParticipantSid sid, JoinView view) -> {
                counters.joins.incrementAndGet();
                guarded(sid, order.token().room(), () -> admit(order.token(), parameters, view, upgrade));
            }
        }
        loop.watch(rooms);
    }

    /// On the control loop, not in the middle of what a room decides.
    private void admitHeld(RoomName room) {
        held.release(room);
        loop.watch(held);
    }

    /// Whether somebody would be refused. Any thread.
    CompletionStage<Optional<JoinOutcome.Refused>> refusal(JoinOrder order) {
        var answer = new CompletableFuture<Optional<JoinOutcome.Refused>>();
        loop.post(() -> answer.complete(rooms.refusal(loop.nowMicros(), order)));
        return answer;
    }

    /// Asks or changes rooms on the control loop, and answers from there. Any thread.
    <T> CompletionStage<T> ask(Question<T> question) {
        var answer = new CompletableFuture<T>();
        loop.post(() -> {
            try {
                answer.complete(question.put(rooms, loop.nowMicros()));
            } catch (RuntimeException | AssertionError e) {
                answer.completeExceptionally(e);
            }
            loop.watch(rooms);
        });
        return answer;
    }

    /// Something to be asked of the rooms.
    @FunctionalInterface
    interface Question<T> {
        T put(RoomRegistry rooms, long nowMicros);
    }

    /// What administrators ask of rooms. Any thread.
    public Administration administration() {
        return new Administration(this);
    }

    /// An administrator's intent. Any thread.
    public void administer(RoomName room, RoomIntent intent) {
        loop.post(() -> apply(room, intent));
    }

    /// Tells everybody to leave and come back elsewhere or later. Any thread; done when the stage is.
    public CompletionStage<Void> shutdown() {
        var done = new CompletableFuture<Void>();
        loop.post(() -> {
            rooms.shutdown(loop.nowMicros());
            held.giveUp();
            loop.watch(held);
            // Behind the last attempts of those who waited.
            loop.post(() -> done.complete(null));
        });
        return done;
    }

    /// How much there is at the moment when the control loop gets to it. Any thread.
    public CompletionStage<Census> census() {
        var census = new CompletableFuture<Census>();
        loop.post(() -> census.complete(rooms.census()));
        return census;
    }

    public SignalCounters counters() {
        return counters;
    }

    /// Intents and wake-ups of rooms in which a bug of ours showed. Any thread.
    public long roomFailures() {
        return rooms.failures();
    }

    /// See [RoomRegistry#unencryptedRefused]. Any thread.
    public long unencryptedRefused() {
        return rooms.unencryptedRefused();
    }

    /// See [RoomRegistry#plaintextTracks]. Any thread.
    public long plaintextTracks() {
        return rooms.plaintextTracks();
    }

    /// Sessions that a bug of ours ended. Any thread.
    public long failures() {
        return failures.get();
    }

    private void admit(AccessToken token, JoinParameters parameters, JoinView view, UpgradeRequest upgrade) {
        ParticipantSid sid = view.self().sid();
        RoomName room = token.room();
        var listener = new Listener(sid, room);
        WebSocketConnection socket = upgrade.accept(listener);
        listener.socket = socket;
        var outbox = new Outbox(socket, parameters.client().protocol());
        SignalSession session;
        try {
            session = new SignalSession(
                    new House(room), view.self(), view.room().enabledCodecs(), token, parameters.dual(), outbox);
        } catch (RuntimeException | AssertionError e) {
            socket.close(WebSocketConnection.INTERNAL_ERROR); // no session will
            throw e;
        }
        sessions.put(sid, session);
        outbox.join(view, session.subscriberPrimary(), nodeId);
        apply(room, new RoomIntent.JoinWritten(sid));
        session.begin();
        parameters.addTracks().forEach(request -> session.onAddTrack(SignalReader.addTrack(sid, request)));
        parameters.offer().ifPresent(offer -> session.onOffer(offer.id(), offer.sdp()));
    }

    /// A client that wants to go on with a session is told to join anew.
    private static void sendAway(UpgradeRequest upgrade, JoinParameters parameters) {
        WebSocketConnection socket = upgrade.accept(new Deaf());
        var outbox = new Outbox(socket, parameters.client().protocol());
        outbox.tell(new RoomMessage.Leave(LeaveAction.RECONNECT, DisconnectReason.STATE_MISMATCH));
        outbox.close();
    }

    private void apply(RoomName room, RoomIntent intent) {
        rooms.apply(loop.nowMicros(), room, intent);
        loop.watch(rooms);
    }

    private void carryOut(List<RoomEffect> effects) {
        for (RoomEffect effect : effects) {
            switch (effect) {
                case RoomEffect.Tell tell -> {
                    if (tell.message() instanceof RoomMessage.RequestAnswered answer) {
                        counters.answered(answer.outcome());
                    }
                    on(tell.to(), effect);
                }
                case RoomEffect.Publish publish -> on(publish.publisher(), effect);
                case RoomEffect.StopTrack stop -> on(stop.publisher(), effect);
                case RoomEffect.Subscribe subscribe -> on(subscribe.subscriber(), effect);
                case RoomEffect.Unsubscribe unsubscribe -> on(unsubscribe.subscriber(), effect);
                case RoomEffect.Demand demand -> on(demand.subscriber(), effect);
                case RoomEffect.CloseParticipant close -> {
                    on(close.participant(), effect);
                    sessions.remove(close.participant());
                }
                case RoomEffect.SetMuted muted -> media.setMuted(muted.track(), muted.muted());
                case RoomEffect.Emit emit -> {
                    notice(emit.event());
                    events.accept(emit.event());
                }
            }
        }
    }

    private void notice(RoomEvent event) {
        switch (event) {
            case RoomEvent.ParticipantLeft left ->
                counters.departed(left.participant().disconnectReason());
            case RoomEvent.ParticipantConnectionAborted aborted ->
                counters.departed(aborted.participant().disconnectReason());
            case RoomEvent.RoomStarted(RoomView room) -> loop.post(() -> admitHeld(room.name()));
            case RoomEvent.RoomFinished _,
                    RoomEvent.ParticipantJoined _,
                    RoomEvent.TrackPublished _,
                    RoomEvent.TrackUnpublished _ -> {}
        }
    }

    private void on(ParticipantSid sid, RoomEffect effect) {
        SignalSession session = sessions.get(sid);
        if (session != null) {
            guarded(sid, session.room(), () -> session.on(effect));
        }
    }

    /// Runs something for one participant; a bug in it ends that participant's session and nobody else's.
    private void guarded(ParticipantSid sid, RoomName room, Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | AssertionError e) {
            failures.incrementAndGet();
            log.error("room={} participant={} failed and is closed", room, sid, e);
            loop.post(() -> apply(room, new RoomIntent.PeerLost(sid, DisconnectReason.STATE_MISMATCH)));
        }
    }

    private final class House implements SignalSession.House {
        private final RoomName room;

        House(RoomName room) {
            this.room = room;
        }

        @Override
        public RoomName room() {
            return room;
        }

        @Override
        public Loop loop() {
            return loop;
        }

        @Override
        public MediaPlane media() {
            return media;
        }

        @Override
        public RandomGenerator random() {
            return random;
        }

        @Override
        public PeerId nextPeerId() {
            return new PeerId(++lastPeerId);
        }

        @Override
        public void apply(RoomIntent intent) {
            Lobby.this.apply(room, intent);
        }

        @Override
        public void guarded(ParticipantSid sid, Runnable action) {
            Lobby.this.guarded(sid, room, action);
        }

        @Override
        public String renewToken(AccessToken joinedWith, ParticipantView self) {
            VideoGrant grant = self.permissions().appliedTo(joinedWith.video());
            return issuer.refresh(
                    joinedWith,
                    new TokenIssuer.Renewal(self.name(), self.metadata(), self.attributes(), grant),
                    clock.millis());
        }

        @Override
        public long tokenRefreshMicros() {
            return tokenRefresh.toMillis() * 1_000;
        }
    }

    /// One client's WebSocket. I/O thread: pings are answered here, everything else goes to the control loop.
    private final class Listener implements WebSocketListener {
        private final ParticipantSid sid;
        private final RoomName room;
        private final AtomicInteger waiting = new AtomicInteger();
        private final AtomicInteger waitingBytes = new AtomicInteger();
        private volatile @Nullable WebSocketConnection socket;
        private int unreadable;

        Listener(ParticipantSid sid, RoomName room) {
            this.sid = sid;
            this.room = room;
        }

        @Override
        public void onBinary(byte[] message) {
            WebSocketConnection open = socket;
            switch (SignalReader.read(sid, message)) {
                case ClientMessage.Ping _ -> {
                    if (open != null) {
                        open.sendBinary(SignalWriter.pong(clock.millis()));
                    }
                }
                case ClientMessage.PingRequest(long timestampMillis) -> {
                    if (open != null) {
                        open.sendBinary(SignalWriter.pongResponse(timestampMillis, clock.millis()));
                    }
                }
                case ClientMessage.Ignored _ -> {}
                case ClientMessage.Malformed(String reason) -> unreadable(reason);
                case ClientMessage.Offer(int id, String sdp) -> session(message, s -> s.onOffer(id, sdp));
                case ClientMessage.Answer(int id, String sdp) -> session(message, s -> s.onAnswer(id, sdp));
                case ClientMessage.Intent(RoomIntent.AddTrack add) -> session(message, s -> s.onAddTrack(add));
                case ClientMessage.Intent(RoomIntent intent) -> session(message, s -> apply(room, intent));
            }
        }

        @Override
        public void onText(String message) {
            unreadable("text");
        }

        private void unreadable(String reason) {
            counters.unreadable.incrementAndGet();
            if (++unreadable <= MAX_UNREADABLE_MESSAGES) {
                log.info("room={} participant={} sent what cannot be read: {}", room, sid, reason);
            } else {
                cutOff();
            }
        }

        private void cutOff() {
            WebSocketConnection open = socket;
            if (open != null) {
                open.close(POLICY_VIOLATION);
            }
        }

        @Override
        public void onClosed(int code) {
            loop.post(() -> apply(room, new RoomIntent.SignalLost(sid)));
        }

        private void session(byte[] message, Consumer<SignalSession> action) {
            int bytes = message.length;
            if (waiting.incrementAndGet() > MAX_WAITING_MESSAGES || waitingBytes.addAndGet(bytes) > MAX_WAITING_BYTES) {
                counters.floods.incrementAndGet();
                cutOff();
                return;
            }
            loop.post(() -> {
                waiting.decrementAndGet();
                waitingBytes.addAndGet(-bytes);
                SignalSession session = sessions.get(sid);
                if (session != null) {
                    guarded(sid, room, () -> action.accept(session));
                }
            });
        }
    }

    /// Listens to a client that is only told something.
    private static final class Deaf implements WebSocketListener {
        @Override
        public void onBinary(byte[] message) {}

        @Override
        public void onText(String message) {}

        @Override
        public void onClosed(int code) {}
    }
}
