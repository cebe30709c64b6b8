package io.tributary.transport.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Which path is whose. Built at start, then only read; the first path to be added twice is an error.
///
/// Every path is also there below the mount prefixes that deployments put in front of the two services that one
/// server replaces: `/livekit/sfu/rtc` is `/rtc`, whether a proxy strips the prefix or not.
public final class Routes {
    private static final List<String> MOUNTS = List.of("/livekit/sfu", "/livekit/jwt");

    /// What answers a path.
    public sealed interface Target {
        record Http(HttpRoute route) implements Target {}

        record WebSocket(WebSocketRoute route) implements Target {}

        record Nobody() implements Target {}
    }

    private static final Target NOBODY = new Target.Nobody();

    private final Map<String, Target> exact = new HashMap<>();
    private final TreeMap<String, Target> prefixes = new TreeMap<>();

    /// Answers exactly `path`.
    public Routes exact(String path, HttpRoute route) {
        return put(exact, path, new Target.Http(route));
    }

    /// Answers every path that begins with `prefix`, unless a longer prefix or an exact route does.
    public Routes prefix(String prefix, HttpRoute route) {
        return put(prefixes, prefix, new Target.Http(route));
    }

    /// Decides upgrades on exactly `path`; a plain GET of it is not found.
    public Routes webSocket(String path, WebSocketRoute route) {
        return put(exact, path, new Target.WebSocket(route));
    }

    /// Who answers `path`, which is as [#canonical] gives it.
    public Target find(String path) {
        Target target = exact.get(path);
        if (target != null) {
            return target;
        }
        // Prefixes of `path` sort at or before it, longer ones later: the first hit going down is the longest.
        for (var entry = prefixes.floorEntry(path); entry != null; entry = prefixes.lowerEntry(entry.getKey())) {
            if (path.startsWith(entry.getKey())) {
                return entry.getValue();
            }
        }
        return NOBODY;
    }

    /// Takes doubled leading slashes (base URLs that end in one) and a mount prefix off a path.
    public static String canonical(String path) {
        String clean = singleSlash(path);
        for (String mount : MOUNTS) {
            if (clean.startsWith(mount) && (clean.length() == mount.length() || clean.charAt(mount.length()) == '/')) {
                return singleSlash(clean.substring(mount.length()));
            }
        }
        return clean;
    }

    private static String singleSlash(String path) {
        int slashes = 0;
        while (slashes < path.length() && path.charAt(slashes) == '/') {
            slashes++;
        }
        return slashes == 1 ? path : "/" + path.substring(slashes);
    }

    private Routes put(Map<String, Target> into, String path, Target target) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("path " + path + " does not begin with a slash");
        }
        if (into.putIfAbsent(path, target) != null) {
            throw new IllegalArgumentException("path " + path + " has two routes");
        }
        return this;
    }
}
