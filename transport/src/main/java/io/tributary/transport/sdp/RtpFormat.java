package io.tributary.transport.sdp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// One payload type of an m-line with all that the section says of it.
///
/// @param payloadType 0 to 127
/// @param encodingName as in `a=rtpmap`; empty for a payload type that nothing describes
/// @param clockRateHz 0 where nothing describes it
/// @param channels 1 unless the rtpmap says otherwise
/// @param fmtp the raw parameters, empty without
/// @param rtcpFb the feedback agreed for it: `nack`, `nack pli`, `transport-cc`
/// @param rtxPayloadType the payload type whose `apt` names this one (RFC 4588 §8.1), -1 without; a [MediaSection]
/// works
///     it out from its formats, whatever it was before
public record RtpFormat(
        int payloadType,
        String encodingName,
        int clockRateHz,
        int channels,
        String fmtp,
        List<String> rtcpFb,
        int rtxPayloadType) {
    private static final String RTX = "rtx";

    public RtpFormat {
        rtcpFb = List.copyOf(rtcpFb);
    }

    /// A format with neither parameters nor feedback.
    public static RtpFormat of(int payloadType, String encodingName, int clockRateHz, int channels) {
        return new RtpFormat(payloadType, encodingName, clockRateHz, channels, "", List.of(), -1);
    }

    /// The retransmissions of `apt`.
    public static RtpFormat rtx(int payloadType, int apt, int clockRateHz) {
        return of(payloadType, RTX, clockRateHz, 1).withFmtp("apt=" + apt);
    }

    public RtpFormat withFmtp(String newFmtp) {
        return new RtpFormat(payloadType, encodingName, clockRateHz, channels, newFmtp, rtcpFb, rtxPayloadType);
    }

    public RtpFormat withRtcpFb(List<String> newRtcpFb) {
        return new RtpFormat(payloadType, encodingName, clockRateHz, channels, fmtp, newRtcpFb, rtxPayloadType);
    }

    RtpFormat withRtx(int newRtxPayloadType) {
        return new RtpFormat(payloadType, encodingName, clockRateHz, channels, fmtp, rtcpFb, newRtxPayloadType);
    }

    /// Appends `name=value` unless a parameter of that name is there already.
    public RtpFormat withParameter(String name, String value) {
        if (parameter(name).isPresent()) {
            return this;
        }
        String added = name + "=" + value;
        return withFmtp(fmtp.isEmpty() ? added : fmtp + ";" + added);
    }

    /// The value of one `name=value` parameter, the name in any case.
    public Optional<String> parameter(String name) {
        for (String part : parts()) {
            int equals = part.indexOf('=');
            if (equals >= 0 && part.substring(0, equals).strip().equalsIgnoreCase(name)) {
                return Optional.of(part.substring(equals + 1).strip());
            }
        }
        return Optional.empty();
    }

    public boolean isRtx() {
        return encodingName.equalsIgnoreCase(RTX);
    }

    /// The payload type that this one retransmits, -1 where it retransmits none.
    public int apt() {
        return isRtx() ? parameter("apt").map(RtpFormat::payloadType).orElse(-1) : -1;
    }

    /// Whether this feedback was offered or agreed, word for word.
    public boolean hasRtcpFb(String feedback) {
        return rtcpFb.contains(feedback);
    }

    private List<String> parts() {
        List<String> parts = new ArrayList<>();
        for (int from = 0; from < fmtp.length(); ) {
            int semicolon = fmtp.indexOf(';', from);
            int to = semicolon < 0 ? fmtp.length() : semicolon;
            parts.add(fmtp.substring(from, to));
            from = to + 1;
        }
        return parts;
    }

    /// A payload type in decimal, -1 for anything else.
    static int payloadType(String digits) {
        long value = SdpReader.number(digits, 127);
        return (int) value;
    }
}
