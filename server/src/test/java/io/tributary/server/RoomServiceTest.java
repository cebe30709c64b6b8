package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import livekit.LivekitModels;
import livekit.LivekitRoom;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The room service as token services and server SDKs use it, by LiveKit's own messages.
class RoomServiceTest {
    private static final HttpClient CLIENT = HttpClient.newHttpClient();
    private static final Map<String, ?> CREATE = Map.of("roomCreate", true);
    private static final Map<String, ?> ADMIN = Map.of("roomAdmin", true, "room", TestServer.ROOM);
    private static final String PROTOBUF = "application/protobuf";
    private static final String JSON = "application/json";

    @SuppressWarnings("NullAway.Init") // by JUnit
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void makesARoomAndMakesItOnce() throws Exception {
        var request = LivekitRoom.CreateRoomRequest.newBuilder()
                .setName("lk-jwt")
                .setEmptyTimeout(300)
                .setDepartureTimeout(20)
                .setMetadata("m0")
                .build();

        var first = LivekitModels.Room.parseFrom(good(call("CreateRoom", CREATE, request)));
        var second = LivekitModels.Room.parseFrom(good(call("CreateRoom", CREATE, request)));

        assertThat(first.getSid()).startsWith("RM_");
        assertThat(first.getName()).isEqualTo("lk-jwt");
        assertThat(first.getEmptyTimeout()).isEqualTo(300);
        assertThat(first.getDepartureTimeout()).isEqualTo(20);
        assertThat(first.getMaxParticipants()).isZero();
        assertThat(first.getMetadata()).isEqualTo("m0");
        assertThat(first.getCreationTimeMs()).isPositive();
        assertThat(second).isEqualTo(first);
    }

    @Test
    void speaksJsonInBothSpellingsAndAnswersInTheWiresOwn() throws Exception {
        JsonNode made = json(call(
                "CreateRoom",
                CREATE,
                JSON + "; charset=utf-8",
                "{\"name\":\"json\",\"emptyTimeout\":60,\"max_participants\":3,\"unheardOf\":{\"a\":1}}"));

        assertThat(made.path("empty_timeout").asInt()).isEqualTo(60);
        assertThat(made.path("max_participants").asInt()).isEqualTo(3);
        // Numbers of 64 bits are texts, and what is zero is there all the same.
        assertThat(made.path("creation_time").isString()).isTrue();
        assertThat(made.path("num_participants").asInt(-1)).isZero();
        JsonNode listed = json(call("ListRooms", Map.of("roomList", true), JSON, "{\"names\":[\"json\",\"none\"]}"));
        assertThat(listed.path("rooms")).hasSize(1);
        assertThat(listed.path("rooms").path(0)).isEqualTo(made);
    }

    @Test
    void findsWhoIsThereAndSaysWhoIsNot() throws Exception {
        try (var ann = SignalClient.joinWithOffer(server, "ann")) {
            var request = LivekitRoom.RoomParticipantIdentity.newBuilder()
                    .setRoom(TestServer.ROOM)
                    .setIdentity("ann")
                    .build();

            var found = LivekitModels.ParticipantInfo.parseFrom(good(call("GetParticipant", ADMIN, request)));

            assertThat(found.getIdentity()).isEqualTo("ann");
            assertThat(found.getSid()).startsWith("PA_");
            assertThat(LivekitRoom.ListParticipantsResponse.parseFrom(good(call(
                                    "ListParticipants",
                                    ADMIN,
                                    LivekitRoom.ListParticipantsRequest.newBuilder()
                                            .setRoom(TestServer.ROOM)
                                            .build())))
                            .getParticipantsList())
                    .containsExactly(found);
            var absent = request.toBuilder().setIdentity("nobody").build();
            failed(call("GetParticipant", ADMIN, absent), 404, "not_found");
            failed(call("RemoveParticipant", ADMIN, absent), 404, "not_found");

            good(call("RemoveParticipant", ADMIN, request));

            assertThat(ann.await(MessageCase.LEAVE).getLeave().getReason())
                    .isEqualTo(LivekitModels.DisconnectReason.PARTICIPANT_REMOVED);
            failed(call("GetParticipant", ADMIN, request), 404, "not_found");
        }
    }

    @Test
    void endsARoom() throws Exception {
        good(call(
                "CreateRoom",
                CREATE,
                LivekitRoom.CreateRoomRequest.newBuilder().setName("short").build()));
        var request =
                LivekitRoom.DeleteRoomRequest.newBuilder().setRoom("short").build();

        good(call("DeleteRoom", CREATE, request));

        failed(call("DeleteRoom", CREATE, request), 404, "not_found");
    }

    @ParameterizedTest
    @CsvSource({
        "CreateRoom, '{\"name\":\"stolen\"}'",
        "DeleteRoom, '{\"room\":\"kitchen\"}'",
        "ListRooms, {}",
        "GetParticipant, '{\"room\":\"kitchen\",\"identity\":\"ann\"}'",
        "RemoveParticipant, '{\"room\":\"kitchen\",\"identity\":\"ann\"}'",
        "ListParticipants, '{\"room\":\"kitchen\"}'",
    })
    void letsNobodyAdministerWithAParticipantsToken(String method, String body) throws Exception {
        for (String token :
                List.of(server.token("ann"), server.doorToken("ann", true), server.doorToken("ann", false))) {
            failed(send(method, "Bearer " + token, JSON, body), 401, "unauthenticated");
        }
        failed(send(method, "", JSON, body), 401, "unauthenticated");
        failed(send(method, "Bearer " + server.token("ann") + "x", JSON, body), 401, "unauthenticated");
        failed(call(method, Map.of("roomAdmin", true, "room", "cellar"), JSON, body), 401, "unauthenticated");
    }

    @Test
    void saysInTwirpsWordsWhatIsWrong() throws Exception {
        failed(call("CreateRoom", CREATE, JSON, "{\"name\":"), 400, "malformed");
        failed(call("CreateRoom", CREATE, PROTOBUF, "\u0007\u0007\u0007"), 400, "malformed");
        failed(call("CreateRoom", CREATE, JSON, "{}"), 400, "invalid_argument");
        failed(call("CreateRoom", CREATE, "text/plain", "{}"), 404, "bad_route");
        failed(call("Nothing", CREATE, JSON, "{}"), 404, "bad_route");
        HttpResponse<byte[]> read = CLIENT.send(
                HttpRequest.newBuilder(URI.create(server.httpUrl() + "/twirp/livekit.RoomService/CreateRoom"))
                        .build(),
                BodyHandlers.ofByteArray());
        failed(read, 404, "bad_route");
        assertThat(read.headers().firstValue("Access-Control-Allow-Origin")).contains("*");
    }

    private static HttpResponse<byte[]> call(String method, Map<String, ?> grants, Message request)
            throws IOException, InterruptedException {
        return send(method, "Bearer " + server.serviceToken(grants), PROTOBUF, request.toByteArray());
    }

    private static HttpResponse<byte[]> call(String method, Map<String, ?> grants, String contentType, String body)
            throws IOException, InterruptedException {
        return send(method, "Bearer " + server.serviceToken(grants), contentType, body);
    }

    private static HttpResponse<byte[]> send(String method, String authorization, String contentType, String body)
            throws IOException, InterruptedException {
        return send(method, authorization, contentType, body.getBytes(StandardCharsets.UTF_8));
    }

    private static HttpResponse<byte[]> send(String method, String authorization, String contentType, byte[] body)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(
                        URI.create(server.httpUrl() + "/livekit/sfu/twirp/livekit.RoomService/" + method))
                .header("Content-Type", contentType)
                .POST(BodyPublishers.ofByteArray(body));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        return CLIENT.send(request.build(), BodyHandlers.ofByteArray());
    }

    private static byte[] good(HttpResponse<byte[]> response) {
        assertThat(response.statusCode())
                .as(new String(response.body(), StandardCharsets.UTF_8))
                .isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains(PROTOBUF);
        return response.body();
    }

    private static JsonNode json(HttpResponse<byte[]> response) {
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type")).contains(JSON);
        return new JsonMapper().readTree(response.body());
    }

    private static void failed(HttpResponse<byte[]> response, int status, String code) {
        assertThat(response.headers().firstValue("Content-Type")).contains(JSON);
        assertThat(new JsonMapper().readTree(response.body()).path("code").asString())
                .isEqualTo(code);
        assertThat(response.statusCode()).isEqualTo(status);
    }
}
