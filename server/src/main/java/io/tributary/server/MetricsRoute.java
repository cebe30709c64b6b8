package io.tributary.server;

import io.tributary.transport.http.HttpReply;
import io.tributary.transport.http.HttpRequest;
import io.tributary.transport.http.HttpRoute;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/// `GET /metrics` in Prometheus' text format, for whoever knows the password, if there is one (RFC 7617).
final class MetricsRoute implements HttpRoute {
    static final String PATH = "/metrics";

    /// Prometheus 3 refuses an answer without a format that it knows.
    private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private final Supplier<CompletionStage<String>> scrape;
    private final ServerConfig.Prometheus access;

    MetricsRoute(Supplier<CompletionStage<String>> scrape, ServerConfig.Prometheus access) {
        this.scrape = scrape;
        this.access = access;
    }

    @Override
    public CompletionStage<HttpReply> handle(HttpRequest request) {
        if (access.isGuarded() && !isAllowed(request.header("Authorization").orElse(""))) {
            return CompletableFuture.completedFuture(
                    HttpReply.empty(401).with("WWW-Authenticate", "Basic realm=\"metrics\", charset=\"UTF-8\""));
        }
        return scrape.get()
                .thenApply(text -> HttpReply.bytes(200, CONTENT_TYPE, text.getBytes(StandardCharsets.UTF_8)));
    }

    private boolean isAllowed(String authorization) {
        String expected = access.username() + ":" + access.password().value();
        String header = "Basic " + Base64.getEncoder().encodeToString(expected.getBytes(StandardCharsets.UTF_8));
        // In constant time: how long a comparison takes must not tell how much of the password was right.
        return MessageDigest.isEqual(
                header.getBytes(StandardCharsets.UTF_8), authorization.getBytes(StandardCharsets.UTF_8));
    }
}
