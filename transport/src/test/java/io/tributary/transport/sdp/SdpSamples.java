package io.tributary.transport.sdp;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/// Descriptions as clients and servers really wrote them, and two written by hand after Firefox's and aiortc's manner.
public final class SdpSamples {
    static final List<String> NAMES = List.of(
            "chromium-single-pc-offer",
            "chromium-simulcast-publish-offer",
            "livekit-single-pc-answer",
            "livekit-dual-pc-offer",
            "rust-sdk-single-pc-offer",
            "go-sdk-publish-offer",
            "firefox-like-offer",
            "aiortc-like-offer");

    private SdpSamples() {}

    public static String text(String name) {
        try (InputStream in = Objects.requireNonNull(SdpSamples.class.getResourceAsStream(name + ".sdp"), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SessionDescription read(String text) {
        return switch (SdpReader.read(text)) {
            case SdpReader.Parsed(SessionDescription description) -> description;
            case SdpReader.Malformed(String reason) -> throw new AssertionError(reason);
        };
    }

    public static SessionDescription sample(String name) {
        return read(text(name));
    }
}
