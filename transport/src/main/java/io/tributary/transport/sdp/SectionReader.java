package io.tributary.transport.sdp;

import io.tributary.transport.ice.IceCredentials;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads one m-line and the attributes below it.
final class SectionReader {
    /// Feedback lines of one payload type: Chromium writes five; a wildcard is copied to each payload type.
    private static final int MAX_FEEDBACK = 32;

    private static final long MAX_SSRC = 0xFFFF_FFFFL;
    private static final int PORTS = 65_535;

    private final SdpReader.TransportAttributes transport = new SdpReader.TransportAttributes();
    private final List<Integer> payloadTypes = new ArrayList<>();
    private final @Nullable RtpFormat[] formats = new @Nullable RtpFormat[128];
    private final List<String> wildcardFeedback = new ArrayList<>();
    private final List<ExtMap> extMaps = new ArrayList<>();
    private final List<Msid> msids = new ArrayList<>();
    private final Map<Long, SsrcAttributes> ssrcs = new LinkedHashMap<>();
    private final List<SsrcGroup> ssrcGroups = new ArrayList<>();
    private final List<Rid> rids = new ArrayList<>();
    private final List<String> candidates = new ArrayList<>();
    private SectionKind kind = SectionKind.APPLICATION;
    private int port;
    private String protocol = "";
    private String applicationFormat = "";
    private String mid = "";
    private Direction direction = Direction.SENDRECV;
    private Simulcast simulcast = Simulcast.NONE;
    private boolean bundleOnly;
    private boolean rtcpMux;
    private boolean rtcpRsize;
    private boolean endOfCandidates;
    private long sctpPort = -1;
    private long maxMessageSizeBytes = -1;
    private @Nullable String fault;

    /// Why the section is malformed, so far.
    @Nullable
    String fault() {
        return fault == null ? transport.fault : fault;
    }

    /// Reads the value of `m=` and returns what is wrong with it.
    @Nullable
    String begin(String value) {
        List<String> words = SdpReader.words(value);
        if (words.size() < 4) {
            return "bad m-line";
        }
        SectionKind known = SectionKind.of(words.get(0)).orElse(null);
        port = (int) SdpReader.number(words.get(1), PORTS);
        protocol = words.get(2);
        if (known == null || port < 0) {
            return "m-line of an unknown kind or port";
        }
        kind = known;
        List<String> rest = words.subList(3, words.size());
        if (kind == SectionKind.APPLICATION) {
            applicationFormat = String.join(" ", rest);
            return null;
        }
        for (String word : rest) {
            int payloadType = RtpFormat.payloadType(word);
            if (payloadType < 0 || formats[payloadType] != null) {
                return "bad payload type in an m-line";
            }
            payloadTypes.add(payloadType);
            formats[payloadType] = assigned(payloadType);
        }
        return null;
    }

    void attribute(String name, String value) {
        if (transport.attribute(name, value)) {
            return;
        }
        switch (name) {
            case "mid" -> mid = value;
            case "sendrecv", "sendonly", "recvonly", "inactive" ->
                direction = Direction.of(name).orElse(direction);
            case "bundle-only" -> bundleOnly = true;
            case "rtcp-mux" -> rtcpMux = true;
            case "rtcp-rsize" -> rtcpRsize = true;
            case "rtpmap" -> rtpmap(value);
            case "fmtp" -> fmtp(value);
            case "rtcp-fb" -> rtcpFb(value);
            case "extmap" -> extmap(value);
            case "msid" -> msids.add(msid(value));
            case "ssrc" -> ssrc(value);
            case "ssrc-group" -> ssrcGroup(value);
            case "rid" -> rid(value);
            case "simulcast" -> simulcast(value);
            case "candidate" -> candidates.add("candidate:" + value);
            case "end-of-candidates" -> endOfCandidates = true;
            case "sctp-port" -> sctpPort = orFault(SdpReader.number(value, PORTS), "bad sctp-port");
            case "max-message-size" ->
                maxMessageSizeBytes = orFault(SdpReader.number(value, Long.MAX_VALUE), "bad max-message-size");
            default -> {
                // Dropped.
            }
        }
    }

    /// The finished section, null where it is malformed.
    @Nullable
    MediaSection end() {
        if (fault() == null) {
            fault = mid.isEmpty() ? "an m-line without mid" : transport.credentialFault();
        }
        if (fault() != null) {
            return null;
        }
        MediaSection.Builder builder = MediaSection.builder(kind, mid)
                .port(port)
                .protocol(protocol)
                .bundleOnly(bundleOnly)
                .direction(direction)
                .applicationFormat(applicationFormat)
                .formats(finishedFormats())
                .iceOptions(transport.iceOptions)
                .fingerprints(transport.fingerprints)
                .rtcpMux(rtcpMux)
                .rtcpRsize(rtcpRsize)
                .extMaps(extMaps)
                .msids(msids)
                .ssrcs(List.copyOf(ssrcs.values()))
                .ssrcGroups(ssrcGroups)
                .rids(rids)
                .simulcast(simulcast)
                .candidates(candidates)
                .endOfCandidates(endOfCandidates);
        IceCredentials credentials = transport.credentials();
        if (credentials != null) {
            builder.iceCredentials(credentials);
        }
        if (transport.setup != null) {
            builder.setup(transport.setup);
        }
        if (sctpPort >= 0) {
            builder.sctpPort((int) sctpPort);
        }
        if (maxMessageSizeBytes >= 0) {
            builder.maxMessageSizeBytes(maxMessageSizeBytes);
        }
        return builder.build();
    }

    private List<RtpFormat> finishedFormats() {
        List<RtpFormat> finished = new ArrayList<>(payloadTypes.size());
        for (int payloadType : payloadTypes) {
            RtpFormat format = formats[payloadType];
            if (format != null) {
                finished.add(withFeedback(format, wildcardFeedback));
            }
        }
        return finished;
    }

    /// The payload types that clients leave without rtpmap (RFC 3551 §6).
    private static RtpFormat assigned(int payloadType) {
        return switch (payloadType) {
            case 0 -> RtpFormat.of(0, "PCMU", 8_000, 1);
            case 8 -> RtpFormat.of(8, "PCMA", 8_000, 1);
            case 9 -> RtpFormat.of(9, "G722", 8_000, 1);
            case 13 -> RtpFormat.of(13, "CN", 8_000, 1);
            default -> RtpFormat.of(payloadType, "", 0, 1);
        };
    }

    private void rtpmap(String value) {
        RtpFormat format = formatOf(value);
        if (format == null) {
            return;
        }
        String[] parts = afterFirstWord(value).split("/", -1);
        long clockRateHz = parts.length < 2 ? -1 : SdpReader.number(parts[1], Integer.MAX_VALUE);
        long channels = parts.length < 3 ? 1 : SdpReader.number(parts[2], 255);
        if (parts.length > 3 || parts[0].isEmpty() || clockRateHz < 0 || channels < 1) {
            fault = "bad rtpmap";
            return;
        }
        formats[format.payloadType()] = new RtpFormat(
                format.payloadType(), parts[0], (int) clockRateHz, (int) channels, format.fmtp(), format.rtcpFb(), -1);
    }

    private void fmtp(String value) {
        RtpFormat format = formatOf(value);
        if (format != null) {
            formats[format.payloadType()] = format.withFmtp(afterFirstWord(value));
        }
    }

    private void rtcpFb(String value) {
        String feedback = afterFirstWord(value);
        if (feedback.isEmpty()) {
            fault = "bad rtcp-fb";
        } else if (value.startsWith("* ")) {
            if (wildcardFeedback.size() < MAX_FEEDBACK) {
                wildcardFeedback.add(feedback);
            }
        } else {
            RtpFormat format = formatOf(value);
            if (format != null) {
                formats[format.payloadType()] = withFeedback(format, List.of(feedback));
            }
        }
    }

    private static RtpFormat withFeedback(RtpFormat format, List<String> more) {
        List<String> all = new ArrayList<>(format.rtcpFb());
        for (String feedback : more) {
            if (all.size() < MAX_FEEDBACK && !all.contains(feedback)) {
                all.add(feedback);
            }
        }
        return format.withRtcpFb(all);
    }

    private void extmap(String value) {
        List<String> words = SdpReader.words(value);
        if (words.size() < 2) {
            fault = "bad extmap";
            return;
        }
        int slash = words.get(0).indexOf('/');
        String id = slash < 0 ? words.get(0) : words.get(0).substring(0, slash);
        Direction limit = slash < 0
                ? Direction.SENDRECV
                : Direction.of(words.get(0).substring(slash + 1)).orElse(null);
        long number = SdpReader.number(id, 255);
        if (number < 1 || limit == null) {
            fault = "bad extmap";
            return;
        }
        extMaps.add(new ExtMap((int) number, words.get(1), limit));
    }

    private static Msid msid(String value) {
        List<String> words = SdpReader.words(value);
        return new Msid(words.isEmpty() ? "-" : words.get(0), words.size() < 2 ? "" : words.get(1));
    }

    private void ssrc(String value) {
        long ssrc = orFault(SdpReader.number(firstWord(value), MAX_SSRC), "bad ssrc");
        if (ssrc < 0) {
            return;
        }
        SsrcAttributes known = ssrcs.getOrDefault(ssrc, new SsrcAttributes(ssrc, "", List.of()));
        String attribute = afterFirstWord(value);
        if (attribute.startsWith("cname:") && attribute.length() > "cname:".length()) {
            ssrcs.put(ssrc, new SsrcAttributes(ssrc, attribute.substring("cname:".length()), known.msids()));
        } else if (attribute.startsWith("msid:")) {
            Msid msid = msid(attribute.substring("msid:".length()));
            ssrcs.put(ssrc, new SsrcAttributes(ssrc, known.cname(), List.of(msid)));
        }
    }

    private void ssrcGroup(String value) {
        List<String> words = SdpReader.words(value);
        if (words.isEmpty()) {
            fault = "bad ssrc-group";
            return;
        }
        List<Long> members = new ArrayList<>();
        for (String word : words.subList(1, words.size())) {
            members.add(orFault(SdpReader.number(word, MAX_SSRC), "bad ssrc-group"));
        }
        ssrcGroups.add(new SsrcGroup(words.get(0), members));
    }

    private void rid(String value) {
        List<String> words = SdpReader.words(value);
        if (words.size() >= 2 && (words.get(1).equals("send") || words.get(1).equals("recv"))) {
            rids.add(new Rid(words.get(0), words.get(1).equals("send")));
        } else {
            fault = "bad rid";
        }
    }

    private void simulcast(String value) {
        List<String> words = SdpReader.words(value);
        List<String> send = List.of();
        List<String> receive = List.of();
        for (int i = 0; i + 1 < words.size(); i += 2) {
            switch (words.get(i)) {
                case "send" -> send = ridList(words.get(i + 1));
                case "recv" -> receive = ridList(words.get(i + 1));
                default -> fault = "bad simulcast";
            }
        }
        simulcast = new Simulcast(send, receive);
    }

    private static List<String> ridList(String text) {
        List<String> ids = new ArrayList<>();
        int from = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || text.charAt(i) == ';' || text.charAt(i) == ',') {
                int start = from < i && text.charAt(from) == '~' ? from + 1 : from;
                if (start < i) {
                    ids.add(text.substring(start, i));
                }
                from = i + 1;
            }
        }
        return ids;
    }

    /// The format that the attribute speaks of; null where the m-line does not list it, which is harmless.
    private @Nullable RtpFormat formatOf(String value) {
        int payloadType = RtpFormat.payloadType(firstWord(value));
        return payloadType < 0 ? null : formats[payloadType];
    }

    private long orFault(long number, String reason) {
        if (number < 0) {
            fault = reason;
        }
        return number;
    }

    private static String firstWord(String value) {
        int space = value.indexOf(' ');
        return space < 0 ? value : value.substring(0, space);
    }

    private static String afterFirstWord(String value) {
        int space = value.indexOf(' ');
        return space < 0 ? "" : value.substring(space + 1).strip();
    }
}
