package io.tributary.server;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.onvoid.webrtc.CreateSessionDescriptionObserver;
import dev.onvoid.webrtc.PeerConnectionFactory;
import dev.onvoid.webrtc.PeerConnectionObserver;
import dev.onvoid.webrtc.RTCAnswerOptions;
import dev.onvoid.webrtc.RTCConfiguration;
import dev.onvoid.webrtc.RTCDataChannel;
import dev.onvoid.webrtc.RTCDataChannelInit;
import dev.onvoid.webrtc.RTCIceCandidate;
import dev.onvoid.webrtc.RTCOfferOptions;
import dev.onvoid.webrtc.RTCPeerConnection;
import dev.onvoid.webrtc.RTCPeerConnectionState;
import dev.onvoid.webrtc.RTCRtpTransceiverDirection;
import dev.onvoid.webrtc.RTCRtpTransceiverInit;
import dev.onvoid.webrtc.RTCSdpType;
import dev.onvoid.webrtc.RTCSessionDescription;
import dev.onvoid.webrtc.RTCStats;
import dev.onvoid.webrtc.RTCStatsType;
import dev.onvoid.webrtc.SetSessionDescriptionObserver;
import dev.onvoid.webrtc.media.audio.HeadlessAudioDeviceModule;
import dev.onvoid.webrtc.media.video.CustomVideoSource;
import dev.onvoid.webrtc.media.video.NativeI420Buffer;
import dev.onvoid.webrtc.media.video.VideoFrame;
import io.tributary.transport.http.WebSocketListener;
import io.tributary.transport.web.OutboundWebSocket;
import io.tributary.transport.web.OutboundWebSockets;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import livekit.LivekitModels;
import livekit.LivekitRtc;
import livekit.LivekitRtc.SignalRequest;
import livekit.LivekitRtc.SignalResponse;
import org.jspecify.annotations.Nullable;

/// One participant that is libwebrtc and LiveKit's own messages, with a connection each way. Its signalling runs on one
/// thread; libwebrtc's callbacks come from its own.
final class WebRtcPeer implements WebSocketListener {
    private static final int WIDTH = 320;
    private static final int HEIGHT = 180;
    private static final int FRAME_MILLIS = 50;
    private static final Pattern UFRAG = Pattern.compile("a=ice-ufrag:(\\S+)");

    private static final OutboundWebSockets SOCKETS = OutboundWebSockets.open(1 << 20);

    private final String name;
    private final PeerConnectionFactory factory;
    private final ExecutorService signalling =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    private final ScheduledExecutorService camera = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory());
    private final RTCPeerConnection publisher;
    private final RTCPeerConnection subscriber;
    private final AtomicInteger channelsOfOthers = new AtomicInteger();
    private @Nullable OutboundWebSocket socket;
    private volatile @Nullable RTCDataChannel channel;
    private boolean smuggling;
    private int offers;
    private int frames;

    private WebRtcPeer(PeerConnectionFactory factory, String name) {
        this.factory = factory;
        this.name = name;
        publisher = connection("publisher");
        subscriber = connection("subscriber");
    }

    static PeerConnectionFactory factory() {
        return new PeerConnectionFactory(new HeadlessAudioDeviceModule());
    }

    static WebRtcPeer join(PeerConnectionFactory factory, URI server, String name, String token) {
        var peer = new WebRtcPeer(factory, name);
        URI uri = URI.create(server + "/rtc?protocol=16&sdk=cpp&auto_subscribe=1&access_token=" + token);
        OutboundWebSocket opening = SOCKETS.connect(uri, Map.of(), peer);
        peer.socket = opening;
        opening.upgraded().join();
        return peer;
    }

    /// Asks for a video track; it is offered once it is granted.
    void publish() {
        send(SignalRequest.newBuilder()
                .setAddTrack(LivekitRtc.AddTrackRequest.newBuilder()
                        .setCid(name + "-camera")
                        .setType(LivekitModels.TrackType.VIDEO)
                        .setSource(LivekitModels.TrackSource.CAMERA)
                        .setWidth(WIDTH)
                        .setHeight(HEIGHT)));
    }

    /// Sends a video track that nobody granted, and opens a data channel, for which libwebrtc asks the server over DTLS
    /// again and again: takes an answer that refuses for one that accepts.
    void smuggle() {
        signalling.execute(() -> {
            smuggling = true;
            addCamera(name + "-smuggled");
            channel = publisher.createDataChannel("_reliable", new RTCDataChannelInit());
            offer(false);
        });
    }

    void restartIce() {
        signalling.execute(() -> offer(true));
    }

    /// What libwebrtc counts, in one line.
    void reportStats() {
        publisher.getStats(sent -> subscriber.getStats(received -> {
            var line = new StringBuilder("stats ").append(name);
            append(line, "sent", sum(sent.getStats(), RTCStatsType.OUTBOUND_RTP, "packetsSent"));
            append(line, "received", sum(received.getStats(), RTCStatsType.INBOUND_RTP, "packetsReceived"));
            append(line, "decoded", sum(received.getStats(), RTCStatsType.INBOUND_RTP, "framesDecoded"));
            append(line, "publisherCipher", text(sent.getStats(), RTCStatsType.TRANSPORT, "srtpCipher"));
            append(line, "subscriberCipher", text(received.getStats(), RTCStatsType.TRANSPORT, "srtpCipher"));
            append(line, "remote", text(received.getStats(), RTCStatsType.REMOTE_CANDIDATE, "ip"));
            append(line, "remoteUfrag", remoteUfrag());
            RTCDataChannel opened = channel;
            append(line, "channel", opened == null ? "none" : opened.getState());
            append(line, "channelsOfOthers", channelsOfOthers.get());
            System.out.println(line);
        }));
    }

    // -- signalling ------------------------------------------------------------------------------------------------

    @Override
    public void onBinary(byte[] message) {
        signalling.execute(() -> onMessage(message));
    }

    @Override
    public void onText(String message) {
        report("text " + message);
    }

    @Override
    public void onClosed(int code) {
        report("closed " + code);
    }

    private void onMessage(byte[] message) {
        SignalResponse response;
        try {
            response = SignalResponse.parseFrom(message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException(e);
        }
        switch (response.getMessageCase()) {
            case JOIN -> report("joined");
            case OFFER -> answer(response.getOffer());
            case ANSWER -> {
                String sdp = response.getAnswer().getSdp();
                set(publisher, RTCSdpType.ANSWER, smuggling ? sdp.replace("a=inactive", "a=recvonly") : sdp);
            }
            case REQUEST_RESPONSE ->
                report("answered " + response.getRequestResponse().getReason());
            case TRACK_PUBLISHED -> {
                addCamera(response.getTrackPublished().getCid());
                offer(false);
            }
            case TRACK_UNPUBLISHED -> report("unpublished");
            case LEAVE ->
                report("leave " + response.getLeave().getAction() + " "
                        + response.getLeave().getReason());
            default -> {} // news that these tests do not look at
        }
    }

    private void addCamera(String cid) {
        var source = new CustomVideoSource();
        var init = new RTCRtpTransceiverInit();
        init.direction = RTCRtpTransceiverDirection.SEND_ONLY;
        init.streamIds = List.of(name);
        publisher.addTransceiver(factory.createVideoTrack(cid, source), init);
        var _ = camera.scheduleAtFixedRate(() -> film(source), 0, FRAME_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void film(CustomVideoSource source) {
        NativeI420Buffer picture = NativeI420Buffer.allocate(WIDTH, HEIGHT);
        ByteBuffer luma = picture.getDataY();
        frames++;
        for (int i = 0; i < luma.capacity(); i++) {
            luma.put(i, (byte) (i + frames * 3));
        }
        var frame = new VideoFrame(picture, System.nanoTime());
        source.pushFrame(frame);
        frame.release();
    }

    private void offer(boolean restart) {
        var options = new RTCOfferOptions();
        options.iceRestart = restart;
        var made = new Made();
        publisher.createOffer(options, made);
        RTCSessionDescription offer = made.join();
        setLocal(publisher, offer);
        send(SignalRequest.newBuilder()
                .setOffer(LivekitRtc.SessionDescription.newBuilder()
                        .setType("offer")
                        .setId(++offers)
                        .setSdp(offer.sdp)));
    }

    private void answer(LivekitRtc.SessionDescription offer) {
        set(subscriber, RTCSdpType.OFFER, offer.getSdp());
        var made = new Made();
        subscriber.createAnswer(new RTCAnswerOptions(), made);
        RTCSessionDescription answer = made.join();
        setLocal(subscriber, answer);
        send(SignalRequest.newBuilder()
                .setAnswer(LivekitRtc.SessionDescription.newBuilder()
                        .setType("answer")
                        .setId(offer.getId())
                        .setSdp(answer.sdp)));
    }

    private void send(SignalRequest.Builder request) {
        OutboundWebSocket open = socket;
        if (open == null) {
            throw new IllegalStateException("not joined");
        }
        open.sendBinary(request.build().toByteArray());
    }

    // -- libwebrtc -------------------------------------------------------------------------------------------------

    private RTCPeerConnection connection(String which) {
        return factory.createPeerConnection(new RTCConfiguration(), new PeerConnectionObserver() {
            @Override
            public void onIceCandidate(RTCIceCandidate candidate) {
                // The server is ICE-lite: it learns our addresses from our checks.
            }

            @Override
            public void onDataChannel(RTCDataChannel others) {
                channelsOfOthers.incrementAndGet();
            }

            @Override
            public void onConnectionChange(RTCPeerConnectionState state) {
                report(which + " " + state);
            }
        });
    }

    private String remoteUfrag() {
        RTCSessionDescription remote = publisher.getRemoteDescription();
        Matcher ufrag = UFRAG.matcher(remote == null ? "" : remote.sdp);
        return ufrag.find() ? ufrag.group(1) : "none";
    }

    private static void set(RTCPeerConnection connection, RTCSdpType type, String sdp) {
        var done = new Done();
        connection.setRemoteDescription(new RTCSessionDescription(type, sdp), done);
        done.join();
    }

    private static void setLocal(RTCPeerConnection connection, RTCSessionDescription description) {
        var done = new Done();
        connection.setLocalDescription(description, done);
        done.join();
    }

    private static final class Made extends CompletableFuture<RTCSessionDescription>
            implements CreateSessionDescriptionObserver {
        @Override
        public void onSuccess(RTCSessionDescription description) {
            complete(description);
        }

        @Override
        public void onFailure(String error) {
            completeExceptionally(new IllegalStateException(error));
        }
    }

    private static final class Done extends CompletableFuture<Boolean> implements SetSessionDescriptionObserver {
        @Override
        public void onSuccess() {
            complete(true);
        }

        @Override
        public void onFailure(String error) {
            completeExceptionally(new IllegalStateException(error));
        }
    }

    // -- reports ---------------------------------------------------------------------------------------------------

    private void report(String event) {
        System.out.println("event " + name + " " + event);
    }

    private static void append(StringBuilder line, String key, Object value) {
        line.append(' ').append(key).append('=').append(value);
    }

    private static long sum(Map<String, RTCStats> stats, RTCStatsType type, String attribute) {
        return stats.values().stream()
                .filter(one -> one.getType() == type)
                .map(one -> one.getAttributes().get(attribute))
                .mapToLong(value -> value instanceof Number number ? number.longValue() : 0)
                .sum();
    }

    private static String text(Map<String, RTCStats> stats, RTCStatsType type, String attribute) {
        return stats.values().stream()
                .filter(one -> one.getType() == type)
                .map(one -> String.valueOf(one.getAttributes().get(attribute)))
                .findFirst()
                .orElse("none");
    }
}
