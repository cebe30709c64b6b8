package io.tributary.sfu.signal;

import com.google.protobuf.InvalidProtocolBufferException;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.tributary.sfu.room.RoomEvent;
import io.tributary.sfu.room.RoomSettings;
import io.tributary.sfu.router.RouterEvent;
import io.tributary.sfu.token.AccessToken;
import io.tributary.sfu.token.ApiKeys;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.RoomName;
import io.tributary.sfu.token.TokenIssuer;
import io.tributary.sfu.token.TokenVerdict;
import io.tributary.sfu.token.TokenVerifier;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.http.HttpReply;
import io.tributary.transport.http.HttpRequest;
import io.tributary.transport.http.Routes;
import io.tributary.transport.http.UpgradeRequest;
import io.tributary.transport.http.WebSocketConnection;
import io.tributary.transport.http.WebSocketListener;
import io.tributary.transport.http.WebSocketRoute;
import io.tributary.transport.peer.PeerId;
import io.tributary.transport.sdp.SdpSamples;
import io.tributary.transport.sdp.SdpWriter;
import io.tributary.transport.sdp.SessionDescription;
import io.tributary.transport.sim.SimWorld;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import livekit.LivekitModels;
import livekit.LivekitRtc;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import org.jspecify.annotations.Nullable;

/// The whole of signalling on one loop in virtual time: real rooms and sessions between clients that speak by LiveKit's
/// own classes and a media plane that only remembers.
final class SignalWorld {
    static final RoomName ROOM = new RoomName("kitchen");
    static final Duration REFRESH = Duration.ofMinutes(5);

    /// The track ids in the sample with a microphone and a camera.
    static final String MICROPHONE_CID = "88e3428b-7e1b-41a2-a044-bff82adf80d3";

    static final String CAMERA_CID = "c3e0acd8-6867-4876-b594-028d0016c194";

    private static final String SECRET = "a-secret-of-forty-characters-0123456789a";
    private static final Instant START = Instant.parse("2026-11-21T12:00:00Z");

    final SimWorld world = SimWorld.seeded(11);
    final RecordingMedia media = new RecordingMedia();
    final List<RoomEvent> events = new ArrayList<>();
    final Lobby lobby;
    boolean memoryForMore = true;
    private final TokenVerifier verifier;
    private final InstantSource clock;
    private final long startMillis;
    private final Routes routes = new Routes();

    SignalWorld() {
        var keys = new ApiKeys(Map.of("key", SECRET));
        verifier = new TokenVerifier(keys);
        clock = () -> START.plus(Duration.ofNanos(world.nowMicros() * 1_000));
        startMillis = clock.millis();
        lobby = new Lobby(
                world.loop("control"),
                media,
                world.random(),
                clock,
                new TokenIssuer(keys),
                RoomSettings.DEFAULTS,
                REFRESH,
                "ND_1",
                () -> memoryForMore,
                events::add);
        new SignalRoute(verifier, clock, lobby).mount(routes);
    }

    /// When this world began, in Unix time.
    long startMillis() {
        return startMillis;
    }

    /// Lets everything happen that needs no time.
    void settle() {
        world.runForMicros(0);
    }

    void advance(long millis) {
        world.runForMillis(millis);
    }

    /// With one connection and a sample of an offer in its join request.
    Client single(String identity, String sample) {
        return new Client(identity, Map.of(), "/rtc/v1", query(join(sample).build()));
    }

    Client single(String identity, LivekitRtc.JoinRequest.Builder join) {
        return new Client(identity, Map.of(), "/rtc/v1", query(join.build()));
    }

    /// With two connections.
    Client dual(String identity) {
        return new Client(identity, Map.of(), "/rtc", "protocol=16&sdk=js&auto_subscribe=1");
    }

    Client with(String identity, Map<String, Object> claims, String path, String query) {
        return new Client(identity, claims, path, query);
    }

    /// Somebody whose picture the others may have and who wants nothing of theirs; it is connected and answered.
    Client cameraOf(String identity) {
        var join = join("chromium-simulcast-publish-offer").addAddTrackRequests(camera());
        join.getConnectionSettingsBuilder().setAutoSubscribe(false);
        Client client = single(identity, join);
        client.connected();
        return client;
    }

    static LivekitRtc.JoinRequest.Builder join(String sample) {
        return LivekitRtc.JoinRequest.newBuilder()
                .setClientInfo(LivekitModels.ClientInfo.newBuilder()
                        .setSdk(LivekitModels.ClientInfo.SDK.JS)
                        .setProtocol(17))
                .setConnectionSettings(
                        LivekitRtc.ConnectionSettings.newBuilder().setAutoSubscribe(true))
                .setPublisherOffer(LivekitRtc.SessionDescription.newBuilder()
                        .setType("offer")
                        .setId(1)
                        .setSdp(SdpSamples.text(sample)));
    }

    static LivekitRtc.AddTrackRequest.Builder camera() {
        return LivekitRtc.AddTrackRequest.newBuilder()
                .setCid(CAMERA_CID)
                .setType(LivekitModels.TrackType.VIDEO)
                .setSource(LivekitModels.TrackSource.CAMERA)
                .setWidth(1280)
                .setHeight(720);
    }

    static LivekitRtc.AddTrackRequest.Builder microphone() {
        return LivekitRtc.AddTrackRequest.newBuilder()
                .setCid(MICROPHONE_CID)
                .setType(LivekitModels.TrackType.AUDIO)
                .setSource(LivekitModels.TrackSource.MICROPHONE);
    }

    static String query(LivekitRtc.JoinRequest join) {
        return "join_request="
                + Base64.getUrlEncoder()
                        .encodeToString(LivekitRtc.WrappedJoinRequest.newBuilder()
                                .setJoinRequest(join.toByteString())
                                .build()
                                .toByteArray());
    }

    AccessToken verified(String token) {
        return switch (verifier.verify(token, clock.millis())) {
            case TokenVerdict.Verified(AccessToken verified) -> verified;
            case TokenVerdict.Refused(int status, String body) -> throw new AssertionError(status + " " + body);
        };
    }

    /// One client, from its upgrade request on.
    final class Client implements UpgradeRequest, WebSocketConnection {
        final ParticipantIdentity identity;
        final List<SignalResponse> heard = new ArrayList<>();
        private @Nullable HttpReply refusal;
        boolean sendingBreaks;
        int closeCode;
        PeerId peer = new PeerId(0);
        private final HttpRequest request;
        private @Nullable WebSocketListener listener;
        private int mark;

        private Client(String identity, Map<String, Object> claims, String path, String query) {
            this.identity = new ParticipantIdentity(identity);
            request = new HttpRequest(
                    "GET",
                    path,
                    "access_token=" + signed(identity, claims) + "&" + query,
                    Map.of(),
                    InetAddress.getLoopbackAddress(),
                    new byte[0]);
            if (routes.find(path) instanceof Routes.Target.WebSocket(WebSocketRoute route)) {
                route.onUpgrade(this);
            } else {
                throw new AssertionError("no WebSocket at " + path);
            }
            settle();
            peer = media.lastOpened;
        }

        // -- what a client does --

        void says(SignalRequest.Builder message) {
            shouts(message);
            settle();
        }

        /// Without leaving the server time to read.
        void shouts(SignalRequest.Builder message) {
            listener().onBinary(message.build().toByteArray());
        }

        void babbles(byte[] message) {
            listener().onBinary(message);
            settle();
        }

        void offers(int id, SessionDescription offer) {
            says(SignalRequest.newBuilder()
                    .setOffer(LivekitRtc.SessionDescription.newBuilder()
                            .setType("offer")
                            .setId(id)
                            .setSdp(SdpWriter.write(offer))));
        }

        void answers(int id, SessionDescription answer) {
            says(SignalRequest.newBuilder()
                    .setAnswer(LivekitRtc.SessionDescription.newBuilder()
                            .setType("answer")
                            .setId(id)
                            .setSdp(SdpWriter.write(answer))));
        }

        /// Its media connection is through.
        void connected() {
            media.says(peer, new RouterEvent.Connected(peer));
            settle();
        }

        void hangsUp(int code) {
            listener().onClosed(code);
            settle();
        }

        // -- what it hears --

        /// What comes later counts as new.
        void mark() {
            mark = heard.size();
        }

        List<MessageCase> news() {
            return heard.subList(mark, heard.size()).stream()
                    .map(SignalResponse::getMessageCase)
                    .toList();
        }

        List<SignalResponse> news(MessageCase kind) {
            return heard.subList(mark, heard.size()).stream()
                    .filter(response -> response.getMessageCase() == kind)
                    .toList();
        }

        SignalResponse last(MessageCase kind) {
            return heard.stream()
                    .filter(response -> response.getMessageCase() == kind)
                    .reduce((first, second) -> second)
                    .orElseThrow(() -> new AssertionError("no " + kind + " for " + identity));
        }

        /// The status that refused it.
        int refusalStatus() {
            HttpReply reply = refusal;
            return reply == null ? 0 : reply.status();
        }

        /// After how many seconds it is asked to come back; empty if it is not.
        String retryAfter() {
            HttpReply reply = refusal;
            return reply == null ? "" : reply.headers().getOrDefault("Retry-After", "");
        }

        boolean closed() {
            return closeCode != 0;
        }

        String sid() {
            return last(MessageCase.JOIN).getJoin().getParticipant().getSid();
        }

        /// The id of the last track it was allowed to publish.
        TrackSid track() {
            return new TrackSid(last(MessageCase.TRACK_PUBLISHED)
                    .getTrackPublished()
                    .getTrack()
                    .getSid());
        }

        AccessToken token() {
            return verified(last(MessageCase.REFRESH_TOKEN).getRefreshToken());
        }

        private WebSocketListener listener() {
            WebSocketListener admitted = listener;
            if (admitted == null) {
                throw new AssertionError("never let in: " + refusalStatus());
            }
            return admitted;
        }

        // -- what the edge would do --

        @Override
        public HttpRequest http() {
            return request;
        }

        @Override
        public WebSocketConnection accept(WebSocketListener accepted) {
            listener = accepted;
            return this;
        }

        @Override
        public void refuse(HttpReply reply) {
            refusal = reply;
        }

        @Override
        public void sendBinary(byte[] message) {
            if (sendingBreaks) {
                throw new IllegalStateException("broken on purpose: sending");
            }
            if (closed()) {
                return;
            }
            try {
                heard.add(SignalResponse.parseFrom(message));
            } catch (InvalidProtocolBufferException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void sendText(String message) {
            throw new AssertionError("text: " + message);
        }

        @Override
        public void close(int code) {
            if (!closed()) {
                closeCode = code;
                world.after(0, () -> listener().onClosed(code));
            }
        }

        @Override
        public long queuedBytes() {
            return 0;
        }
    }

    private String signed(String identity, Map<String, Object> claims) {
        var set = new JWTClaimsSet.Builder()
                .issuer("key")
                .subject(identity)
                .expirationTime(Date.from(clock.instant().plusSeconds(3_600)))
                .claim("video", Map.of("roomJoin", true, "room", ROOM.value(), "canUpdateOwnMetadata", true));
        claims.forEach(set::claim);
        var jwt = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), set.build());
        try {
            jwt.sign(new MACSigner(Arrays.copyOf(SECRET.getBytes(StandardCharsets.UTF_8), 40)));
        } catch (JOSEException e) {
            throw new AssertionError(e);
        }
        return jwt.serialize();
    }
}
