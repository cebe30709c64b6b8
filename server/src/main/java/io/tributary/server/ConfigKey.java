package io.tributary.server;

import java.util.List;

/// One key that the configuration file may carry.
///
/// @param path with its sections, `rtc.udp_port`
/// @param allowed which values, in words; shown with every error and in the manual
/// @param initial what holds when the key is absent, in words
/// @param meaning for the manual
public record ConfigKey(String path, String allowed, String initial, String meaning) {
    /// The path's parts, outermost section first.
    List<String> names() {
        return List.of(path.split("\\.", -1));
    }
}
