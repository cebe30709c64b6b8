package io.tributary.sfu.signal;

import com.google.protobuf.InvalidProtocolBufferException;
import io.tributary.sfu.room.ClientInfo;
import io.tributary.sfu.signal.proto.AddTrackRequest;
import io.tributary.sfu.signal.proto.JoinRequest;
import io.tributary.sfu.signal.proto.WrappedJoinRequest;
import io.tributary.transport.http.HttpRequest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What a client says of itself and its wishes when it opens its WebSocket: by query parameters, or by a whole
/// `join_request`.
///
/// @param dual whether it uses one connection to publish and another to receive
/// @param reconnect whether it wants to go on with a session that it had
/// @param offer the SDP of its only connection, with its id, when it came along
record JoinParameters(
        ClientInfo client,
        boolean dual,
        boolean reconnect,
        boolean autoSubscribe,
        boolean adaptiveStream,
        String metadata,
        Map<String, String> attributes,
        List<AddTrackRequest> addTracks,
        Optional<ClientMessage.Offer> offer) {
    /// What a join request may unfold to.
    private static final int MAX_JOIN_REQUEST_BYTES = 1 << 20;

    /// As many as a participant may have published.
    static final int MOST_TRACKS = 100;

    private static final Set<Integer> TEXTS =
            Set.of(JoinRequest.PUBLISHER_OFFER_FIELD_NUMBER, JoinRequest.METADATA_FIELD_NUMBER);

    /// Features on which servers and clients agreed before they said so.
    private static final int OLDEST_PROTOCOL = 0;

    private static final JsonMapper JSON = new JsonMapper();

    /// LiveKit's SDK numbers by their query spelling.
    private static final Map<String, Integer> SDKS = Map.ofEntries(
            Map.entry("js", 1),
            Map.entry("ios", 2),
            Map.entry("swift", 2),
            Map.entry("android", 3),
            Map.entry("flutter", 4),
            Map.entry("go", 5),
            Map.entry("unity", 6),
            Map.entry("reactnative", 7),
            Map.entry("rust", 8),
            Map.entry("python", 9),
            Map.entry("cpp", 10),
            Map.entry("unityweb", 11),
            Map.entry("node", 12),
            Map.entry("unreal", 13),
            Map.entry("esp32", 14));

    JoinParameters {
        attributes = Map.copyOf(attributes);
        addTracks = List.copyOf(addTracks);
    }

    /// The parameters, or what to answer with status 400.
    sealed interface Result {
        record Read(JoinParameters parameters) implements Result {}

        record Bad(String body) implements Result {}
    }

    /// Of a request to `/rtc`, where a `join_request` makes it one for a single connection all the same.
    static Result ofRtc(HttpRequest request) {
        return request.query("join_request").isPresent() ? ofRtcV1(request) : ofQuery(request);
    }

    /// Of a request to `/rtc/v1`.
    static Result ofRtcV1(HttpRequest request) {
        String wrapped = request.query("join_request").orElse("");
        if (wrapped.isEmpty()) {
            return new Result.Bad("join_request is required");
        }
        byte[] decoded;
        try {
            // Plus and slash are accepted too: some clients use the ordinary alphabet; a plus arrives as a space.
            decoded = Base64.getUrlDecoder()
                    .decode(wrapped.replace('+', '-').replace(' ', '-').replace('/', '_'));
        } catch (IllegalArgumentException e) {
            return new Result.Bad("cannot base64 decode wrapped join request");
        }
        try {
            WrappedJoinRequest wrapper = WrappedJoinRequest.parseFrom(decoded);
            byte[] inner = wrapper.getJoinRequest().toByteArray();
            if (wrapper.getCompression() == WrappedJoinRequest.Compression.GZIP) {
                inner = unzip(inner);
            }
            if (inner.length > MAX_JOIN_REQUEST_BYTES || !MessageBounds.admit(inner, TEXTS)) {
                return new Result.Bad("join request too large");
            }
            JoinRequest join = JoinRequest.parseFrom(inner);
            return join.getAddTrackRequestsCount() > MOST_TRACKS
                    ? new Result.Bad("too many tracks in a join request")
                    : new Result.Read(of(join));
        } catch (InvalidProtocolBufferException e) {
            return new Result.Bad("cannot unmarshal join request");
        } catch (IOException e) {
            return new Result.Bad("cannot read decompressed join request");
        }
    }

    private static JoinParameters of(JoinRequest join) {
        return new JoinParameters(
                SignalReader.client(join.getClientInfo()),
                false,
                join.getReconnect(),
                join.getConnectionSettings().getAutoSubscribe(),
                join.getConnectionSettings().getAdaptiveStream(),
                join.getMetadata(),
                join.getParticipantAttributesMap(),
                join.getAddTrackRequestsList(),
                join.hasPublisherOffer()
                        ? Optional.of(new ClientMessage.Offer(
                                join.getPublisherOffer().getId(),
                                join.getPublisherOffer().getSdp()))
                        : Optional.empty());
    }

    private static Result ofQuery(HttpRequest request) {
        Optional<Map<String, String>> attributes =
                attributes(request.query("attributes").orElse(""));
        if (attributes.isEmpty()) {
            return new Result.Bad("attributes must be base64url of a JSON object of strings");
        }
        var client = new ClientInfo(
                SDKS.getOrDefault(request.query("sdk").orElse("").toLowerCase(Locale.ROOT), 0),
                request.query("version").orElse(""),
                number(request.query("protocol")),
                request.query("os").orElse(""),
                request.query("os_version").orElse(""),
                request.query("device_model").orElse(""),
                request.query("browser").orElse(""),
                request.query("browser_version").orElse(""),
                request.query("network").orElse(""),
                number(request.query("client_protocol")),
                List.of());
        return new Result.Read(new JoinParameters(
                client,
                true,
                flag(request.query("reconnect"), false),
                flag(request.query("auto_subscribe"), true),
                flag(request.query("adaptive_stream"), false),
                request.query("metadata").orElse(""),
                attributes.get(),
                List.of(),
                Optional.empty()));
    }

    private static byte[] unzip(byte[] zipped) throws IOException {
        try (var in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
            return in.readNBytes(MAX_JOIN_REQUEST_BYTES + 1);
        }
    }

    private static Optional<Map<String, String>> attributes(String encoded) {
        var attributes = new HashMap<String, String>();
        if (encoded.isEmpty()) {
            return Optional.of(attributes);
        }
        try {
            byte[] json = Base64.getUrlDecoder().decode(encoded);
            JsonNode node = JSON.readTree(new String(json, StandardCharsets.UTF_8));
            if (!node.isObject()
                    || node.properties().stream().anyMatch(e -> !e.getValue().isString())) {
                return Optional.empty();
            }
            node.properties()
                    .forEach(e -> attributes.put(e.getKey(), e.getValue().stringValue()));
            return Optional.of(attributes);
        } catch (IllegalArgumentException | JacksonException e) {
            return Optional.empty();
        }
    }

    private static boolean flag(Optional<String> value, boolean absent) {
        return value.map(v -> v.equals("1") || v.equalsIgnoreCase("true")).orElse(absent);
    }

    private static int number(Optional<String> value) {
        try {
            return value.map(Integer::parseInt).orElse(OLDEST_PROTOCOL);
        } catch (NumberFormatException e) {
            return OLDEST_PROTOCOL;
        }
    }
}
