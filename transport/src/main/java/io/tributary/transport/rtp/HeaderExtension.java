package io.tributary.transport.rtp;

import java.util.Optional;

/// The header extensions that clients use, by URI. Hop-by-hop ones are written anew for each receiver; the others
/// are carried from publisher to subscriber under the subscriber's id.
public enum HeaderExtension {
    MID("urn:ietf:params:rtp-hdrext:sdes:mid", true),
    RID("urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id", true),
    REPAIRED_RID("urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id", true),
    AUDIO_LEVEL("urn:ietf:params:rtp-hdrext:ssrc-audio-level", true),
    ABS_SEND_TIME("http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time", true),
    TRANSPORT_CC("http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01", true),
    ABS_CAPTURE_TIME("http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time", false),
    PLAYOUT_DELAY("http://www.webrtc.org/experiments/rtp-hdrext/playout-delay", false),
    VIDEO_ORIENTATION("urn:3gpp:video-orientation", false),
    VIDEO_CONTENT_TYPE("http://www.webrtc.org/experiments/rtp-hdrext/video-content-type", false),
    COLOR_SPACE("http://www.webrtc.org/experiments/rtp-hdrext/color-space", false),
    DEPENDENCY_DESCRIPTOR(
            "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension", true);

    private final String uri;
    private final boolean hopByHop;

    HeaderExtension(String uri, boolean hopByHop) {
        this.uri = uri;
        this.hopByHop = hopByHop;
    }

    public String uri() {
        return uri;
    }

    /// Whether it speaks to the next hop only and must not be copied onward.
    public boolean hopByHop() {
        return hopByHop;
    }

    public static Optional<HeaderExtension> of(String uri) {
        for (HeaderExtension extension : values()) {
            if (extension.uri.equals(uri)) {
                return Optional.of(extension);
            }
        }
        return Optional.empty();
    }
}
