package io.tributary.sfu.signal;

import static java.util.Collections.nCopies;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import io.tributary.transport.http.HttpRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import livekit.LivekitModels;
import livekit.LivekitRtc;
import livekit.LivekitRtc.JoinRequest;
import livekit.LivekitRtc.WrappedJoinRequest;
import org.junit.jupiter.api.Test;

/// The ways in which clients introduce themselves.
class JoinParametersTest {
    private static final JoinRequest JOIN = JoinRequest.newBuilder()
            .setClientInfo(LivekitModels.ClientInfo.newBuilder()
                    .setSdk(LivekitModels.ClientInfo.SDK.JS)
                    .setVersion("2.23.0")
                    .setProtocol(17)
                    .setBrowser("chrome")
                    .setClientProtocol(2))
            .setConnectionSettings(LivekitRtc.ConnectionSettings.newBuilder()
                    .setAutoSubscribe(true)
                    .setAdaptiveStream(true))
            .setMetadata("meta")
            .putParticipantAttributes("k", "v")
            .addAddTrackRequests(LivekitRtc.AddTrackRequest.newBuilder().setCid("cid-1"))
            .setPublisherOffer(
                    LivekitRtc.SessionDescription.newBuilder().setId(1).setSdp("v=0"))
            .build();

    @Test
    void readsTheQueryOfAnOldBrowserClient() {
        String attributes =
                Base64.getUrlEncoder().encodeToString("{\"mood\":\"gut \u00fc>>\"}".getBytes(StandardCharsets.UTF_8));
        JoinParameters read =
                rtc("sdk=js&version=1.15.0&protocol=9&os=linux&os_version=12&device_model=box&browser=firefox"
                        + "&browser_version=115&network=wifi&client_protocol=1&auto_subscribe=0&adaptive_stream=1&attributes="
                        + URLEncoder.encode(attributes, StandardCharsets.UTF_8));

        assertThat(attributes).endsWith("=");
        assertThat(read.dual()).isTrue();
        assertThat(read.client().sdk()).isEqualTo(LivekitModels.ClientInfo.SDK.JS_VALUE);
        assertThat(read.client().version()).isEqualTo("1.15.0");
        assertThat(read.client().protocol()).isEqualTo(9);
        assertThat(read.client().browser()).isEqualTo("firefox");
        assertThat(read.client().network()).isEqualTo("wifi");
        assertThat(read.client().clientProtocol()).isEqualTo(1);
        assertThat(read.autoSubscribe()).isFalse();
        assertThat(read.adaptiveStream()).isTrue();
        assertThat(read.reconnect()).isFalse();
        assertThat(read.attributes()).isEqualTo(Map.of("mood", "gut \u00fc>>"));
        assertThat(read.offer()).isEmpty();
    }

    @Test
    void readsAQueryAsTheGoClientBuildsIt() {
        JoinParameters read =
                rtc("&protocol=16&version=2.13.1&auto_subscribe=true&adaptive_stream=false&sdk=go&os=linux"
                        + "&access_token=a.b.c&&reconnect=1&sid=PA_x");

        assertThat(read.client().sdk()).isEqualTo(LivekitModels.ClientInfo.SDK.GO_VALUE);
        assertThat(read.client().protocol()).isEqualTo(16);
        assertThat(read.autoSubscribe()).isTrue();
        assertThat(read.adaptiveStream()).isFalse();
        assertThat(read.reconnect()).isTrue();
    }

    @Test
    void assumesAnOldClientWhereNothingIsSaid() {
        JoinParameters read = rtc("");

        assertThat(read.client().protocol()).isZero();
        assertThat(read.autoSubscribe()).isTrue();
        assertThat(read.adaptiveStream()).isFalse();
        assertThat(rtc("protocol=many&sdk=abacus").client().protocol()).isZero();
    }

    @Test
    void refusesAttributesThatAreNone() {
        assertThat(bad(JoinParameters.ofRtc(request("attributes=%21%21")))).startsWith("attributes must be");
        assertThat(bad(JoinParameters.ofRtc(request("attributes=" + base64("[1]")))))
                .startsWith("attributes must be");
        assertThat(bad(JoinParameters.ofRtc(request("attributes=" + base64("{\"a\":1}")))))
                .startsWith("attributes must be");
        assertThat(bad(JoinParameters.ofRtc(request("attributes=" + base64("{\"a\"")))))
                .startsWith("attributes must be");
    }

    @Test
    void readsAPlainJoinRequest() {
        isJoin(v1(wrapped(JOIN.toByteArray(), false)));
    }

    @Test
    void readsAGzippedJoinRequest() {
        isJoin(v1(wrapped(JOIN.toByteArray(), true)));
    }

    @Test
    void readsItWithAndWithoutPaddingInEitherAlphabet() {
        byte[] wrapped = wrapped(JOIN.toByteArray(), true);
        for (Base64.Encoder encoder : new Base64.Encoder[] {
            Base64.getUrlEncoder(), Base64.getUrlEncoder().withoutPadding(), Base64.getEncoder()
        }) {
            String text = encoder.encodeToString(wrapped);
            isJoin(read(JoinParameters.ofRtcV1(request("join_request=" + text))));
            isJoin(read(JoinParameters.ofRtcV1(
                    request("join_request=" + URLEncoder.encode(text, StandardCharsets.UTF_8)))));
        }
    }

    @Test
    void aJoinRequestOnTheOldPathMeansOneConnectionToo() {
        String text = Base64.getUrlEncoder().encodeToString(wrapped(JOIN.toByteArray(), false));

        isJoin(read(JoinParameters.ofRtc(request("access_token=a.b.c&join_request=" + text))));
    }

    @Test
    void saysWhatIsWrongWithAJoinRequest() {
        assertThat(bad(JoinParameters.ofRtcV1(request("access_token=a.b.c")))).isEqualTo("join_request is required");
        assertThat(bad(JoinParameters.ofRtcV1(request("join_request=%21%21%21"))))
                .isEqualTo("cannot base64 decode wrapped join request");
        assertThat(bad(bytes(new byte[] {(byte) 0xFF, (byte) 0xFF}))).isEqualTo("cannot unmarshal join request");
        assertThat(bad(bytes(wrapped(new byte[] {(byte) 0xFF, (byte) 0xFF}, false))))
                .isEqualTo("cannot unmarshal join request");
        byte[] notZipped = WrappedJoinRequest.newBuilder()
                .setCompression(WrappedJoinRequest.Compression.GZIP)
                .setJoinRequest(JOIN.toByteString())
                .build()
                .toByteArray();
        assertThat(bad(bytes(notZipped))).isEqualTo("cannot read decompressed join request");
    }

    /// A few hundred kilobytes that would unfold to many megabytes.
    @Test
    void unfoldsNoMoreThanOneMebibyte() {
        byte[] bomb = JOIN.toBuilder().setMetadata("0".repeat(64 << 20)).build().toByteArray();
        byte[] almost = JOIN.toBuilder()
                .setMetadata("0".repeat((1 << 20) - 1_000))
                .build()
                .toByteArray();

        assertThat(bad(bytes(wrapped(bomb, true)))).isEqualTo("join request too large");
        assertThat(bad(bytes(wrapped(
                        JOIN.toBuilder()
                                .setMetadata("0".repeat(1 << 20))
                                .build()
                                .toByteArray(),
                        false))))
                .isEqualTo("join request too large");
        assertThat(v1(wrapped(almost, true)).metadata()).hasSize((1 << 20) - 1_000);
    }

    /// Zeros shrink to a few kilobytes, and each two of them are a request for a track.
    @Test
    void listsNoMoreTracksThanAnybodyMayPublish() {
        JoinRequest many = JOIN.toBuilder()
                .addAllAddTrackRequests(nCopies(100, LivekitRtc.AddTrackRequest.getDefaultInstance()))
                .build();
        JoinRequest bomb = JOIN.toBuilder()
                .addAllAddTrackRequests(nCopies(500_000, LivekitRtc.AddTrackRequest.getDefaultInstance()))
                .build();

        assertThat(bad(bytes(wrapped(many.toByteArray(), true)))).isEqualTo("too many tracks in a join request");
        assertThat(wrapped(bomb.toByteArray(), true)).hasSizeLessThan(8_000);
        assertThat(bad(bytes(wrapped(bomb.toByteArray(), true)))).isEqualTo("join request too large");
    }

    /// It is refused before its parts become objects, of which each takes fifty times as much as on the wire.
    @Test
    void readsNoneOfTooManyParts() {
        JoinRequest layers = JOIN.toBuilder()
                .addAddTrackRequests(LivekitRtc.AddTrackRequest.newBuilder()
                        .addAllLayers(nCopies(400_000, LivekitModels.VideoLayer.getDefaultInstance())))
                .build();
        byte[] wrapped = wrapped(layers.toByteArray(), true);
        bad(bytes(wrapped));
        long before = allocatedBytes();
        assertThat(bad(bytes(wrapped))).isEqualTo("join request too large");
        assertThat(allocatedBytes() - before).isLessThan(6 << 20);
    }

    /// By this thread, since it began.
    private static long allocatedBytes() {
        return ((com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    @Test
    void neverThrowsOnGarbage() {
        long seed = Long.getLong("sim.seed", 73);
        var random = new Random(seed);
        byte[] real = wrapped(JOIN.toByteArray(), true);
        for (int round = 0; round < 5_000; round++) {
            byte[] damaged = real.clone();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            assertThat(bytes(damaged)).as("-Dsim.seed=%d round %d", seed, round).isNotNull();
        }
    }

    private static void isJoin(JoinParameters read) {
        assertThat(read.dual()).isFalse();
        assertThat(read.client().version()).isEqualTo("2.23.0");
        assertThat(read.client().protocol()).isEqualTo(17);
        assertThat(read.client().browser()).isEqualTo("chrome");
        assertThat(read.autoSubscribe()).isTrue();
        assertThat(read.adaptiveStream()).isTrue();
        assertThat(read.reconnect()).isFalse();
        assertThat(read.metadata()).isEqualTo("meta");
        assertThat(read.attributes()).isEqualTo(Map.of("k", "v"));
        assertThat(read.addTracks())
                .singleElement()
                .satisfies(add -> assertThat(add.getCid()).isEqualTo("cid-1"));
        assertThat(read.offer()).contains(new ClientMessage.Offer(1, "v=0"));
    }

    private static JoinParameters rtc(String query) {
        return read(JoinParameters.ofRtc(request(query)));
    }

    private static JoinParameters v1(byte[] wrapped) {
        return read(bytes(wrapped));
    }

    private static JoinParameters.Result bytes(byte[] wrapped) {
        return JoinParameters.ofRtcV1(
                request("join_request=" + Base64.getUrlEncoder().encodeToString(wrapped)));
    }

    private static JoinParameters read(JoinParameters.Result result) {
        return switch (result) {
            case JoinParameters.Result.Read(JoinParameters parameters) -> parameters;
            case JoinParameters.Result.Bad(String body) -> throw new AssertionError(body);
        };
    }

    private static String bad(JoinParameters.Result result) {
        return switch (result) {
            case JoinParameters.Result.Read(JoinParameters parameters) -> throw new AssertionError(parameters);
            case JoinParameters.Result.Bad(String body) -> body;
        };
    }

    private static byte[] wrapped(byte[] join, boolean zipped) {
        return WrappedJoinRequest.newBuilder()
                .setCompression(zipped ? WrappedJoinRequest.Compression.GZIP : WrappedJoinRequest.Compression.NONE)
                .setJoinRequest(ByteString.copyFrom(zipped ? zip(join) : join))
                .build()
                .toByteArray();
    }

    private static byte[] zip(byte[] plain) {
        var out = new ByteArrayOutputStream();
        try (var zip = new GZIPOutputStream(out)) {
            zip.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static HttpRequest request(String query) {
        return new HttpRequest("GET", "/rtc", query, Map.of(), InetAddress.getLoopbackAddress(), new byte[0]);
    }
}
