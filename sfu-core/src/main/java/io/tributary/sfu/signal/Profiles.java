package io.tributary.sfu.signal;

import io.tributary.transport.rtp.Codec;
import io.tributary.transport.sdp.RtpFormat;
import java.util.Locale;

/// Which of several formats of one codec to agree to. A track has one profile for all its subscribers, so
/// publishers are asked for what every decoder knows, and subscribers for what comes closest to it.
final class Profiles {
    /// No track of ours is in this format.
    static final int UNFIT = Integer.MAX_VALUE;

    /// Constrained Baseline and Baseline (RFC 6184 §8.1): any decoder of the first decodes what encoders make of
    /// the second. Main and High come next, since receivers that offer only those decode Baseline too.
    private static final String CONSTRAINED_BASELINE = "42e0";

    private static final String BASELINE = "42";
    private static final String MAIN = "4d";

    /// Packets of packetization-mode 0 hold one NAL unit each, and encoders of the usual kind need fragments.
    private static final int SINGLE_NAL_UNIT_MODE = 4;

    private Profiles() {}

    /// How far a format is from what we prefer: 0 is best. [#UNFIT] for one that no track of ours is in.
    static int distance(Codec codec, RtpFormat format) {
        return switch (codec) {
            case OPUS, VP8 -> 0;
            case H264 -> h264(format);
            case VP9 -> only(format, "profile-id", "0");
            case AV1 -> only(format, "profile", "0");
            case H265 -> only(format, "profile-id", "1");
        };
    }

    /// The parameters of the format that we offer ourselves.
    static String offered(Codec codec) {
        return switch (codec) {
            case OPUS, VP8, AV1, H265 -> "";
            case H264 -> "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
            case VP9 -> "profile-id=0";
        };
    }

    /// A parameter's absence means its first value: 8 bits and 4:2:0, which is all that cameras are encoded in.
    private static int only(RtpFormat format, String parameter, String value) {
        return format.parameter(parameter).orElse(value).equals(value) ? 0 : UNFIT;
    }

    /// Levels may differ in each direction (`level-asymmetry-allowed`), and what browsers name there is no
    /// promise.
    private static int h264(RtpFormat format) {
        // RFC 6184 §8.1: without it, Baseline at level 1.
        String profile = format.parameter("profile-level-id").orElse("42000a").toLowerCase(Locale.ROOT);
        int distance = 3;
        if (constrainedBaseline(profile)) {
            distance = 0;
        } else if (profile.startsWith(BASELINE)) {
            distance = 1;
        } else if (profile.startsWith(MAIN)) {
            distance = 2;
        }
        boolean fragments = format.parameter("packetization-mode").orElse("0").equals("1");
        return fragments ? distance : distance + SINGLE_NAL_UNIT_MODE;
    }

    /// 42e0 and 42c0 are the same profile: constraint_set2 says nothing beside constraint_set1.
    private static boolean constrainedBaseline(String profile) {
        return profile.startsWith(CONSTRAINED_BASELINE) || profile.startsWith("42c0");
    }
}
