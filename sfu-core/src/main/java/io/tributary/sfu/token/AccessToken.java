package io.tributary.sfu.token;

import java.util.Map;
import java.util.Optional;

/// What a verified token says.
///
/// @param apiKey the key that signed it
/// @param identity `sub`, else `jti`; may be empty (joining then fails)
/// @param expiresAtSeconds Unix time
/// @param claims everything, as parsed JSON, so that what is not known here survives a renewal
public record AccessToken(
        String apiKey,
        ParticipantIdentity identity,
        String name,
        ParticipantKind kind,
        String metadata,
        Map<String, String> attributes,
        VideoGrant video,
        long expiresAtSeconds,
        Map<String, Object> claims) {
    public AccessToken {
        attributes = Map.copyOf(attributes);
    }

    public RoomName room() {
        return new RoomName(video.room());
    }

    /// Whether it was handed out at the Matrix door.
    public Optional<DoorClaim> door() {
        return DoorClaim.of(claims);
    }

    /// Tokens do not belong in logs.
    @Override
    public String toString() {
        return "AccessToken[" + identity + ", room=" + video.room() + "]";
    }
}
