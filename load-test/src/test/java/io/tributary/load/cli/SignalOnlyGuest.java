package io.tributary.load.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tributary.sfu.signal.proto.LeaveRequest;
import io.tributary.sfu.signal.proto.Ping;
import io.tributary.sfu.signal.proto.SignalRequest;
import io.tributary.sfu.signal.proto.SignalResponse;
import io.tributary.transport.http.WebSocketListener;
import io.tributary.transport.web.OutboundWebSocket;
import io.tributary.transport.web.OutboundWebSockets;
import java.net.URI;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A participant who joins and says nothing of media.
final class SignalOnlyGuest implements WebSocketListener {
    private final CompletableFuture<SignalOnlyGuest> joined = new CompletableFuture<>();
    private volatile CompletableFuture<SignalResponse> pong = new CompletableFuture<>();
    private volatile @Nullable OutboundWebSocket socket;

    private SignalOnlyGuest() {}

    /// Completes when the join message is there, or with what came instead.
    static CompletableFuture<SignalOnlyGuest> join(OutboundWebSockets sockets, URI uri, String token) {
        var guest = new SignalOnlyGuest();
        OutboundWebSocket opening = sockets.connect(uri, Map.of("Authorization", "Bearer " + token), guest);
        guest.socket = opening;
        return opening.upgraded().thenCompose(_ -> guest.joined);
    }

    /// Completes with the server's answer.
    CompletableFuture<SignalResponse> ping() {
        pong = new CompletableFuture<>();
        send(SignalRequest.newBuilder()
                .setPingReq(Ping.newBuilder().setTimestamp(1))
                .build());
        return pong;
    }

    void leave() {
        send(SignalRequest.newBuilder()
                .setLeave(LeaveRequest.getDefaultInstance())
                .build());
    }

    private void send(SignalRequest message) {
        OutboundWebSocket open = socket;
        if (open != null) {
            open.sendBinary(message.toByteArray());
        }
    }

    @Override
    public void onBinary(byte[] bytes) {
        try {
            SignalResponse message = SignalResponse.parseFrom(bytes);
            if (message.hasJoin()) {
                joined.complete(this);
            } else if (message.hasPongResp()) {
                pong.complete(message);
            }
        } catch (InvalidProtocolBufferException e) {
            joined.completeExceptionally(e);
        }
    }

    @Override
    public void onText(String message) {
        throw new AssertionError(message);
    }

    @Override
    public void onClosed(int code) {
        var closed = new IllegalStateException("closed with " + code);
        joined.completeExceptionally(closed);
        pong.completeExceptionally(closed);
    }
}
