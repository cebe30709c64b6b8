package io.tributary.transport.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/// Serves files of the class path below one folder: the pages that come with the program.
///
/// Files are read once and kept, so the cache holds at most what was built in. A directory means its `index.html`.
/// Names may not leave the folder: each segment must look like an ordinary file name.
public final class StaticFiles implements HttpRoute {
    private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_@-][A-Za-z0-9._@-]*");

    private static final Map<String, String> TYPES = Map.ofEntries(
            Map.entry("html", "text/html; charset=utf-8"),
            Map.entry("js", "text/javascript; charset=utf-8"),
            Map.entry("mjs", "text/javascript; charset=utf-8"),
            Map.entry("css", "text/css; charset=utf-8"),
            Map.entry("json", "application/json"),
            Map.entry("map", "application/json"),
            Map.entry("txt", "text/plain; charset=utf-8"),
            Map.entry("svg", "image/svg+xml"),
            Map.entry("png", "image/png"),
            Map.entry("ico", "image/x-icon"),
            Map.entry("webp", "image/webp"),
            Map.entry("woff2", "font/woff2"),
            Map.entry("wasm", "application/wasm"),
            Map.entry("webmanifest", "application/manifest+json"));

    private static final class File {
        final String contentType;
        final String etag;
        final byte[] bytes;

        File(String contentType, byte[] bytes) {
            this.contentType = contentType;
            this.bytes = bytes;
            this.etag = StaticFiles.etag(bytes);
        }
    }

    private final ClassLoader loader;
    private final String prefix;
    private final String folder;
    private final Map<String, File> files = new ConcurrentHashMap<>();

    /// Serves `folder` at `prefix`.
    ///
    /// @param prefix the path this route is mounted at, ending in a slash: `/call/`
    /// @param folder the class-path folder, no slash at either end: `web/call`
    public StaticFiles(ClassLoader loader, String prefix, String folder) {
        if (!prefix.endsWith("/")) {
            throw new IllegalArgumentException("prefix " + prefix + " does not end with a slash");
        }
        this.loader = loader;
        this.prefix = prefix;
        this.folder = folder;
    }

    @Override
    public CompletionStage<HttpReply> handle(HttpRequest request) {
        return CompletableFuture.completedFuture(answer(request));
    }

    private HttpReply answer(HttpRequest request) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            return HttpReply.empty(405).with("Allow", "GET, HEAD");
        }
        if (!request.path().startsWith(prefix)) {
            return HttpReply.notFound();
        }
        String name = request.path().substring(prefix.length());
        if (name.isEmpty() || name.endsWith("/")) {
            name += "index.html";
        }
        Optional<File> found = file(name);
        if (found.isEmpty()) {
            return HttpReply.notFound();
        }
        File file = found.get();
        boolean known = request.header("If-None-Match")
                .filter(tags -> tags.contains(file.etag))
                .isPresent();
        // The browser keeps the file but asks each time, so that an upgraded server never meets an old page.
        HttpReply reply = known ? HttpReply.empty(304) : HttpReply.bytes(200, file.contentType, file.bytes);
        return reply.with("ETag", file.etag)
                .with("Cache-Control", "no-cache")
                .with("X-Content-Type-Options", "nosniff");
    }

    private Optional<File> file(String name) {
        File cached = files.get(name);
        if (cached != null) {
            return Optional.of(cached);
        }
        for (String segment : name.split("/", -1)) {
            if (!SEGMENT.matcher(segment).matches()) {
                return Optional.empty();
            }
        }
        int dot = name.lastIndexOf('.');
        String contentType = dot < 0 ? null : TYPES.get(name.substring(dot + 1));
        if (contentType == null) {
            return Optional.empty();
        }
        try (InputStream in = loader.getResourceAsStream(folder + "/" + name)) {
            if (in == null) {
                return Optional.empty();
            }
            byte[] bytes = in.readAllBytes();
            File file = new File(contentType, bytes);
            files.put(name, file);
            return Optional.of(file);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + folder + "/" + name, e);
        }
    }

    private static String etag(byte[] bytes) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            return "\"" + HexFormat.of().formatHex(digest, 0, 12) + "\"";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is in every JDK", e);
        }
    }
}
