package io.tributary.sfu.room;

import io.tributary.sfu.token.RoomName;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What the operator says about encryption, for each room. Whoever creates a room by the API may say otherwise for that
/// one, by `require_e2ee` in its metadata where that is a JSON object.
///
/// @param byRoom the first whose pattern matches a room's name decides
/// @param otherwise where none does
public record EncryptionRules(List<ForRooms> byRoom, RequireE2ee otherwise) {
    public static final EncryptionRules DEFAULTS = new EncryptionRules(List.of(), RequireE2ee.AUTO);

    private static final String METADATA_KEY = "require_e2ee";
    private static final JsonMapper JSON = new JsonMapper();

    public EncryptionRules {
        byRoom = List.copyOf(byRoom);
    }

    /// A rule for the rooms whose whole name matches.
    ///
    /// @param glob `*` stands for any characters, `?` for one
    public record ForRooms(String glob, RequireE2ee require) {
        /// Goes back to the last star only, so that no name takes long.
        boolean matches(String name) {
            int at = 0;
            int star = -1;
            int afterStar = 0;
            int in = 0;
            while (in < name.length()) {
                char wanted = at < glob.length() ? glob.charAt(at) : 0;
                if (wanted == '*') {
                    star = at++;
                    afterStar = in;
                } else if (at < glob.length() && (wanted == '?' || wanted == name.charAt(in))) {
                    at++;
                    in++;
                } else if (star >= 0) {
                    at = star + 1;
                    in = ++afterStar;
                } else {
                    return false;
                }
            }
            while (at < glob.length() && glob.charAt(at) == '*') {
                at++;
            }
            return at == glob.length();
        }
    }

    RequireE2ee of(RoomName room, String metadata) {
        RequireE2ee ordered = inMetadata(metadata);
        if (ordered != null) {
            return ordered;
        }
        for (ForRooms rule : byRoom) {
            if (rule.matches(room.value())) {
                return rule.require();
            }
        }
        return otherwise;
    }

    /// Metadata is the application's: what is none of ours in it means nothing.
    private static @Nullable RequireE2ee inMetadata(String metadata) {
        if (!metadata.contains(METADATA_KEY)) {
            return null;
        }
        try {
            JsonNode value = JSON.readTree(metadata).path(METADATA_KEY);
            return value.isString() ? RequireE2ee.parse(value.stringValue()).orElse(null) : null;
        } catch (JacksonException e) {
            return null;
        }
    }
}
