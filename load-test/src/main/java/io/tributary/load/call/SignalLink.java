package io.tributary.load.call;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tributary.sfu.signal.proto.SignalRequest;
import io.tributary.sfu.signal.proto.SignalResponse;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The WebSocket of one participant. Sending from the loop; what is heard comes on the HTTP client's threads, so the
/// listeners post.
final class SignalLink implements WebSocket.Listener {
    private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(20);

    /// A join of a room of a thousand is some hundred kilobytes.
    private static final int MAX_MESSAGE_BYTES = 16 << 20;

    private final Consumer<SignalResponse> heard;
    private final Consumer<String> ended;
    private final ByteArrayOutputStream partial = new ByteArrayOutputStream();
    private CompletableFuture<@Nullable WebSocket> last = CompletableFuture.completedFuture(null);
    private volatile boolean closed;

    /// @param ended hears why, unless we closed it ourselves
    SignalLink(Consumer<SignalResponse> heard, Consumer<String> ended) {
        this.heard = heard;
        this.ended = ended;
    }

    void open(HttpClient http, URI uri, String token) {
        last = http.newWebSocketBuilder()
                .connectTimeout(OPEN_TIMEOUT)
                .header("Authorization", "Bearer " + token)
                .buildAsync(uri, this)
                .<@Nullable WebSocket>thenApply(socket -> socket)
                .whenComplete((socket, failure) -> {
                    if (failure != null) {
                        end("the server refused to be joined at " + uri + ": " + reason(failure));
                    }
                });
    }

    /// Sends after all that was sent before.
    void send(SignalRequest message) {
        ByteBuffer bytes = ByteBuffer.wrap(message.toByteArray());
        last = last.thenCompose(socket -> socket == null
                ? CompletableFuture.completedFuture(null)
                : socket.sendBinary(bytes, true).thenApply(sent -> sent));
    }

    /// Ends it once what was sent is out.
    void close() {
        closed = true;
        last = last.whenComplete((socket, failure) -> {
            if (socket != null) {
                socket.abort();
            }
        });
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean isLast) {
        if (partial.size() + data.remaining() > MAX_MESSAGE_BYTES) {
            end("a message of more than " + MAX_MESSAGE_BYTES + " bytes");
            socket.abort();
            return null;
        }
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        partial.writeBytes(bytes);
        if (isLast) {
            try {
                heard.accept(SignalResponse.parseFrom(partial.toByteArray()));
            } catch (InvalidProtocolBufferException e) {
                end("a message that is no SignalResponse");
                socket.abort();
            }
            partial.reset();
        }
        socket.request(1);
        return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        end("the server closed the signalling with code " + code + " " + reason);
        return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        end("the signalling broke: " + reason(error));
    }

    private void end(String why) {
        if (!closed) {
            closed = true;
            ended.accept(why);
        }
    }

    private static String reason(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof WebSocketHandshakeException refused) {
            return "HTTP " + refused.getResponse().statusCode();
        }
        return cause.toString();
    }
}
