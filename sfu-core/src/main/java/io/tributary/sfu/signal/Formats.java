package io.tributary.sfu.signal;

import io.tributary.transport.peer.PayloadFormat;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.sdp.ExtMap;
import io.tributary.transport.sdp.MediaSection;
import io.tributary.transport.sdp.RtpFormat;
import io.tributary.transport.sdp.SectionKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Which codecs, feedback and header extensions we agree to, and under which numbers.
final class Formats {
    /// What we do for video: transport-wide feedback, retransmission, key frame requests. REMB is not spoken.
    private static final List<String> VIDEO_FEEDBACK = List.of("transport-cc", "ccm fir", "nack", "nack pli");

    private static final List<String> AUDIO_FEEDBACK = List.of("transport-cc", "nack");

    /// Audio has no retransmission format of its own, and SRTP never protects one sequence number twice: what a
    /// subscriber misses, in-band error correction conceals.
    private static final List<String> SENT_AUDIO_FEEDBACK = List.of("transport-cc");

    /// What packets may carry, either way. One list for all m-lines: what an m-line has once negotiated it must
    /// keep, whichever way it points in between. Video orientation is not among them: a publisher that may send it
    /// leaves its pictures unturned, and Firefox could not turn them.
    private static final Set<HeaderExtension> EXTENSIONS = EnumSet.of(
            HeaderExtension.MID,
            HeaderExtension.RID,
            HeaderExtension.REPAIRED_RID,
            HeaderExtension.AUDIO_LEVEL,
            HeaderExtension.ABS_SEND_TIME,
            HeaderExtension.TRANSPORT_CC,
            HeaderExtension.ABS_CAPTURE_TIME,
            HeaderExtension.VIDEO_CONTENT_TYPE,
            HeaderExtension.COLOR_SPACE);

    /// What we attach to packets for a subscriber.
    private static final Set<HeaderExtension> SENT = EnumSet.of(
            HeaderExtension.MID,
            HeaderExtension.ABS_SEND_TIME,
            HeaderExtension.TRANSPORT_CC,
            HeaderExtension.ABS_CAPTURE_TIME,
            HeaderExtension.VIDEO_CONTENT_TYPE,
            HeaderExtension.COLOR_SPACE);

    /// In-band error correction and 10 ms frames, as every client offers them.
    private static final String OPUS = "minptime=10;useinbandfec=1";

    private static final Set<Codec> FORWARDED = EnumSet.of(Codec.OPUS, Codec.VP8);

    private Formats() {}

    static Optional<MediaKind> kindOf(MediaSection section) {
        return switch (section.kind()) {
            case SectionKind.AUDIO -> Optional.of(MediaKind.AUDIO);
            case SectionKind.VIDEO -> Optional.of(MediaKind.VIDEO);
            case SectionKind.APPLICATION -> Optional.empty();
        };
    }

    /// The first codec of the section that is forwarded.
    static Optional<Codec> firstCodec(MediaSection section) {
        return section.formats().stream()
                .flatMap(format -> Codec.named(format.encodingName()).stream())
                .filter(codec ->
                        FORWARDED.contains(codec) && Optional.of(codec.kind()).equals(kindOf(section)))
                .findFirst();
    }

    /// The section's format for `codec`.
    static Optional<RtpFormat> formatOf(MediaSection section, Codec codec) {
        return section.formats().stream()
                .filter(format -> Codec.named(format.encodingName()).equals(Optional.of(codec)))
                .findFirst();
    }

    static PayloadFormat payloadFormat(RtpFormat format, Codec codec) {
        boolean onlyFir = format.hasRtcpFb("ccm fir") && !format.hasRtcpFb("nack pli");
        return new PayloadFormat(
                codec, format.payloadType(), format.rtxPayloadType(), format.hasRtcpFb("nack"), onlyFir);
    }

    /// `offered` as we answer it: its number, our feedback, the given parameters; its retransmissions behind it.
    ///
    /// @param sending whether we send it
    static List<RtpFormat> answered(
            MediaSection section, RtpFormat offered, Codec codec, String fmtp, boolean sending) {
        List<String> audio = sending ? SENT_AUDIO_FEEDBACK : AUDIO_FEEDBACK;
        List<String> ours = codec.kind() == MediaKind.VIDEO ? VIDEO_FEEDBACK : audio;
        var answered = new ArrayList<RtpFormat>(2);
        answered.add(offered.withFmtp(fmtp)
                .withRtcpFb(ours.stream().filter(offered::hasRtcpFb).toList()));
        if (offered.rtxPayloadType() >= 0) {
            section.format(offered.rtxPayloadType())
                    .map(rtx -> rtx.withRtcpFb(List.of()))
                    .ifPresent(answered::add);
        }
        return answered;
    }

    /// What the server offers a subscriber of `codec`, under the numbers that libwebrtc uses itself.
    static List<RtpFormat> offered(Codec codec, boolean stereo) {
        return switch (codec) {
            case OPUS ->
                List.of(RtpFormat.of(111, codec.encodingName(), codec.clockRateHz(), 2)
                        .withFmtp(opusToSubscriber(stereo))
                        .withRtcpFb(SENT_AUDIO_FEEDBACK));
            case VP8 ->
                List.of(
                        RtpFormat.of(96, codec.encodingName(), codec.clockRateHz(), 1)
                                .withRtcpFb(VIDEO_FEEDBACK),
                        RtpFormat.rtx(97, 96, codec.clockRateHz()));
            case H264, VP9, AV1, H265 -> throw new IllegalStateException(codec + " is not forwarded");
        };
    }

    static String opusToSubscriber(boolean stereo) {
        return stereo ? OPUS + ";sprop-stereo=1" : OPUS;
    }

    /// How a publisher is asked to encode: what its answer's parameters say.
    static String opusFromPublisher(boolean dtx, boolean stereo) {
        String fmtp = dtx ? OPUS + ";usedtx=1" : OPUS;
        return stereo ? fmtp + ";stereo=1;maxaveragebitrate=510000" : fmtp;
    }

    /// The extensions of an offered section that we take part in.
    static List<ExtMap> extensions(MediaSection section) {
        return section.extMaps().stream()
                .filter(ext -> HeaderExtension.of(ext.uri())
                        .filter(EXTENSIONS::contains)
                        .isPresent())
                .map(ext -> new ExtMap(ext.id(), ext.uri()))
                .toList();
    }

    /// The extensions that the server offers a subscriber; the ids are the same on every m-line of a bundle
    /// (RFC 8843 §10).
    static List<ExtMap> offeredExtensions() {
        var offered = new ArrayList<ExtMap>();
        for (HeaderExtension extension : SENT) {
            offered.add(new ExtMap(offered.size() + 1, extension.uri()));
        }
        return offered;
    }

    static ExtensionMap extensionMap(List<ExtMap> extMaps) {
        Map<HeaderExtension, Integer> ids = new EnumMap<>(HeaderExtension.class);
        for (ExtMap ext : extMaps) {
            HeaderExtension.of(ext.uri()).ifPresent(extension -> ids.putIfAbsent(extension, ext.id()));
        }
        return new ExtensionMap(ids);
    }
}
