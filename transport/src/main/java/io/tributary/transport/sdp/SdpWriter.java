package io.tributary.transport.sdp;

import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.ice.IceCredentials;
import java.util.List;

/// Writes a [SessionDescription] as text with CRLF line ends.
public final class SdpWriter {
    private final StringBuilder out = new StringBuilder(4096);

    private SdpWriter() {}

    public static String write(SessionDescription description) {
        SdpWriter writer = new SdpWriter();
        writer.session(description);
        for (MediaSection section : description.sections()) {
            writer.section(section);
        }
        return writer.out.toString();
    }

    private void session(SessionDescription session) {
        line("v=0");
        // The address of an origin means nothing under ICE; loopback is what libwebrtc writes (RFC 8829 §5.2.1).
        line("o=- " + session.originId() + " " + session.version() + " IN IP4 127.0.0.1");
        line("s=-");
        line("t=0 0");
        flag(session.iceLite(), "ice-lite");
        flag(session.extmapAllowMixed(), "extmap-allow-mixed");
        session.msidSemantic().ifPresent(value -> line("a=msid-semantic:" + value));
        session.iceCredentials().ifPresent(this::iceCredentials);
        words("ice-options:", session.iceOptions());
        session.fingerprints().forEach(this::fingerprint);
        session.setup().ifPresent(value -> line("a=setup:" + value.word()));
        words("group:BUNDLE ", session.bundle());
    }

    private void section(MediaSection section) {
        StringBuilder formats = new StringBuilder(section.applicationFormat());
        for (RtpFormat format : section.formats()) {
            formats.append(formats.isEmpty() ? "" : " ").append(format.payloadType());
        }
        line("m=" + section.kind().word() + " " + section.port() + " " + section.protocol() + " " + formats);
        line("c=IN IP4 0.0.0.0");
        line("a=mid:" + section.mid());
        flag(section.bundleOnly(), "bundle-only");
        section.iceCredentials().ifPresent(this::iceCredentials);
        words("ice-options:", section.iceOptions());
        section.fingerprints().forEach(this::fingerprint);
        section.setup().ifPresent(value -> line("a=setup:" + value.word()));
        section.candidates().forEach(value -> line("a=" + value));
        flag(section.endOfCandidates(), "end-of-candidates");
        section.sctpPort().ifPresent(value -> line("a=sctp-port:" + value));
        section.maxMessageSizeBytes().ifPresent(value -> line("a=max-message-size:" + value));
        // Data channels have no direction; what a client said of one is kept.
        boolean silent = section.kind() == SectionKind.APPLICATION && section.direction() == Direction.SENDRECV;
        flag(!silent, section.direction().word());
        flag(section.rtcpMux(), "rtcp-mux");
        flag(section.rtcpRsize(), "rtcp-rsize");
        section.formats().forEach(this::format);
        for (ExtMap map : section.extMaps()) {
            String direction = map.direction() == Direction.SENDRECV
                    ? ""
                    : "/" + map.direction().word();
            line("a=extmap:" + map.id() + direction + " " + map.uri());
        }
        section.msids().forEach(msid -> line("a=msid:" + msid));
        for (Rid rid : section.rids()) {
            line("a=rid:" + rid.id() + (rid.send() ? " send" : " recv"));
        }
        simulcast(section.simulcast());
        for (SsrcGroup group : section.ssrcGroups()) {
            StringBuilder ssrcs = new StringBuilder();
            group.ssrcs().forEach(ssrc -> ssrcs.append(' ').append((long) ssrc));
            line("a=ssrc-group:" + group.semantics() + ssrcs);
        }
        section.ssrcs().forEach(this::ssrc);
    }

    private void format(RtpFormat format) {
        int payloadType = format.payloadType();
        if (!format.encodingName().isEmpty()) {
            String channels = format.channels() == 1 ? "" : "/" + format.channels();
            line("a=rtpmap:" + payloadType + " " + format.encodingName() + "/" + format.clockRateHz() + channels);
        }
        format.rtcpFb().forEach(feedback -> line("a=rtcp-fb:" + payloadType + " " + feedback));
        if (!format.fmtp().isEmpty()) {
            line("a=fmtp:" + payloadType + " " + format.fmtp());
        }
    }

    private void simulcast(Simulcast simulcast) {
        if (simulcast.isEmpty()) {
            return;
        }
        String send = simulcast.send().isEmpty() ? "" : " send " + String.join(";", simulcast.send());
        String receive = simulcast.receive().isEmpty() ? "" : " recv " + String.join(";", simulcast.receive());
        line("a=simulcast:" + (send + receive).substring(1));
    }

    private void ssrc(SsrcAttributes source) {
        if (!source.cname().isEmpty()) {
            line("a=ssrc:" + source.ssrc() + " cname:" + source.cname());
        }
        source.msids().forEach(msid -> line("a=ssrc:" + source.ssrc() + " msid:" + msid));
    }

    private void iceCredentials(IceCredentials credentials) {
        line("a=ice-ufrag:" + credentials.ufrag());
        line("a=ice-pwd:" + credentials.pwd());
    }

    private void fingerprint(Fingerprint fingerprint) {
        line("a=fingerprint:" + fingerprint);
    }

    private void words(String attribute, List<String> words) {
        if (!words.isEmpty()) {
            line("a=" + attribute + String.join(" ", words));
        }
    }

    private void flag(boolean present, String attribute) {
        if (present) {
            line("a=" + attribute);
        }
    }

    private void line(String line) {
        // A name of somebody's track must not become a line of ours.
        if (line.indexOf('\r') >= 0 || line.indexOf('\n') >= 0) {
            throw new IllegalStateException("a line break inside an SDP value");
        }
        out.append(line).append("\r\n");
    }
}
