package io.tributary.transport.http;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a route answers. The edge adds the CORS headers, the length and the date. The body's array belongs to the edge
/// once the reply is given.
public final class HttpReply {
    private final int status;
    private final Map<String, String> headers;
    private final byte[] body;

    public HttpReply(int status, Map<String, String> headers, byte[] body) {
        this.status = status;
        this.headers = Map.copyOf(headers);
        this.body = body;
    }

    public static HttpReply text(int status, String body) {
        return bytes(status, "text/plain; charset=utf-8", body.getBytes(StandardCharsets.UTF_8));
    }

    /// A reply whose body is JSON text.
    public static HttpReply json(int status, String body) {
        return bytes(status, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    public static HttpReply bytes(int status, String contentType, byte[] body) {
        return new HttpReply(status, Map.of("Content-Type", contentType), body);
    }

    /// No body, no content type.
    public static HttpReply empty(int status) {
        return new HttpReply(status, Map.of(), new byte[0]);
    }

    public static HttpReply notFound() {
        return empty(404);
    }

    /// The same reply with one header more.
    public HttpReply with(String name, String value) {
        var more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new HttpReply(status, more, body);
    }

    public int status() {
        return status;
    }

    public Map<String, String> headers() {
        return headers;
    }

    public byte[] body() {
        return body;
    }

    public String bodyText() {
        return new String(body, StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return "HttpReply[" + status + ", " + body.length + " bytes]";
    }
}
