package io.tributary.transport.rtp;

import java.util.Locale;
import java.util.Optional;

/// The codecs that are forwarded, by their RTP names (RFC 7587, RFC 7741, RFC 6184, RFC 9628, RFC 7798 and the AV1
/// RTP specification). Video comes in the order in which it is recommended to publishers.
public enum Codec {
    OPUS(MediaKind.AUDIO, "opus", 48_000),
    VP8(MediaKind.VIDEO, "VP8", 90_000),
    H264(MediaKind.VIDEO, "H264", 90_000),
    VP9(MediaKind.VIDEO, "VP9", 90_000),
    AV1(MediaKind.VIDEO, "AV1", 90_000),
    H265(MediaKind.VIDEO, "H265", 90_000);

    private final MediaKind kind;
    private final String encodingName;
    private final int clockRateHz;

    Codec(MediaKind kind, String encodingName, int clockRateHz) {
        this.kind = kind;
        this.encodingName = encodingName;
        this.clockRateHz = clockRateHz;
    }

    public MediaKind kind() {
        return kind;
    }

    /// As in `a=rtpmap`.
    public String encodingName() {
        return encodingName;
    }

    public int clockRateHz() {
        return clockRateHz;
    }

    /// Whether one stream of it may carry several spatial layers that are taken away one by one.
    public boolean scalable() {
        return this == VP9 || this == AV1;
    }

    /// `audio/opus`, `video/vp8`: LiveKit's spelling.
    public String mimeType() {
        return kind.name().toLowerCase(Locale.ROOT) + "/" + encodingName.toLowerCase(Locale.ROOT);
    }

    /// By `a=rtpmap` name or mime type, whatever the case.
    public static Optional<Codec> named(String name) {
        String bare = name.substring(name.indexOf('/') + 1);
        for (Codec codec : values()) {
            if (codec.encodingName.equalsIgnoreCase(bare)) {
                return Optional.of(codec);
            }
        }
        return Optional.empty();
    }
}
