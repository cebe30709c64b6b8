package io.tributary.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.tributary.transport.http.WebSocketListener;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.sdp.SdpReader;
import io.tributary.transport.sdp.SdpSamples;
import io.tributary.transport.sdp.SessionDescription;
import io.tributary.transport.web.OutboundWebSocket;
import io.tributary.transport.web.OutboundWebSockets;
import io.tributary.transport.web.UpgradeRefusedException;
import java.net.URI;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import livekit.LivekitModels;
import livekit.LivekitRtc;
import livekit.LivekitRtc.SignalResponse;
import livekit.LivekitRtc.SignalResponse.MessageCase;

/// A participant that only signals: a WebSocket, LiveKit's messages, and an offer that Chromium once made.
final class SignalClient implements WebSocketListener, AutoCloseable {
    private static final String OFFER = "chromium-single-pc-offer";
    private static final long PATIENCE_SECONDS = 30;
    private static final int NOT_FOUND = 404;
    private static final OutboundWebSockets SOCKETS = OutboundWebSockets.open(1 << 20);

    private final LinkedBlockingQueue<SignalResponse> heard = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Integer> closes = new LinkedBlockingQueue<>();
    private final CompletableFuture<String> renewed = new CompletableFuture<>();
    private final OutboundWebSocket socket;
    private final SessionDescription answer;

    private SignalClient(TestServer server, String token) {
        byte[] join = LivekitRtc.JoinRequest.newBuilder()
                .setClientInfo(LivekitModels.ClientInfo.newBuilder().setProtocol(17))
                .setPublisherOffer(LivekitRtc.SessionDescription.newBuilder()
                        .setType("offer")
                        .setId(1)
                        .setSdp(SdpSamples.text(OFFER)))
                .build()
                .toByteArray();
        byte[] wrapped = LivekitRtc.WrappedJoinRequest.newBuilder()
                .setJoinRequest(ByteString.copyFrom(join))
                .build()
                .toByteArray();
        URI uri = URI.create(server.webSocketUrl() + "/rtc/v1?access_token=" + token + "&join_request="
                + Base64.getUrlEncoder().withoutPadding().encodeToString(wrapped));
        socket = SOCKETS.connect(uri, Map.of(), this);
        socket.upgraded().join();
        answer = switch (SdpReader.read(await(MessageCase.ANSWER).getAnswer().getSdp())) {
            case SdpReader.Parsed(SessionDescription description) -> description;
            case SdpReader.Malformed(String reason) -> throw new AssertionError(reason);
        };
    }

    /// In, and its offer answered.
    static SignalClient joinWithOffer(TestServer server, String identity) {
        return joinWithToken(server, server.token(identity));
    }

    /// The same with a token of the test's own.
    static SignalClient joinWithToken(TestServer server, String token) {
        return new SignalClient(server, token);
    }

    /// As a client does that comes before its room: it is held for a while, refused, and tries again.
    static SignalClient joinOnceThereIsARoom(TestServer server, String token) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try {
                return joinWithToken(server, token);
            } catch (CompletionException e) {
                boolean early =
                        e.getCause() instanceof UpgradeRefusedException refused && refused.status() == NOT_FOUND;
                if (!early || System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }

    IceCredentials serverCredentials() {
        return answer.iceCredentials(answer.sections().getFirst()).orElseThrow();
    }

    IceCredentials ownCredentials() {
        SessionDescription offer = SdpSamples.sample(OFFER);
        return offer.iceCredentials(offer.sections().getFirst()).orElseThrow();
    }

    /// As the candidate lines of the answer name it.
    String serverCandidate() {
        return answer.sections().getFirst().candidates().getFirst();
    }

    /// The next message of a kind; others before it are passed over.
    SignalResponse await(MessageCase kind) {
        try {
            while (true) {
                SignalResponse next = heard.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (next == null) {
                    throw new AssertionError("no " + kind);
                }
                if (next.getMessageCase() == kind) {
                    return next;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /// The first token that was sent in place of the one it came with.
    String renewedToken() {
        return renewed.orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    }

    /// The code with which the server closed.
    int awaitClose() {
        try {
            Integer code = closes.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (code == null) {
                throw new AssertionError("still open");
            }
            return code;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    @Override
    public void onBinary(byte[] bytes) {
        try {
            SignalResponse message = SignalResponse.parseFrom(bytes);
            if (message.getMessageCase() == MessageCase.REFRESH_TOKEN) {
                renewed.complete(message.getRefreshToken());
            }
            heard.add(message);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void onText(String message) {
        throw new AssertionError(message);
    }

    @Override
    public void onClosed(int code) {
        closes.add(code);
    }

    @Override
    public void close() {
        socket.abort();
    }
}
