package io.tributary.sfu.room;

import java.util.List;

/// The program a participant uses, as it describes itself.
///
/// @param sdk LiveKit's wire number: 1 JavaScript, 5 Go, 8 Rust …
/// @param protocol signalling features the client knows (17 is today's)
/// @param clientProtocol features between clients, mirrored only
/// @param capabilities wire numbers, mirrored only
public record ClientInfo(
        int sdk,
        String version,
        int protocol,
        String os,
        String osVersion,
        String deviceModel,
        String browser,
        String browserVersion,
        String network,
        int clientProtocol,
        List<Integer> capabilities) {
    public ClientInfo {
        capabilities = List.copyOf(capabilities);
    }
}
