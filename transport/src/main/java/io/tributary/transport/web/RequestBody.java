package io.tributary.transport.web;

import io.tributary.transport.http.HttpReply;
import io.tributary.transport.http.HttpRoute;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Map;
import java.util.function.Consumer;

/// The body of one request: kept as far as its route wants it, waited for as long as is decent. I/O thread.
///
/// ```
///   READING ── too long ──► DISCARDING ── far too long ──► connection ends
///      │  └── too slow ──► connection ends
///      └── whole ──► route
/// ```
/// Who sends too much is told at once. What follows is read and thrown away, because a client that sends everything
/// before it reads would otherwise find a connection that was reset, and no answer.
final class RequestBody {
    private static final int REQUEST_TIMEOUT = 408;

    private final Vertx vertx;
    private final HttpServerRequest request;
    private final HttpRoute route;
    private final GatewayCounters counters;
    private Buffer kept = Buffer.buffer();
    private long received;
    private boolean answered;

    RequestBody(Vertx vertx, HttpServerRequest request, HttpRoute route, GatewayCounters counters) {
        this.vertx = vertx;
        this.request = request;
        this.route = route;
        this.counters = counters;
    }

    /// @param whole gets the body, unless the client has had its answer by then
    void read(long timeoutMillis, Consumer<byte[]> whole) {
        if (headBytes() > route.maxHeadBytes()) {
            answered = true;
            counters.invalidRequests.incrementAndGet();
            Dispatcher.send(request, route.refuseHead());
        }
        long announced = announcedBytes();
        if (!answered && announced > route.maxBodyBytes()) {
            refuse(announced);
            if (announced > HttpRoute.MAX_BODY_BYTES) {
                return;
            }
        }
        if (!answered && "100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
            request.response().writeContinue();
        }
        long clock = vertx.setTimer(timeoutMillis, _ -> onTooSlow());
        request.exceptionHandler(_ -> vertx.cancelTimer(clock));
        request.handler(this::onPiece);
        request.endHandler(_ -> {
            vertx.cancelTimer(clock);
            if (!answered) {
                whole.accept(letGo().getBytes());
            }
        });
    }

    /// The library holds on to its handlers, and with them to this, until the request has its answer.
    private Buffer letGo() {
        Buffer whole = kept;
        kept = Buffer.buffer();
        return whole;
    }

    private void onPiece(Buffer piece) {
        received += piece.length();
        if (received > HttpRoute.MAX_BODY_BYTES && answered) {
            request.connection().close();
        } else if (received > route.maxBodyBytes()) {
            refuse(received);
        } else if (!answered) {
            kept.appendBuffer(piece);
        }
    }

    /// @param bytes as many as are known of
    private void refuse(long bytes) {
        if (answered) {
            return;
        }
        answered = true;
        letGo();
        counters.oversizedBodies.incrementAndGet();
        if (bytes > HttpRoute.MAX_BODY_BYTES) {
            endConnectionAfterReply();
        }
        Dispatcher.send(request, route.refuseBody());
    }

    private void onTooSlow() {
        counters.slowBodies.incrementAndGet();
        if (answered) {
            request.connection().close();
            return;
        }
        answered = true;
        endConnectionAfterReply();
        Dispatcher.send(request, HttpReply.text(REQUEST_TIMEOUT, "the request body took too long"));
    }

    /// The library would wait for the rest of the request.
    private void endConnectionAfterReply() {
        request.response()
                .putHeader("Connection", "close")
                .endHandler(_ -> request.connection().close());
    }

    /// Of the request line and the headers.
    private long headBytes() {
        long bytes = request.uri().length();
        for (Map.Entry<String, String> header : request.headers()) {
            bytes += header.getKey().length() + header.getValue().length();
        }
        return bytes;
    }

    private long announcedBytes() {
        String announced = request.getHeader("Content-Length");
        try {
            return announced == null ? 0 : Long.parseLong(announced.trim());
        } catch (NumberFormatException e) {
            return 0; // the HTTP codec has its own opinion of such a request; the bytes are counted as they come
        }
    }
}
