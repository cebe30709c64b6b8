package io.tributary.server;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Collectors;

/// What an operator wants to know at the moment of starting. Names keys, never secrets.
final class Banner {
    private Banner() {}

    /// @param version of Tributary
    static String text(String version, ServerConfig config, MediaPlan media, RunningServer server) {
        StringBuilder text = new StringBuilder(512);
        text.append("Tributary ").append(version).append('\n');
        line(
                text,
                "signalling",
                "HTTP and WebSocket on TCP " + server.httpPort() + ", "
                        + addresses(config.http().bindAddresses()));
        if (config.prometheus().isServed()) {
            line(text, "metrics", "HTTP on TCP " + config.prometheus().port() + MetricsRoute.PATH);
        }
        config.matrix()
                .ifPresent(matrix ->
                        line(text, "Matrix users", "are given " + matrix.door().sfuUrl()));
        line(text, "media", "UDP " + joined(media.ports()) + ", " + addresses(media.bindAddresses()));
        line(text, "media loops", media.ports().size() + ", one UDP port each");
        line(
                text,
                "candidates",
                media.candidateAddresses().isEmpty()
                        ? "none: no address of this machine is bound"
                        : addresses(media.candidateAddresses()));
        line(text, "encryption", server.cryptoProvider());
        line(text, "API keys", String.join(", ", config.keys().keySet()));
        line(
                text,
                "call page",
                server.hasCallPage()
                        ? callPageUrl(config, server.httpPort())
                        : "not built (it needs Node 20, see ./run)");
        return text.toString();
    }

    /// Where a browser on this machine finds the page. Only there, or behind HTTPS, may a page use the camera.
    static String callPageUrl(ServerConfig config, int httpPort) {
        List<InetAddress> bound = config.http().bindAddresses();
        boolean here = bound.isEmpty()
                || bound.stream().anyMatch(address -> address.isLoopbackAddress() || address.isAnyLocalAddress());
        return "http://" + (here ? "localhost" : literal(bound.getFirst())) + ":" + httpPort + "/call/";
    }

    private static void line(StringBuilder text, String label, String value) {
        text.append(String.format("  %-12s %s%n", label, value));
    }

    private static String addresses(List<InetAddress> addresses) {
        return addresses.isEmpty()
                ? "all addresses"
                : addresses.stream().map(Banner::literal).collect(Collectors.joining(", "));
    }

    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        // RFC 5952 §4.2: the first run of zeros is left out.
        return address instanceof Inet6Address ? "[" + text.replaceFirst("(^|:)(0(:|$)){2,}", "::") + "]" : text;
    }

    private static String joined(List<Integer> ports) {
        return ports.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
}
