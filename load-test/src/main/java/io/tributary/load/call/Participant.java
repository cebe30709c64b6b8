package io.tributary.load.call;

import io.tributary.frames.LiveKitSender;
import io.tributary.load.media.Camera;
import io.tributary.load.media.FrameKeys;
import io.tributary.load.media.Microphone;
import io.tributary.load.media.PublishedMedia;
import io.tributary.load.media.ReceivedStream;
import io.tributary.load.media.SentExtensions;
import io.tributary.load.media.TransportNumbers;
import io.tributary.load.net.ClientSocket;
import io.tributary.load.peer.ClientPeer;
import io.tributary.load.peer.PeerListener;
import io.tributary.sfu.signal.proto.AddTrackRequest;
import io.tributary.sfu.signal.proto.Encryption;
import io.tributary.sfu.signal.proto.JoinResponse;
import io.tributary.sfu.signal.proto.LeaveRequest;
import io.tributary.sfu.signal.proto.Ping;
import io.tributary.sfu.signal.proto.SignalRequest;
import io.tributary.sfu.signal.proto.SignalResponse;
import io.tributary.sfu.signal.proto.SignalTarget;
import io.tributary.sfu.signal.proto.SimulcastCodec;
import io.tributary.sfu.signal.proto.TrackSource;
import io.tributary.sfu.signal.proto.TrackType;
import io.tributary.sfu.signal.proto.TrickleRequest;
import io.tributary.sfu.signal.proto.VideoLayer;
import io.tributary.sfu.signal.proto.VideoQuality;
import io.tributary.transport.loop.Timed;
import io.tributary.transport.rtcp.NtpTime;
import io.tributary.transport.rtcp.RtcpWriter;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.rtp.RtpPacket;
import io.tributary.transport.sdp.MediaSection;
import io.tributary.transport.sdp.SdpReader;
import io.tributary.transport.sdp.SessionDescription;
import io.tributary.transport.sdp.Setup;
import io.tributary.transport.sdp.SsrcAttributes;
import io.tributary.transport.sdp.SsrcGroup;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One simulated participant with two connections, as LiveKit's clients had before they shared one: the publisher's, on
/// which it offers, and the subscriber's, on which the server does. Loop only.
public final class Participant implements Timed {
    private static final String AUDIO_CID = "microphone";
    private static final String VIDEO_CID = "camera";
    private static final int MAX_RTCP_BYTES = 1200;
    private static final int REPORTER_SSRC = 1;

    private final Call call;
    private final int index;
    private final Role role;
    private final SignalLink link;
    private final List<PublishedMedia> media = new ArrayList<>();
    private final Map<Integer, ReceivedStream> streams = new HashMap<>();
    private final Set<String> announced = new HashSet<>();
    private final RtcpWriter rtcp = new RtcpWriter();
    private final byte[] report = new byte[MAX_RTCP_BYTES + 64];
    private @Nullable ClientPeer publisher;
    private @Nullable ClientPeer subscriber;
    private @Nullable ClientDescriptions subscriberDescriptions;
    private long nextPingMicros = NEVER;
    private long pingIntervalMicros;
    private int audioSsrc;
    private boolean publishing;
    private boolean joined;
    private boolean left;

    Participant(Call call, int index, Role role) {
        this.call = call;
        this.index = index;
        this.role = role;
        link = new SignalLink(
                message -> call.loop().post(() -> onSignal(message)),
                why -> call.loop().post(() -> failed(why)));
    }

    String identity() {
        return "load-" + index;
    }

    Role role() {
        return role;
    }

    void join() {
        link.open(call.webSockets(), call.joinUri(role.watches()), call.token(identity()));
    }

    /// Says goodbye and ends the connections.
    void leave() {
        if (left) {
            return;
        }
        left = true;
        call.loop().unwatch(this);
        media.forEach(call.loop()::unwatch);
        link.send(SignalRequest.newBuilder()
                .setLeave(LeaveRequest.getDefaultInstance())
                .build());
        link.close();
        for (ClientPeer peer : peers()) {
            peer.close();
        }
    }

    /// Whether it is in and its connections stand.
    boolean connected() {
        ClientPeer up = publisher;
        ClientPeer down = subscriber;
        boolean publishes = role.tracks() == 0 || (up != null && up.connected());
        return joined && publishes && (!role.watches() || (down != null && down.connected()));
    }

    /// Tracks that come, videos in their highest layer.
    int flowing() {
        int flowing = 0;
        for (ReceivedStream stream : streams.values()) {
            boolean highest = stream.kind() == MediaKind.AUDIO
                    || stream.sealed()
                    || stream.layer() == Camera.ENCODINGS.size() - 1;
            flowing += stream.flowing() && highest ? 1 : 0;
        }
        return flowing;
    }

    List<PublishedMedia> media() {
        return media;
    }

    List<ClientPeer> peers() {
        List<ClientPeer> peers = new ArrayList<>();
        ClientPeer up = publisher;
        if (up != null) {
            peers.add(up);
        }
        ClientPeer down = subscriber;
        if (down != null) {
            peers.add(down);
        }
        return peers;
    }

    @Override
    public long nextDeadlineMicros() {
        return nextPingMicros;
    }

    @Override
    public void onDeadline(long nowMicros) {
        link.send(SignalRequest.newBuilder()
                .setPingReq(Ping.newBuilder().setTimestamp(call.loop().realtimeNanos() / 1_000_000))
                .build());
        nextPingMicros = nowMicros + pingIntervalMicros;
    }

    private void onSignal(SignalResponse message) {
        if (left) {
            return;
        }
        try {
            switch (message.getMessageCase()) {
                case JOIN -> onJoin(message.getJoin());
                case OFFER ->
                    onOffer(message.getOffer().getSdp(), message.getOffer().getId());
                case ANSWER -> onAnswer(message.getAnswer().getSdp());
                case TRICKLE -> onTrickle(message.getTrickle());
                case TRACK_PUBLISHED ->
                    onTrackPublished(message.getTrackPublished().getCid());
                case LEAVE ->
                    failed("the server sent it away: " + message.getLeave().getReason());
                case REQUEST_RESPONSE ->
                    failed("the server refused a request: "
                            + message.getRequestResponse().getReason());
                default -> {
                    // news about others, which a load generator does not follow
                }
            }
        } catch (IOException e) {
            failed(e.getMessage() == null ? e.toString() : e.getMessage());
        }
    }

    private void onJoin(JoinResponse join) {
        joined = true;
        pingIntervalMicros = Math.max(1, join.getPingInterval()) * 1_000_000L;
        nextPingMicros = call.loop().nowMicros() + pingIntervalMicros;
        call.loop().watch(this);
        if (role.microphone()) {
            link.send(SignalRequest.newBuilder()
                    .setAddTrack(AddTrackRequest.newBuilder()
                            .setCid(AUDIO_CID)
                            .setName(AUDIO_CID)
                            .setType(TrackType.AUDIO)
                            .setSource(TrackSource.MICROPHONE)
                            .setEncryption(encryption())
                            .setDisableRed(true))
                    .build());
        }
        if (role.camera()) {
            link.send(SignalRequest.newBuilder().setAddTrack(camera()).build());
        }
        call.progressed();
    }

    private Encryption.Type encryption() {
        return call.frameKeys() == null ? Encryption.Type.NONE : Encryption.Type.GCM;
    }

    private AddTrackRequest camera() {
        List<VideoLayer> layers = new ArrayList<>();
        for (int i = 0; i < Camera.ENCODINGS.size(); i++) {
            Camera.Encoding encoding = Camera.ENCODINGS.get(i);
            layers.add(VideoLayer.newBuilder()
                    .setQuality(VideoQuality.forNumber(i))
                    .setWidth(encoding.width())
                    .setHeight(encoding.height())
                    .setBitrate(encoding.bitrateBps())
                    .build());
        }
        Camera.Encoding highest = Camera.ENCODINGS.getLast();
        return AddTrackRequest.newBuilder()
                .setCid(VIDEO_CID)
                .setName(VIDEO_CID)
                .setType(TrackType.VIDEO)
                .setSource(TrackSource.CAMERA)
                .setEncryption(encryption())
                .setWidth(highest.width())
                .setHeight(highest.height())
                .addAllLayers(layers)
                .addSimulcastCodecs(SimulcastCodec.newBuilder()
                        .setCodec("vp8")
                        .setCid(VIDEO_CID)
                        .addAllLayers(layers))
                .build();
    }

    private void onTrackPublished(String cid) throws IOException {
        announced.add(cid);
        if (announced.size() < role.tracks() || publisher != null) {
            return;
        }
        ClientPeer peer = call.peers().open(true, new Publishing());
        publisher = peer;
        var descriptions = new ClientDescriptions(
                peer, call.peers().fingerprint(), call.random().nextLong());
        audioSsrc = call.random().nextInt();
        String offer = descriptions.offer(
                identity(), role.microphone() ? AUDIO_CID : "", audioSsrc, role.camera() ? VIDEO_CID : "");
        link.send(SignalRequest.newBuilder()
                .setOffer(io.tributary.sfu.signal.proto.SessionDescription.newBuilder()
                        .setType("offer")
                        .setSdp(offer)
                        .setId(1))
                .build());
    }

    private void onAnswer(String sdp) throws IOException {
        ClientPeer peer = publisher;
        if (peer == null) {
            throw new IOException("an answer that nobody asked for");
        }
        SessionDescription answer = read(sdp);
        if (media.isEmpty()) {
            createMedia(peer, answer);
        }
        connect(peer, answer);
    }

    private void createMedia(ClientPeer peer, SessionDescription answer) throws IOException {
        TransportNumbers numbers = new TransportNumbers();
        FrameKeys keys = call.frameKeys();
        LiveKitSender sealing = keys == null ? null : keys.sender(call.random());
        for (MediaSection section : answer.sections()) {
            if (section.rejected() || section.formats().isEmpty()) {
                throw new IOException(
                        "the server does not take " + section.kind().word());
            }
            int payloadType = section.formats().getFirst().payloadType();
            SentExtensions extensions =
                    new SentExtensions(ClientDescriptions.extensions(section), section.mid(), identity(), numbers);
            if (section.mid().equals(ClientDescriptions.AUDIO_MID)) {
                media.add(new Microphone(
                        call.loop(),
                        peer,
                        extensions,
                        audioSsrc,
                        payloadType,
                        index,
                        call.rate(),
                        sealing,
                        call.random()));
            } else {
                List<Integer> ssrcs = new ArrayList<>();
                for (int i = 0; i < Camera.ENCODINGS.size(); i++) {
                    ssrcs.add(call.random().nextInt());
                }
                media.add(new Camera(
                        call.loop(), peer, extensions, ssrcs, payloadType, index, call.rate(), sealing, call.random()));
            }
        }
    }

    private void onOffer(String sdp, int id) throws IOException {
        SessionDescription offer = read(sdp);
        ClientPeer peer = subscriber;
        ClientDescriptions descriptions = subscriberDescriptions;
        if (peer == null || descriptions == null) {
            peer = call.peers().open(offer.iceLite(), new Subscribing());
            descriptions = new ClientDescriptions(
                    peer, call.peers().fingerprint(), call.random().nextLong());
            subscriber = peer;
            subscriberDescriptions = descriptions;
        }
        expect(peer, offer);
        String answer = descriptions.answer(offer);
        link.send(SignalRequest.newBuilder()
                .setAnswer(io.tributary.sfu.signal.proto.SessionDescription.newBuilder()
                        .setType("answer")
                        .setSdp(answer)
                        .setId(id))
                .build());
        connect(peer, offer);
    }

    /// Takes note of the SSRCs that an offer names.
    private void expect(ClientPeer peer, SessionDescription offer) {
        for (MediaSection section : offer.sections()) {
            MediaKind kind = section.kind().media().orElse(null);
            if (kind == null || !ClientDescriptions.sends(section)) {
                continue;
            }
            peer.extensions(ClientDescriptions.extensions(section));
            Set<Long> repairs = new HashSet<>();
            for (SsrcGroup group : section.ssrcGroups()) {
                if (group.semantics().equals(SsrcGroup.FID)) {
                    repairs.add(group.ssrcs().getLast());
                }
            }
            for (SsrcAttributes source : section.ssrcs()) {
                if (!repairs.contains(source.ssrc())) {
                    int ssrc = (int) source.ssrc();
                    streams.computeIfAbsent(ssrc, s -> call.stream(kind, s));
                }
            }
        }
    }

    private void connect(ClientPeer peer, SessionDescription remote) throws IOException {
        for (MediaSection section : remote.sections()) {
            for (String candidate : section.candidates()) {
                candidate(peer, candidate);
            }
        }
        MediaSection first = remote.sections().stream()
                .filter(section -> !section.rejected())
                .findFirst()
                .orElseThrow(() -> new IOException("a description without a section"));
        peer.connect(
                remote.iceCredentials(first)
                        .orElseThrow(() -> new IOException("a description without ICE credentials")),
                remote.fingerprint(first).orElseThrow(() -> new IOException("a description without a fingerprint")),
                remote.setup(first).filter(setup -> setup == Setup.ACTIVE).isPresent());
    }

    private void onTrickle(TrickleRequest trickle) {
        ClientPeer peer = trickle.getTarget() == SignalTarget.SUBSCRIBER ? subscriber : publisher;
        if (peer != null) {
            candidate(peer, Candidates.of(trickle.getCandidateInit()));
        }
    }

    private void candidate(ClientPeer peer, String line) {
        long endpoint = Candidates.endpoint(line);
        if (endpoint != 0 && call.target().allows(ClientSocket.ipv4(endpoint))) {
            peer.candidate(endpoint);
        }
    }

    private void failed(String why) {
        if (!left) {
            call.failed(identity() + ": " + why);
        }
    }

    private static SessionDescription read(String sdp) throws IOException {
        return switch (SdpReader.read(sdp)) {
            case SdpReader.Parsed(SessionDescription description) -> description;
            case SdpReader.Malformed(String reason) ->
                throw new IOException("a description that cannot be read: " + reason);
        };
    }

    /// What the publisher's connection hears.
    private final class Publishing implements PeerListener {
        @Override
        public void onConnected(long nowMicros) {
            if (!publishing) {
                publishing = true;
                media.forEach(call.loop()::watch);
            }
            call.progressed();
        }

        @Override
        public void onFailed(String reason) {
            failed("its publisher's connection: " + reason);
        }

        @Override
        public boolean verifies(RtpPacket packet) {
            return true;
        }

        @Override
        public void onRtp(long nowMicros, long arrivedNanos, RtpPacket packet) {
            call.tally().unknown++;
        }

        @Override
        public void onUnopened(long nowMicros, RtpPacket packet) {
            call.tally().unknown++;
        }

        @Override
        public void onRefused() {
            call.tally().refused++;
        }

        @Override
        public void onReportDue(long nowMicros) {
            long ntp = NtpTime.ofUnixMicros(call.loop().realtimeNanos() / 1_000);
            media.forEach(each -> each.sendReports(ntp));
        }

        @Override
        public void onReportBlock(
                int reporterSsrc,
                int ssrc,
                int fractionLost,
                int cumulativeLost,
                long highestSeq,
                long jitterTicks,
                int lastSr,
                int delaySinceLastSr) {
            media.forEach(each -> each.onReported(ssrc));
        }

        @Override
        public void onPli(int mediaSsrc) {
            media.forEach(each -> each.onKeyframeWanted(mediaSsrc));
        }

        @Override
        public void onFir(int mediaSsrc, int seqNr) {
            onPli(mediaSsrc);
        }

        @Override
        public void onNack(int senderSsrc, int mediaSsrc, int pid, int blp) {
            for (PublishedMedia each : media) {
                each.onMissing(mediaSsrc, pid);
                for (int i = 0; i < 16; i++) {
                    if ((blp & 1 << i) != 0) {
                        each.onMissing(mediaSsrc, pid + 1 + i & 0xFFFF);
                    }
                }
            }
        }
    }

    /// What the subscriber's connection hears.
    private final class Subscribing implements PeerListener {
        @Override
        public void onConnected(long nowMicros) {
            call.progressed();
        }

        @Override
        public void onFailed(String reason) {
            failed("its subscriber's connection: " + reason);
        }

        @Override
        public boolean verifies(RtpPacket packet) {
            ReceivedStream stream = streams.get(packet.ssrc());
            return stream == null || stream.verifies(packet);
        }

        @Override
        public void onRtp(long nowMicros, long arrivedNanos, RtpPacket packet) {
            ReceivedStream stream = streams.get(packet.ssrc());
            if (stream == null) {
                call.tally().unknown++;
            } else {
                stream.onPacket(packet, arrivedNanos);
            }
        }

        @Override
        public void onUnopened(long nowMicros, RtpPacket packet) {
            ReceivedStream stream = streams.get(packet.ssrc());
            if (stream == null) {
                call.tally().unknown++;
            } else {
                stream.onUnopened(packet);
            }
        }

        @Override
        public void onRefused() {
            call.tally().refused++;
        }

        @Override
        public void onSenderReport(int ssrc, long ntpTime, int rtpTimestampTicks, long packets, long octets) {
            ReceivedStream stream = streams.get(ssrc);
            if (stream != null) {
                stream.onReport(NtpTime.middle(ntpTime), call.loop().nowMicros());
            }
        }

        @Override
        public void onReportDue(long nowMicros) {
            begin();
            for (ReceivedStream stream : streams.values()) {
                if (stream.flowing() && !append(stream, nowMicros)) {
                    send();
                    begin();
                    append(stream, nowMicros);
                }
            }
            send();
        }

        private void begin() {
            rtcp.begin(report, 0, MAX_RTCP_BYTES);
            rtcp.receiverReport(REPORTER_SSRC);
        }

        private boolean append(ReceivedStream stream, long nowMicros) {
            int since = stream.lastReport() == 0 ? 0 : NtpTime.toShortUnits(nowMicros - stream.lastReportMicros());
            return rtcp.reportBlock(stream.ssrc(), 0, 0, stream.highestSeq(), 0, stream.lastReport(), since);
        }

        private void send() {
            ClientPeer peer = subscriber;
            if (peer != null) {
                peer.sendRtcp(report, 0, rtcp.length());
            }
        }
    }
}
