package io.tributary.auth.endpoint;

import io.tributary.auth.access.CallNames;
import io.tributary.auth.access.TokenRoute;
import io.tributary.auth.endpoint.TokenRequest.Member;
import io.tributary.auth.matrix.ServerName;
import io.tributary.auth.openid.OpenIdToken;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads the bodies of both endpoints onto one [TokenRequest].
final class TokenRequestReader {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final Set<String> TOP =
            Set.of("room_id", "slot_id", "openid_token", "member", "delay_id", "delay_timeout", "delay_cs_api_url");
    private static final Set<String> LEGACY_TOP =
            Set.of("room", "openid_token", "device_id", "delay_id", "delay_timeout", "delay_cs_api_url");
    private static final Set<String> OPENID = Set.of("access_token", "token_type", "matrix_server_name", "expires_in");
    private static final Set<String> MEMBER = Set.of("id", "claimed_user_id", "claimed_device_id");

    /// What was read.
    sealed interface Reading {
        record Read(TokenRequest request) implements Reading {}

        /// @param error for the client
        record Unread(DoorRefusal refusal, String error) implements Reading {}
    }

    private final boolean strict;

    TokenRequestReader(boolean strict) {
        this.strict = strict;
    }

    Reading read(TokenRoute route, byte[] body) {
        JsonNode json;
        try {
            json = JSON.readTree(body);
        } catch (JacksonException e) {
            return new Reading.Unread(DoorRefusal.NOT_JSON, "The body is not JSON");
        }
        Fields fields = Fields.of(json, strict);
        return switch (route) {
            case GET_TOKEN -> current(fields);
            case SFU_GET -> legacy(fields);
        };
    }

    private static Reading current(Fields fields) {
        fields.only(TOP);
        String room = fields.required("room_id");
        String slot = fields.required("slot_id");
        Fields member = fields.within("member");
        member.only(MEMBER);
        String id = member.required("id");
        String user = member.required("claimed_user_id");
        String device = member.required("claimed_device_id");
        return finish(fields, TokenRoute.GET_TOKEN, room, slot, device, new Member.ById(id, user));
    }

    private static Reading legacy(Fields fields) {
        fields.only(LEGACY_TOP);
        String room = fields.required("room");
        String device = fields.optional("device_id");
        return CallNames.isAmbiguous(device)
                ? new Reading.Unread(DoorRefusal.BAD_REQUEST, "device_id looks like the port of a server name")
                : finish(fields, TokenRoute.SFU_GET, room, CallNames.ROOM_SLOT, device, new Member.ByDevice());
    }

    private static Reading finish(
            Fields fields, TokenRoute route, String room, String slot, String device, Member member) {
        Fields openId = fields.within("openid_token");
        openId.only(OPENID);
        String accessToken = openId.required("access_token");
        String serverText = openId.required("matrix_server_name");
        openId.ignored("token_type");
        long expiresInSeconds = openId.number("expires_in");
        String delayId = fields.optional("delay_id");
        long delayMillis = fields.number("delay_timeout");
        fields.ignored("delay_cs_api_url");
        switch (fields.fault()) {
            case SHAPE -> {
                return new Reading.Unread(DoorRefusal.NOT_JSON, "Wrong type or unknown: " + fields.where());
            }
            case MISSING -> {
                return new Reading.Unread(DoorRefusal.BAD_REQUEST, "Missing: " + fields.where());
            }
            case TEXT -> {
                return new Reading.Unread(DoorRefusal.BAD_REQUEST, "Not a usable text: " + fields.where());
            }
            case NONE -> {
                // Every field is what it should be.
            }
        }
        boolean delegation = !delayId.isEmpty();
        if (delegation != fields.has("delay_timeout") || delegation && delayMillis <= 0) {
            return new Reading.Unread(DoorRefusal.BAD_REQUEST, "delay_id and delay_timeout go together");
        }
        Optional<ServerName> server = ServerName.parse(serverText);
        if (server.isEmpty()) {
            return new Reading.Unread(DoorRefusal.SERVER_NAME, "The request could not be authorised.");
        }
        var token = new OpenIdToken(server.get(), accessToken, expiresInSeconds);
        return new Reading.Read(new TokenRequest(route, room, slot, token, device, member, delegation));
    }
}
