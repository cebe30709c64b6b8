package io.tributary.server;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.peer.PeerDrop;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// Somebody whose homeserver may only watch and listen here, with a real WebRTC stack that does not care.
class RestrictedParticipantTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final int SOME_PACKETS = 30;

    /// A first message and a repetition, which comes after a second.
    private static final int SOME_ATTEMPTS = 2;

    private static final Pattern APPLICATION_DATA =
            Pattern.compile("(?m)^tributary_dtls_drops_total\\{(.*reason=\"application_data\".*)} (\\S+)$");

    @Test
    void seesAndHearsButWhateverItSendsGetsNowhere() {
        try (var server = TestServer.start();
                var peers = WebRtcPeers.start(server)) {
            peers.join("ann", server.token("ann"));
            peers.publish("ann");
            peers.join("bob", server.doorToken("bob", false));
            peers.statsUntil("bob", now -> now.number("decoded") >= SOME_PACKETS);

            peers.publish("bob");
            peers.event("bob", "answered NOT_ALLOWED");
            long unroutable = server.media().counted(PeerDrop.UNROUTABLE);
            // Those who receive are offered a data channel by the server, and libwebrtc asks for it over DTLS at once.
            // The connections on which one publishes live on the other loop: each goes where the fewest are.
            List<String> quiet = applicationDataDropped(server).entrySet().stream()
                    .filter(loop -> loop.getValue() == 0)
                    .map(Map.Entry::getKey)
                    .toList();
            assertThat(quiet).as("loops without application data").hasSize(1);
            peers.smuggle("bob");
            peers.statsUntil("bob", now -> now.number("sent") > SOME_PACKETS);
            // libwebrtc counts what it hands to the socket; here it arrives.
            peers.statsUntil("bob", _ -> server.media().counted(PeerDrop.UNROUTABLE) > unroutable + SOME_PACKETS);

            // The data channel is agreed by SDP, as every client's is; what libwebrtc sends to open it ends here.
            peers.statsUntil(
                    "bob", _ -> applicationDataDropped(server).getOrDefault(quiet.getFirst(), 0L) >= SOME_ATTEMPTS);
            assertThat(peers.stats("bob").text("channel")).isEqualTo("CONNECTING");

            assertThat(peers.stats("ann").number("received")).isZero();
            assertThat(peers.stats("ann").number("channelsOfOthers")).isZero();
            // It is still a watcher like any other.
            long decoded = peers.stats("bob").number("decoded");
            peers.statsUntil("bob", now -> now.number("decoded") > decoded + SOME_PACKETS);
        }
    }

    /// DTLS records with application data that were dropped, by loop.
    private static Map<String, Long> applicationDataDropped(TestServer server) {
        var request = HttpRequest.newBuilder(URI.create(server.metricsUrl())).build();
        String metrics =
                CLIENT.sendAsync(request, BodyHandlers.ofString()).join().body();
        return APPLICATION_DATA.matcher(metrics).results().collect(toMap(one -> one.group(1), one ->
                (long) Double.parseDouble(one.group(2))));
    }
}
