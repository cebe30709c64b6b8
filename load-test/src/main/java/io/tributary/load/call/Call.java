package io.tributary.load.call;

import io.tributary.load.media.FrameKeys;
import io.tributary.load.media.PublishedMedia;
import io.tributary.load.media.ReceivedStream;
import io.tributary.load.media.Tally;
import io.tributary.load.net.ClientLoop;
import io.tributary.load.peer.ClientPeer;
import io.tributary.load.peer.PeerFactory;
import io.tributary.sfu.token.ApiKeys;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.TokenIssuer;
import io.tributary.transport.loop.Timed;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.web.OutboundWebSockets;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One room full of simulated participants. They join one after another; [#ready] tells when everybody receives what
/// the shape says, and [#broken] when something went wrong that a server under test should not do.
///
/// Any thread may call [#start], [#ready], [#broken] and [#stop]; everything else is the loop's.
public final class Call implements Timed {
    /// What a call is made of.
    ///
    /// @param joinsPerSecond how fast participants come in
    /// @param rate how many times as fast as real ones the publishers send
    /// @param verifyEvery decrypt and check one frame of so many; 1 for all
    /// @param frameKeys null where frames are not encrypted
    public record Plan(
            Target target,
            String room,
            Shape shape,
            double joinsPerSecond,
            double rate,
            int verifyEvery,
            @Nullable FrameKeys frameKeys) {}

    /// How far a call has come.
    public record Progress(int participants, int connected, int subscriptions, int flowing) {
        public boolean complete() {
            return connected == participants && flowing == subscriptions;
        }
    }

    /// Of what a server may say at once: a join of a room of a thousand is some hundred kilobytes.
    public static final int MAX_MESSAGE_BYTES = 16 << 20;

    private static final long PROGRESS_INTERVAL_MICROS = 100_000;
    private static final long TOKEN_SECONDS = 6 * 3600;

    private final ClientLoop loop;
    private final OutboundWebSockets webSockets;
    private final Plan plan;
    private final PeerFactory peers;
    private final TokenIssuer issuer;
    private final Random random;
    private final Tally tally = new Tally();
    private final List<Participant> participants = new ArrayList<>();
    private final CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();
    private final CompletableFuture<String> broken = new CompletableFuture<>();
    private long nextMicros = NEVER;
    private long nextJoinMicros;
    private int joining;
    private volatile Progress progress;

    public Call(
            ClientLoop loop, OutboundWebSockets webSockets, PeerFactory peers, ApiKeys keys, Plan plan, Random random) {
        this.loop = loop;
        this.webSockets = webSockets;
        this.peers = peers;
        this.plan = plan;
        this.random = random;
        issuer = new TokenIssuer(keys);
        progress = new Progress(plan.shape().roles().size(), 0, plan.shape().subscriptions(), 0);
        for (Role role : plan.shape().roles()) {
            participants.add(new Participant(this, participants.size(), role));
        }
    }

    /// Begins to join.
    public void start() {
        loop.post(() -> {
            nextMicros = loop.nowMicros();
            nextJoinMicros = nextMicros;
            loop.watch(this);
        });
    }

    /// Completes when everybody is in and everything flows.
    public CompletableFuture<@Nullable Void> ready() {
        return ready;
    }

    /// Completes with the first thing that went wrong.
    public CompletableFuture<String> broken() {
        return broken;
    }

    /// As of a moment ago. Any thread.
    public Progress progress() {
        return progress;
    }

    /// Everybody leaves.
    public void stop() {
        loop.post(() -> {
            loop.unwatch(this);
            nextMicros = NEVER;
            participants.forEach(Participant::leave);
        });
    }

    public Tally tally() {
        return tally;
    }

    /// Media packets that the publishers have sent.
    public long published() {
        long packets = 0;
        for (Participant participant : participants) {
            for (PublishedMedia media : participant.media()) {
                packets += media.packets();
            }
        }
        return packets;
    }

    /// Frames that the publishers left out because the generator was late.
    public long skipped() {
        long skipped = 0;
        for (Participant participant : participants) {
            for (PublishedMedia media : participant.media()) {
                skipped += media.skipped();
            }
        }
        return skipped;
    }

    /// Changes how fast all publishers send, from now on.
    public void rate(double rate) {
        loop.post(() -> participants.forEach(participant -> participant.media().forEach(media -> media.rate(rate))));
    }

    /// Datagrams that were lost at our own sockets.
    public long overruns() {
        long overruns = 0;
        for (Participant participant : participants) {
            for (ClientPeer peer : participant.peers()) {
                overruns += peer.overruns();
            }
        }
        return overruns;
    }

    @Override
    public long nextDeadlineMicros() {
        return nextMicros;
    }

    @Override
    public void onDeadline(long nowMicros) {
        while (joining < participants.size() && nextJoinMicros <= nowMicros) {
            participants.get(joining++).join();
            nextJoinMicros += (long) (1_000_000 / plan.joinsPerSecond());
        }
        progressed();
        nextMicros = nowMicros + PROGRESS_INTERVAL_MICROS;
        if (joining < participants.size()) {
            nextMicros = Math.min(nextMicros, nextJoinMicros);
        }
    }

    ClientLoop loop() {
        return loop;
    }

    OutboundWebSockets webSockets() {
        return webSockets;
    }

    PeerFactory peers() {
        return peers;
    }

    Random random() {
        return random;
    }

    Target target() {
        return plan.target();
    }

    double rate() {
        return plan.rate();
    }

    @Nullable
    FrameKeys frameKeys() {
        return plan.frameKeys();
    }

    ReceivedStream stream(MediaKind kind, int ssrc) {
        FrameKeys keys = plan.frameKeys();
        return new ReceivedStream(kind, ssrc, plan.verifyEvery(), keys == null ? null : keys.receiver(), tally);
    }

    String token(String identity) {
        return issuer.create(
                new ParticipantIdentity(identity),
                identity,
                Map.of("roomJoin", true, "room", plan.room()),
                loop.realtimeNanos() / 1_000_000,
                TOKEN_SECONDS);
    }

    URI joinUri(boolean subscribes) {
        String base = plan.target().url().toString().replaceFirst("/+$", "");
        return URI.create(base + "/rtc?protocol=17&version=1.0&auto_subscribe=" + (subscribes ? 1 : 0));
    }

    void progressed() {
        int connected = 0;
        int flowing = 0;
        for (Participant participant : participants) {
            connected += participant.connected() ? 1 : 0;
            flowing += Math.min(participant.flowing(), plan.shape().subscriptionsOf(participant.role()));
        }
        Progress now = new Progress(participants.size(), connected, plan.shape().subscriptions(), flowing);
        progress = now;
        if (now.complete()) {
            ready.complete(null);
        }
    }

    void failed(String why) {
        broken.complete(why);
        ready.completeExceptionally(new IOException(why));
    }
}
