package io.tributary.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StaticFilesTest {
    private final StaticFiles files = new StaticFiles(getClass().getClassLoader(), "/call/", "web/page");

    @Test
    void servesTheIndexOfTheFolder() {
        HttpReply reply = get("/call/", Map.of());
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.headers()).containsEntry("Content-Type", "text/html; charset=utf-8");
        assertThat(reply.bodyText()).contains("<title>page</title>");
    }

    @Test
    void servesAFileBelowWithItsType() {
        HttpReply reply = get("/call/assets/page.js", Map.of());
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.headers()).containsEntry("Content-Type", "text/javascript; charset=utf-8");
    }

    @Test
    void answersAKnownTagWithoutBody() {
        String tag = get("/call/", Map.of()).headers().get("ETag");
        HttpReply again = get("/call/", Map.of("if-none-match", List.of("W/\"other\", " + tag)));
        assertThat(again.status()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/call/../secret.txt",
                "/call/%2e%2e/secret.txt",
                "/call/..%2fsecret.txt",
                "/call/assets/../../secret.txt",
                "/call//secret.txt",
                "/call/assets/..",
                "/call/.hidden",
                "/call/assets\\..\\..\\secret.txt",
                "/call/missing.js",
                "/call/assets",
                "/elsewhere"
            })
    void findsNothingOutsideTheFolder(String path) {
        assertThat(get(path, Map.of()).status()).isEqualTo(404);
    }

    @Test
    void refusesToBeWritten() {
        var request = new HttpRequest("POST", "/call/", "", Map.of(), InetAddress.getLoopbackAddress(), new byte[0]);
        assertThat(files.handle(request).toCompletableFuture().join().status()).isEqualTo(405);
    }

    private HttpReply get(String path, Map<String, List<String>> headers) {
        var request = new HttpRequest("GET", path, "", headers, InetAddress.getLoopbackAddress(), new byte[0]);
        return files.handle(request).toCompletableFuture().join();
    }
}
