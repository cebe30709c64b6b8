package io.tributary.load.call;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tributary.sfu.signal.proto.SignalRequest;
import io.tributary.sfu.signal.proto.SignalResponse;
import io.tributary.transport.http.WebSocketConnection;
import io.tributary.transport.http.WebSocketListener;
import io.tributary.transport.web.OutboundWebSocket;
import io.tributary.transport.web.OutboundWebSockets;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The WebSocket of one participant. Opened and sent on from the loop; what is heard comes on an I/O thread, so the
/// listeners post.
final class SignalLink implements WebSocketListener {
    private final Consumer<SignalResponse> heard;
    private final Consumer<String> ended;
    private @Nullable OutboundWebSocket socket; // loop only
    private volatile boolean closed;

    /// @param ended hears why, unless we closed it ourselves
    SignalLink(Consumer<SignalResponse> heard, Consumer<String> ended) {
        this.heard = heard;
        this.ended = ended;
    }

    void open(OutboundWebSockets sockets, URI uri, String token) {
        OutboundWebSocket opening = sockets.connect(uri, Map.of("Authorization", "Bearer " + token), this);
        socket = opening;
        var _ = opening.upgraded().whenComplete((_, failure) -> {
            if (failure != null) {
                end("the server refused to be joined at " + uri + ": "
                        + Objects.requireNonNullElse(failure.getMessage(), failure.toString()));
            }
        });
    }

    /// Sends after all that was sent before.
    void send(SignalRequest message) {
        OutboundWebSocket to = socket;
        if (to != null) {
            to.sendBinary(message.toByteArray());
        }
    }

    /// Ends it once what was sent is out.
    void close() {
        closed = true;
        OutboundWebSocket open = socket;
        if (open != null) {
            open.close(WebSocketConnection.NORMAL);
        }
    }

    @Override
    public void onBinary(byte[] message) {
        try {
            heard.accept(SignalResponse.parseFrom(message));
        } catch (InvalidProtocolBufferException e) {
            end("a message that is no SignalResponse");
        }
    }

    @Override
    public void onText(String message) {
        end("a text message, where it was asked for binary ones");
    }

    @Override
    public void onClosed(int code) {
        end("the server closed the signalling with code " + code);
    }

    private void end(String why) {
        if (!closed) {
            closed = true;
            ended.accept(why);
        }
    }
}
