package io.tributary.sfu.signal;

import io.tributary.sfu.room.DisconnectReason;
import io.tributary.sfu.room.ParticipantSid;
import io.tributary.sfu.room.ParticipantView;
import io.tributary.sfu.room.RoomEffect;
import io.tributary.sfu.room.RoomIntent;
import io.tributary.sfu.room.RoomMessage;
import io.tributary.sfu.room.SubscriptionError;
import io.tributary.sfu.room.TrackType;
import io.tributary.sfu.room.TrackView;
import io.tributary.sfu.router.MediaPlane;
import io.tributary.sfu.router.RouterEvent;
import io.tributary.sfu.token.AccessToken;
import io.tributary.sfu.token.RoomName;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.loop.Loop;
import io.tributary.transport.loop.Timed;
import io.tributary.transport.peer.IncomingMedia;
import io.tributary.transport.peer.PeerId;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.sdp.MediaSection;
import io.tributary.transport.sdp.SdpReader;
import io.tributary.transport.sdp.SdpWriter;
import io.tributary.transport.sdp.SessionDescription;
import io.tributary.transport.sdp.Setup;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One participant's signalling: between its WebSocket, its room and its connections. Control loop only.
///
/// Single: the client offers everything on one connection; a subscription that needs an m-line makes us ask for an
/// offer (`media_sections_requirement`). Dual: the client offers what it publishes, we offer what it receives.
public final class SignalSession implements Timed {
    /// What a session needs of the house around it.
    interface House {
        RoomName room();

        Loop loop();

        MediaPlane media();

        RandomGenerator random();

        PeerId nextPeerId();

        /// Tells the participant's room and carries out what it decides, before it returns.
        void apply(RoomIntent intent);

        /// Runs something for the participant; a bug in it ends this session and no other.
        void guarded(ParticipantSid sid, Runnable action);

        /// A token for the participant as it now is, signed anew.
        String renewToken(AccessToken joinedWith, ParticipantView self);

        /// How often a token is renewed while nothing about it changes.
        long tokenRefreshMicros();
    }

    private static final Logger log = LoggerFactory.getLogger(SignalSession.class);

    /// Changes that come together go out together: soon after a quiet time, else collected.
    private static final long NEGOTIATION_DELAY_MICROS = 10_000;

    private static final long NEGOTIATION_INTERVAL_MICROS = 150_000;

    /// A client that was asked for an offer or an answer and gives none is out of step with us; it is told to join
    /// anew.
    /// Clients themselves give up after 10 to 15 s.
    private static final long NEGOTIATION_TIMEOUT_MICROS = 15_000_000;

    /// A client that answers this many requests without the m-lines asked for is left alone until something
    /// changes.
    private static final int MAX_FRUITLESS_REQUESTS = 3;

    /// Offers we make to old clients begin anywhere in here, so that two sessions' ids differ.
    private static final int FIRST_OFFER_ID_BOUND = 256;

    private final House house;
    private final ParticipantSid sid;
    private final AccessToken token;
    private final Outbox outbox;
    private final PeerId publisherPeer;
    private final LocalDescription publisherLocal;
    private final Answerer answerer;
    private final boolean twoConnections;
    private final PeerId primaryPeer;
    private final RemoteTransport publisherRemote = new RemoteTransport();
    private final Map<TrackSid, RoomMessage.TrackPublished> requested = new LinkedHashMap<>();

    /// The client's tracks that have their m-line.
    private final Map<TrackSid, TrackView> publications = new HashMap<>();
    private @Nullable Subscriber dual;
    private ParticipantView self;
    private @Nullable TrackView published;
    private @Nullable IncomingMedia offeredMedia;
    private long negotiateAtMicros = NEVER;
    private long negotiatedAtMicros;
    private long timeoutAtMicros = NEVER;
    private long refreshAtMicros;
    private int fruitlessRequests;
    private int nextSsrc;
    private double uplinkLossPercent;
    private double downlinkLossPercent;
    private boolean closed;

    /// The second connection of a client that uses two.
    private record Subscriber(PeerId peer, LocalDescription local, Offerer offerer, RemoteTransport remote) {}

    /// What the other side last said of its transport.
    private static final class RemoteTransport {
        String ufrag = "";
        boolean candidatesSent;
    }

    /// @param codecs what may be published
    /// @param dual whether the client uses one connection to publish and another to receive
    SignalSession(
            House house, ParticipantView self, List<Codec> codecs, AccessToken token, boolean dual, Outbox outbox) {
        this.house = house;
        this.sid = self.sid();
        this.self = self;
        this.token = token;
        this.outbox = outbox;
        publisherPeer = house.nextPeerId();
        publisherLocal = open(publisherPeer, Setup.PASSIVE);
        answerer = new Answerer(publisherLocal, codecs, new Publications());
        twoConnections = dual;
        this.dual = dual && self.permissions().canSubscribe() ? openSubscriber() : null;
        nextSsrc = house.random().nextInt();
        primaryPeer = this.dual == null ? publisherPeer : this.dual.peer();
        refreshAtMicros = house.loop().nowMicros() + house.tokenRefreshMicros();
    }

    private Subscriber openSubscriber() {
        PeerId peer = house.nextPeerId();
        LocalDescription local = open(peer, Setup.ACTPASS);
        int firstId = 1 + house.random().nextInt(FIRST_OFFER_ID_BOUND);
        return new Subscriber(peer, local, new Offerer(local, firstId), new RemoteTransport());
    }

    private LocalDescription open(PeerId peer, Setup setup) {
        MediaPlane.LocalTransport transport = house.media()
                .open(peer, event -> house.loop().post(() -> house.guarded(sid, () -> onRouterEvent(peer, event))));
        return new LocalDescription(transport, house.random().nextLong(), setup);
    }

    RoomName room() {
        return house.room();
    }

    /// As join messages say it: whether the client's receiving connection is the one that must connect.
    boolean subscriberPrimary() {
        return !primaryPeer.equals(publisherPeer);
    }

    /// After the join message and what the room says right behind it: timers run, and a client of two connections
    /// gets our offer.
    void begin() {
        house.loop().watch(this);
        if (dual != null) {
            negotiate(house.loop().nowMicros());
        }
    }

    // -- from the client
    // ---------------------------------------------------------------------------------------------

    /// An offer for the connection that the client publishes on.
    void onOffer(int id, String sdp) {
        switch (SdpReader.read(sdp)) {
            case SdpReader.Malformed(String reason) -> failNegotiation("unreadable offer: " + reason);
            case SdpReader.Parsed(SessionDescription offer) -> answer(id, offer);
        }
    }

    private void answer(int id, SessionDescription offer) {
        if (!takeTransport(publisherPeer, publisherLocal, publisherRemote, offer)) {
            failNegotiation("offer without ICE credentials or fingerprint");
            return;
        }
        if (dual == null) {
            timeoutAtMicros = NEVER;
        }
        Answerer.Answer answer = answerer.answer(offer);
        outbox.answer(id, SdpWriter.write(answer.description()), answer.midToTrack());
        trickle(publisherLocal, publisherRemote, answer.description(), false);
        fruitlessRequests = answer.bound().isEmpty() ? fruitlessRequests + 1 : 0;
        forward(publisherPeer, answer.bound());
        refuse(answer.refused());
        if (dual == null && answerer.wantsOffer()) {
            scheduleNegotiation();
        }
        house.loop().watch(this);
    }

    /// The answer to an offer of ours.
    void onAnswer(int id, String sdp) {
        Subscriber receiving = dual;
        if (receiving == null) {
            return;
        }
        switch (SdpReader.read(sdp)) {
            case SdpReader.Malformed(String reason) -> failNegotiation("unreadable answer: " + reason);
            case SdpReader.Parsed(SessionDescription answer) -> {
                if (!takeTransport(receiving.peer(), receiving.local(), receiving.remote(), answer)) {
                    failNegotiation("answer without ICE credentials or fingerprint");
                    return;
                }
                receiving.offerer().onAnswer(id, answer).ifPresent(settled -> {
                    timeoutAtMicros = NEVER;
                    forward(receiving.peer(), settled.bound());
                    refuse(settled.refused());
                    if (receiving.offerer().wantsOffer()) {
                        scheduleNegotiation();
                    }
                    house.loop().watch(this);
                });
            }
        }
    }

    /// A request to publish. The m-line may have been offered before it.
    void onAddTrack(RoomIntent.AddTrack request) {
        house.apply(request);
        List.copyOf(requested.values()).forEach(track -> answerer.onRequested(track.cid()));
    }

    // -- from the room
    // -----------------------------------------------------------------------------------------------

    /// Carries out one effect that concerns this participant.
    void on(RoomEffect effect) {
        switch (effect) {
            case RoomEffect.Tell tell -> tell(tell.message());
            case RoomEffect.Publish publish -> publish(publish);
            case RoomEffect.StopTrack stop -> {
                publications.remove(stop.track());
                answerer.stop(stop.track());
                house.media().unpublish(publisherPeer, stop.track());
            }
            case RoomEffect.Subscribe subscribe -> subscribe(subscribe);
            case RoomEffect.Unsubscribe unsubscribe -> unsubscribe(unsubscribe.track());
            case RoomEffect.Demand demand -> demand(demand.track(), demand.demand());
            case RoomEffect.SetMuted muted -> house.media().setMuted(muted.track(), muted.muted());
            case RoomEffect.CloseParticipant _ -> close();
            case RoomEffect.Emit _ -> {}
        }
    }

    private void tell(RoomMessage message) {
        switch (message) {
            case RoomMessage.RefreshToken refresh -> {
                self = refresh.self();
                sendToken();
            }
            case RoomMessage.TrackPublished track -> {
                if (track.track().mid().isEmpty()) {
                    requested.put(track.track().sid(), track);
                } else {
                    publications.put(track.track().sid(), track.track()); // it has another codec now
                }
                outbox.tell(track);
            }
            case RoomMessage.TrackUnpublished gone -> {
                requested.remove(gone.track());
                outbox.tell(gone);
            }
            default -> outbox.tell(message);
        }
    }

    private void publish(RoomEffect.Publish publish) {
        published = publish.track();
        requested.remove(publish.track().sid());
        publications.put(publish.track().sid(), publish.track());
        if (offeredMedia == null || !offeredMedia.mid().equals(publish.mid())) {
            throw new IllegalStateException("published m-line " + publish.mid() + " was never offered");
        }
        house.media().publish(publisherPeer, publish.spec(), offeredMedia);
    }

    private void subscribe(RoomEffect.Subscribe subscribe) {
        Sending sending = new Sending(
                subscribe.publisher(),
                subscribe.track().sid(),
                subscribe.codec(),
                subscribe.track().stereo(),
                newSsrc(),
                subscribe.codec().kind() == MediaKind.VIDEO ? newSsrc() : 0,
                subscribe.demand());
        fruitlessRequests = 0;
        if (twoConnections && dual == null) {
            dual = openSubscriber(); // it may subscribe since it joined
        }
        if (dual == null) {
            answerer.add(sending);
        } else {
            dual.offerer().add(sending);
        }
        scheduleNegotiation();
    }

    private void unsubscribe(TrackSid track) {
        house.media().unsubscribe(subscribingPeer(), track); // which ignores what it does not forward
        boolean changed;
        if (dual == null) {
            changed = answerer.remove(track);
        } else {
            dual.offerer().remove(track);
            changed = dual.offerer().wantsOffer();
        }
        if (changed) {
            fruitlessRequests = 0;
            scheduleNegotiation();
        }
    }

    private void demand(TrackSid track, LayerDemand demand) {
        house.media().demand(subscribingPeer(), track, demand); // which ignores what it does not forward yet
        if (dual == null) {
            answerer.demand(track, demand);
        } else {
            dual.offerer().demand(track, demand);
        }
    }

    private void close() {
        closed = true;
        house.loop().unwatch(this);
        outbox.close();
        house.media().close(publisherPeer);
        if (dual != null) {
            house.media().close(dual.peer());
        }
    }

    // -- from the connections
    // ----------------------------------------------------------------------------------------

    private void onRouterEvent(PeerId peer, RouterEvent event) {
        if (closed) {
            return;
        }
        switch (event) {
            case RouterEvent.Connected _ -> {
                if (peer.equals(primaryPeer)) {
                    house.apply(new RoomIntent.Connected(sid));
                }
            }
            case RouterEvent.Disconnected(PeerId _, String reason) -> {
                log.info("participant={} {} lost its media: {}", sid, peer, reason);
                house.apply(new RoomIntent.PeerLost(sid, DisconnectReason.CONNECTION_TIMEOUT));
            }
            case RouterEvent.Failed(PeerId _, String reason) -> {
                log.warn("participant={} {} was closed by a fault of ours: {}", sid, peer, reason);
                house.apply(new RoomIntent.PeerLost(sid, DisconnectReason.MEDIA_FAILURE));
            }
            case RouterEvent.LayerStarted started ->
                house.apply(new RoomIntent.LayerStarted(started.track(), started.layer(), started.ssrc()));
            case RouterEvent.PlaintextSeen seen -> house.apply(new RoomIntent.PlaintextSeen(sid, seen.track()));
            case RouterEvent.AudioLevel level ->
                house.apply(new RoomIntent.AudioLevel(
                        level.track(), level.loudestDbov(), level.activeMillis(), level.observedMillis()));
            case RouterEvent.Quality quality -> {
                if (peer.equals(publisherPeer)) {
                    uplinkLossPercent = quality.uplinkLossPercent();
                }
                if (peer.equals(subscribingPeer())) {
                    downlinkLossPercent = quality.downlinkLossPercent();
                }
                house.apply(
                        new RoomIntent.Quality(sid, uplinkLossPercent, downlinkLossPercent, quality.roundTripMillis()));
            }
        }
    }

    // -- negotiation
    // -------------------------------------------------------------------------------------------------

    @Override
    public long nextDeadlineMicros() {
        return Math.min(refreshAtMicros, Math.min(negotiateAtMicros, timeoutAtMicros));
    }

    @Override
    public void onDeadline(long nowMicros) {
        house.guarded(sid, () -> runDue(nowMicros));
    }

    private void runDue(long nowMicros) {
        if (nowMicros >= refreshAtMicros) {
            sendToken();
        }
        if (nowMicros >= negotiateAtMicros) {
            negotiate(nowMicros);
        }
        if (nowMicros >= timeoutAtMicros) {
            timeoutAtMicros = NEVER;
            failNegotiation("no answer to a negotiation within " + NEGOTIATION_TIMEOUT_MICROS / 1_000_000 + " s");
        }
    }

    private void scheduleNegotiation() {
        if (negotiateAtMicros == NEVER) {
            long nowMicros = house.loop().nowMicros();
            negotiateAtMicros =
                    Math.max(nowMicros + NEGOTIATION_DELAY_MICROS, negotiatedAtMicros + NEGOTIATION_INTERVAL_MICROS);
            house.loop().watch(this);
        }
    }

    private void negotiate(long nowMicros) {
        negotiateAtMicros = NEVER;
        if (dual != null) {
            if (dual.offerer().wantsOffer()) {
                Offerer.Offer offer = dual.offerer().offer();
                outbox.offer(offer.id(), SdpWriter.write(offer.description()), offer.midToTrack());
                trickle(dual.local(), dual.remote(), offer.description(), true);
                asked(nowMicros);
            }
        } else if (timeoutAtMicros == NEVER
                && answerer.wantsOffer()
                && fruitlessRequests < MAX_FRUITLESS_REQUESTS
                && candidatesSentOnce()) {
            outbox.mediaSectionsRequirement(answerer.missing(MediaKind.AUDIO), answerer.missing(MediaKind.VIDEO));
            asked(nowMicros);
        }
        house.loop().watch(this);
    }

    /// Before the client's first offer there is nothing to ask for: it comes by itself.
    private boolean candidatesSentOnce() {
        return publisherRemote.candidatesSent;
    }

    private void asked(long nowMicros) {
        negotiatedAtMicros = nowMicros;
        timeoutAtMicros = nowMicros + NEGOTIATION_TIMEOUT_MICROS;
    }

    private void failNegotiation(String reason) {
        log.info("participant={} cannot negotiate: {}", sid, reason);
        house.apply(new RoomIntent.PeerLost(sid, DisconnectReason.STATE_MISMATCH));
    }

    private void forward(PeerId peer, List<Answerer.Bound> bound) {
        for (Answerer.Bound b : bound) {
            house.media()
                    .subscribe(peer, b.sending().track(), b.media(), b.sending().demand());
            house.apply(new RoomIntent.SubscriptionBound(sid, b.sending().track()));
        }
    }

    private void refuse(List<TrackSid> tracks) {
        for (TrackSid track : tracks) {
            house.apply(new RoomIntent.SubscriptionRefused(sid, track, SubscriptionError.CODEC_UNSUPPORTED));
        }
    }

    /// Learns credentials and fingerprint; new credentials on an old connection are an ICE restart, which we join.
    private boolean takeTransport(
            PeerId peer, LocalDescription local, RemoteTransport known, SessionDescription description) {
        if (description.sections().isEmpty()) {
            return false;
        }
        MediaSection first = description.sections().get(transportIndex(description));
        var credentials = description.iceCredentials(first);
        var fingerprint = description.fingerprint(first);
        if (credentials.isEmpty() || fingerprint.isEmpty()) {
            return false;
        }
        String ufrag = credentials.get().ufrag();
        if (!ufrag.equals(known.ufrag)) {
            if (!known.ufrag.isEmpty()) {
                local.credentials(house.media().restartIce(peer));
                known.candidatesSent = false;
            }
            known.ufrag = ufrag;
            house.media().setRemote(peer, credentials.get(), fingerprint.get());
        }
        return true;
    }

    private void trickle(
            LocalDescription local, RemoteTransport known, SessionDescription description, boolean subscriber) {
        if (!known.candidatesSent) {
            known.candidatesSent = true;
            int index = transportIndex(description);
            String mid = description.sections().get(index).mid();
            outbox.trickle(local.candidates(), local.credentials().ufrag(), mid, index, subscriber);
        }
    }

    /// The m-line whose transport is everybody's: the first that is not rejected (RFC 9143 §7.2). 0 if all are.
    private static int transportIndex(SessionDescription description) {
        List<MediaSection> sections = description.sections();
        for (int i = 0; i < sections.size(); i++) {
            if (!sections.get(i).rejected()) {
                return i;
            }
        }
        return 0;
    }

    private void sendToken() {
        refreshAtMicros = house.loop().nowMicros() + house.tokenRefreshMicros();
        outbox.refreshToken(house.renewToken(token, self));
    }

    private PeerId subscribingPeer() {
        return dual == null ? publisherPeer : dual.peer();
    }

    /// Counting up from anywhere never repeats one; 0 means none.
    private int newSsrc() {
        if (nextSsrc == 0) {
            nextSsrc = 1;
        }
        return nextSsrc++;
    }

    /// What the answerer asks about the client's own tracks.
    private final class Publications implements Answerer.Listener {
        @Override
        public Optional<TrackView> onOffered(String cid, Codec codec, IncomingMedia media) {
            published = null;
            offeredMedia = media;
            house.apply(new RoomIntent.TrackNegotiated(sid, cid, media.mid(), codec, media.rids()));
            offeredMedia = null;
            return Optional.ofNullable(published);
        }

        /// A codec that nobody receives is not taken, so that the client does not send it for nothing.
        @Override
        public boolean mayPublish(String cid) {
            return self.permissions().canPublish() && !backup(cid);
        }

        private boolean backup(String cid) {
            return !cid.isEmpty()
                    && publications.values().stream()
                            .flatMap(track -> track.codecs().stream().skip(1))
                            .anyMatch(codec -> codec.cid().equals(cid));
        }

        @Override
        public boolean expects(String cid) {
            return requested.values().stream().anyMatch(track -> track.cid().equals(cid));
        }

        /// A browser that renamed its track means the one that it announced first.
        @Override
        public Optional<Codec> announced(String cid, MediaKind kind) {
            TrackType type = kind == MediaKind.VIDEO ? TrackType.VIDEO : TrackType.AUDIO;
            return requested.values().stream()
                    .filter(track -> track.track().type() == type)
                    .min(Comparator.comparing(track -> !track.cid().equals(cid)))
                    .flatMap(track -> track.track().codecs().stream().findFirst())
                    .flatMap(codec -> Codec.named(codec.mimeType()));
        }

        @Override
        public void onEnded(String mid) {
            house.apply(new RoomIntent.TrackEnded(sid, mid));
        }
    }
}
