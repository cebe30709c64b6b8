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
import java.util.Comparator;
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
            HeaderExtension.COLOR_SPACE,
            HeaderExtension.DEPENDENCY_DESCRIPTOR);

    /// What we attach to packets for a subscriber.
    private static final Set<HeaderExtension> SENT = EnumSet.of(
            HeaderExtension.MID,
            HeaderExtension.ABS_SEND_TIME,
            HeaderExtension.TRANSPORT_CC,
            HeaderExtension.ABS_CAPTURE_TIME,
            HeaderExtension.VIDEO_CONTENT_TYPE,
            HeaderExtension.COLOR_SPACE,
            HeaderExtension.DEPENDENCY_DESCRIPTOR);

    /// In-band error correction and 10 ms frames, as every client offers them.
    private static final String OPUS = "minptime=10;useinbandfec=1";

    private Formats() {}

    static Optional<MediaKind> kindOf(MediaSection section) {
        return switch (section.kind()) {
            case SectionKind.AUDIO -> Optional.of(MediaKind.AUDIO);
            case SectionKind.VIDEO -> Optional.of(MediaKind.VIDEO);
            case SectionKind.APPLICATION -> Optional.empty();
        };
    }

    /// The first codec of the section that is among `enabled`.
    static Optional<Codec> firstCodec(MediaSection section, List<Codec> enabled) {
        return section.formats().stream()
                .flatMap(format -> Codec.named(format.encodingName()).stream())
                .filter(codec -> Optional.of(codec.kind()).equals(kindOf(section)) && enabled.contains(codec))
                .filter(codec -> formatOf(section, codec).isPresent())
                .findFirst();
    }

    /// The section's format for `codec`: of several, the one that most receivers can decode.
    static Optional<RtpFormat> formatOf(MediaSection section, Codec codec) {
        return section.formats().stream()
                .filter(format -> Codec.named(format.encodingName()).equals(Optional.of(codec)))
                .filter(format -> Profiles.distance(codec, format) != Profiles.UNFIT)
                .min(Comparator.comparingInt(format -> Profiles.distance(codec, format)));
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

    /// What the server offers a subscriber of `codec`, under the numbers that livekit-server uses.
    static List<RtpFormat> offered(Codec codec, boolean stereo) {
        return switch (codec) {
            case OPUS ->
                List.of(RtpFormat.of(111, codec.encodingName(), codec.clockRateHz(), 2)
                        .withFmtp(opusToSubscriber(stereo))
                        .withRtcpFb(SENT_AUDIO_FEEDBACK));
            case VP8 -> offeredVideo(codec, 96);
            case VP9 -> offeredVideo(codec, 98);
            case H264 -> offeredVideo(codec, 108);
            case AV1 -> offeredVideo(codec, 35);
            case H265 -> offeredVideo(codec, 116);
        };
    }

    /// Its retransmissions have the next number.
    private static List<RtpFormat> offeredVideo(Codec codec, int payloadType) {
        return List.of(
                RtpFormat.of(payloadType, codec.encodingName(), codec.clockRateHz(), 1)
                        .withFmtp(Profiles.offered(codec))
                        .withRtcpFb(VIDEO_FEEDBACK),
                RtpFormat.rtx(payloadType + 1, payloadType, codec.clockRateHz()));
    }

    static String opusToSubscriber(boolean stereo) {
        return stereo ? OPUS + ";sprop-stereo=1" : OPUS;
    }

    /// How a publisher is asked to encode: what its answer's parameters say.
    static String opusFromPublisher(boolean dtx, boolean stereo) {
        String fmtp = dtx ? OPUS + ";usedtx=1" : OPUS;
        return stereo ? fmtp + ";stereo=1;maxaveragebitrate=510000" : fmtp;
    }

    /// The extensions of an offered section that we take part in. Of `codec` if the client sends on it: only AV1
    /// needs the dependency descriptor to tell its layers, and a publisher that may send it with another codec
    /// would spend bytes on what the payload descriptor says as well.
    static List<ExtMap> extensions(MediaSection section, Optional<Codec> received) {
        boolean described = received.isEmpty() || received.get() == Codec.AV1;
        return section.extMaps().stream()
                .filter(ext -> HeaderExtension.of(ext.uri())
                        .filter(EXTENSIONS::contains)
                        .filter(known -> described || known != HeaderExtension.DEPENDENCY_DESCRIPTOR)
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
