package io.tributary.load.measure;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.OptionalDouble;

/// What a server of ours says of itself, in Prometheus' text format.
public final class ServerMetrics {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final HttpClient http;
    private final URI uri;

    public ServerMetrics(HttpClient http, URI uri) {
        this.http = http;
        this.uri = uri;
    }

    /// Bytes that all threads together have allocated on the heap; empty for a server that does not say.
    public OptionalDouble allocatedBytes() throws IOException {
        return sum("tributary_allocated_bytes_total");
    }

    /// The sum over all labels of what begins like this.
    private OptionalDouble sum(String prefix) throws IOException {
        double sum = 0;
        boolean found = false;
        for (String line : scrape().split("\n", -1)) {
            if (line.startsWith(prefix)) {
                sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
                found = true;
            }
        }
        return found ? OptionalDouble.of(sum) : OptionalDouble.empty();
    }

    private String scrape() throws IOException {
        try {
            var request = HttpRequest.newBuilder(uri).timeout(TIMEOUT).build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
