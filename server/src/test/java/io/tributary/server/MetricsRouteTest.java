package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.http.HttpReply;
import io.tributary.transport.http.HttpRequest;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricsRouteTest {
    private static final ServerConfig.Prometheus OPEN = new ServerConfig.Prometheus(6789, "", new ApiSecret(""));
    private static final ServerConfig.Prometheus GUARDED =
            new ServerConfig.Prometheus(6789, "prometheus", new ApiSecret("p:ässword"));

    @Test
    void anybodyMayReadWithoutAPassword() {
        HttpReply reply = ask(OPEN, Map.of());

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.bodyText()).isEqualTo("tributary_rooms 1");
        assertThat(reply.headers()).containsEntry("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
    }

    @Test
    void whoKnowsThePasswordMayRead() {
        assertThat(ask(GUARDED, basic("prometheus:p:ässword")).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "prometheus:", "prometheus:p", "prometheus:p:ässword2", "other:p:ässword"})
    void nobodyElseMay(String credentials) {
        HttpReply reply = ask(GUARDED, basic(credentials));

        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.headers().get("WWW-Authenticate")).startsWith("Basic ");
        assertThat(reply.bodyText()).isEmpty();
    }

    @Test
    void whoSaysNothingIsAskedForThePassword() {
        assertThat(ask(GUARDED, Map.of()).status()).isEqualTo(401);
        assertThat(ask(GUARDED, Map.of("Authorization", List.of("Bearer x"))).status())
                .isEqualTo(401);
    }

    private static Map<String, List<String>> basic(String credentials) {
        String encoded = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
        return Map.of("Authorization", List.of("Basic " + encoded));
    }

    private static HttpReply ask(ServerConfig.Prometheus access, Map<String, List<String>> headers) {
        var route = new MetricsRoute(() -> CompletableFuture.completedFuture("tributary_rooms 1"), access);
        var request =
                new HttpRequest("GET", MetricsRoute.PATH, "", headers, InetAddress.getLoopbackAddress(), new byte[0]);
        return route.handle(request).toCompletableFuture().join();
    }
}
