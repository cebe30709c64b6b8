package io.tributary.transport.http;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// One request with its whole body. Immutable but for the body's array, which belongs to the route.
public final class HttpRequest {
    private final String method;
    private final String path;
    private final String rawQuery;
    private final Query query;
    private final TreeMap<String, List<String>> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private final InetAddress remote;
    private final byte[] body;

    /// What the edge has read of one request.
    ///
    /// @param path begins with exactly one slash, a mount prefix already taken off, escapes as they were sent
    /// @param rawQuery what follows the question mark, or the empty string
    /// @param remote who opened the TCP connection; behind a proxy that is the proxy
    public HttpRequest(
            String method,
            String path,
            String rawQuery,
            Map<String, List<String>> headers,
            InetAddress remote,
            byte[] body) {
        this.method = method;
        this.path = path;
        this.rawQuery = rawQuery;
        this.query = Query.parse(rawQuery);
        this.headers.putAll(headers);
        this.remote = remote;
        this.body = body;
    }

    /// In capitals: `GET`.
    public String method() {
        return method;
    }

    public String path() {
        return path;
    }

    public String rawQuery() {
        return rawQuery;
    }

    /// The first decoded value of a query parameter.
    public Optional<String> query(String name) {
        return query.first(name);
    }

    public Query query() {
        return query;
    }

    /// The first value of a header, whatever the case of its name.
    public Optional<String> header(String name) {
        return headers.getOrDefault(name, List.of()).stream().findFirst();
    }

    public List<String> headers(String name) {
        return headers.getOrDefault(name, List.of());
    }

    public InetAddress remote() {
        return remote;
    }

    public byte[] body() {
        return body;
    }

    public String bodyText() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /// About what it took on the wire. On the heap it takes a few times as much.
    public int bytes() {
        int bytes = path.length() + rawQuery.length() + body.length;
        for (Map.Entry<String, List<String>> header : headers.entrySet()) {
            for (String value : header.getValue()) {
                bytes += header.getKey().length() + value.length();
            }
        }
        return bytes;
    }

    /// Queries carry tokens and addresses are people's: neither is for logs.
    @Override
    public String toString() {
        return method + " " + path;
    }
}
