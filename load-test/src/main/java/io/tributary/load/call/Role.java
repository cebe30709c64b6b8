package io.tributary.load.call;

/// What one participant does.
///
/// @param microphone whether it publishes audio
/// @param camera whether it publishes video
/// @param watches whether it subscribes to everybody
public record Role(boolean microphone, boolean camera, boolean watches) {
    static final Role VIEWER = new Role(false, false, true);

    /// Tracks it publishes.
    int tracks() {
        return (microphone ? 1 : 0) + (camera ? 1 : 0);
    }
}
