package io.tributary.transport.web;

import io.tributary.transport.http.OutboundReply;
import io.tributary.transport.http.OutboundReply.Failure;
import io.tributary.transport.http.OutboundRequest;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/// One exchange from connecting to the last byte.
///
/// ```
///   CONNECTING ──► ASKED ──► READING ──► done: Answered
///       └────────────┴──────────┴──────► done: Failed, and the connection is cut
/// ```
/// The first outcome counts; a clock that runs from the beginning is one of them.
final class OutboundExchange {
    private final Vertx vertx;
    private final OutboundRequest asked;
    private final CompletableFuture<OutboundReply> done = new CompletableFuture<>();
    private volatile @Nullable HttpClientRequest request;
    private long clock = -1;

    OutboundExchange(Vertx vertx, OutboundRequest asked) {
        this.vertx = vertx;
        this.asked = asked;
    }

    CompletionStage<OutboundReply> reply() {
        return done;
    }

    void start(HttpClient client) {
        if (asked.timeoutMillis() <= 0) {
            fail(Failure.TIMEOUT, "no time left");
            return;
        }
        clock = vertx.setTimer(asked.timeoutMillis(), _ -> fail(Failure.TIMEOUT, "no answer in time"));
        try {
            client.request(options()).onComplete(opened -> {
                if (opened.failed()) {
                    Throwable cause = opened.cause();
                    fail(OutboundClient.failure(cause, false), String.valueOf(cause.getMessage()));
                } else {
                    onConnected(opened.result());
                }
            });
        } catch (IllegalArgumentException e) {
            // Strangers choose names and paths, and the library has an opinion of its own about them.
            fail(Failure.BROKEN, String.valueOf(e.getMessage()));
        }
    }

    private void onConnected(HttpClientRequest opened) {
        request = opened;
        if (done.isDone()) {
            opened.reset();
            return;
        }
        opened.exceptionHandler(this::onBroken);
        // Without one the library logs an error of ours for whatever strangers send.
        opened.connection().exceptionHandler(this::onBroken);
        opened.send().onComplete(answered -> {
            if (answered.failed()) {
                onBroken(answered.cause());
            } else {
                onHead(answered.result());
            }
        });
    }

    private void onHead(HttpClientResponse response) {
        Buffer body = Buffer.buffer();
        response.exceptionHandler(this::onBroken);
        response.handler(piece -> {
            if (body.length() + piece.length() > asked.maxBodyBytes()) {
                fail(Failure.TOO_LARGE, "more than " + asked.maxBodyBytes() + " bytes");
            } else {
                body.appendBuffer(piece);
            }
        });
        response.endHandler(_ -> finish(new OutboundReply.Answered(
                response.statusCode(), firsts(response.headers()), body.toString(StandardCharsets.UTF_8))));
    }

    private void onBroken(Throwable cause) {
        fail(OutboundClient.failure(cause, true), String.valueOf(cause.getMessage()));
    }

    private void fail(Failure failure, String detail) {
        if (!finish(new OutboundReply.Failed(failure, detail))) {
            return;
        }
        // Read after finishing: who connects meanwhile looks at the outcome after saying so.
        HttpClientRequest open = request;
        if (open != null) {
            open.reset();
        }
    }

    /// Whether this is the outcome.
    private boolean finish(OutboundReply outcome) {
        vertx.cancelTimer(clock);
        return done.complete(outcome);
    }

    private RequestOptions options() {
        return new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setServer(SocketAddress.inetSocketAddress(
                        asked.address().getPort(), literal(asked.address().getAddress())))
                .setHost(asked.serverName())
                .setPort(asked.address().getPort())
                .setSsl(asked.tls())
                .setURI(asked.pathAndQuery())
                .setFollowRedirects(false)
                // The library means the handshake, too; TCP alone has a shorter time of the client's.
                .setConnectTimeout(asked.timeoutMillis())
                .putHeader("Host", asked.host())
                .putHeader("Accept", "application/json")
                .putHeader("User-Agent", "Tributary");
    }

    /// The library makes an authority of it, where an IPv6 address needs its brackets.
    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        return address instanceof Inet6Address ? "[" + text + "]" : text;
    }

    private static Map<String, String> firsts(MultiMap headers) {
        Map<String, String> firsts = new HashMap<>();
        headers.forEach((name, value) -> firsts.putIfAbsent(name.toLowerCase(Locale.ROOT), value));
        return firsts;
    }
}
