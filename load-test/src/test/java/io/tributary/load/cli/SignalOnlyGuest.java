package io.tributary.load.cli;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tributary.sfu.signal.proto.LeaveRequest;
import io.tributary.sfu.signal.proto.Ping;
import io.tributary.sfu.signal.proto.SignalRequest;
import io.tributary.sfu.signal.proto.SignalResponse;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// A participant who joins and says nothing of media.
final class SignalOnlyGuest implements WebSocket.Listener {
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
    private final CompletableFuture<SignalOnlyGuest> joined = new CompletableFuture<>();
    private volatile CompletableFuture<SignalResponse> pong = new CompletableFuture<>();
    private volatile @Nullable WebSocket socket;

    private SignalOnlyGuest() {}

    /// Completes when the join message is there, or with what came instead.
    static CompletableFuture<SignalOnlyGuest> join(HttpClient http, URI uri, String token) {
        var guest = new SignalOnlyGuest();
        return http.newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(uri, guest)
                .thenCompose(_ -> guest.joined);
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
        WebSocket open = socket;
        if (open != null) {
            open.sendBinary(ByteBuffer.wrap(message.toByteArray()), true).exceptionally(_ -> open);
        }
    }

    @Override
    public void onOpen(WebSocket opened) {
        socket = opened;
        opened.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        partial.writeBytes(bytes);
        if (last) {
            try {
                SignalResponse message = SignalResponse.parseFrom(partial.toByteArray());
                if (message.hasJoin()) {
                    joined.complete(this);
                } else if (message.hasPongResp()) {
                    pong.complete(message);
                }
            } catch (InvalidProtocolBufferException e) {
                joined.completeExceptionally(e);
            }
            partial.reset();
        }
        from.request(1);
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        joined.completeExceptionally(error);
        pong.completeExceptionally(error);
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        var closed = new IllegalStateException("closed with " + code);
        joined.completeExceptionally(closed);
        pong.completeExceptionally(closed);
        return null;
    }
}
