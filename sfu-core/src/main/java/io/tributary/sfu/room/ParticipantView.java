package io.tributary.sfu.room;

import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.ParticipantKind;
import java.util.List;
import java.util.Map;

/// A participant as clients are told of it (LiveKit's ParticipantInfo); always whole.
///
/// @param version grows with every change; a client drops what is older than what it has
/// @param capabilities wire numbers, mirrored from client to clients
public record ParticipantView(
        ParticipantSid sid,
        ParticipantIdentity identity,
        ParticipantState state,
        List<TrackView> tracks,
        String metadata,
        long joinedAtMillis,
        String name,
        int version,
        Permissions permissions,
        boolean publisher,
        ParticipantKind kind,
        Map<String, String> attributes,
        DisconnectReason disconnectReason,
        int clientProtocol,
        List<Integer> capabilities) {
    public ParticipantView {
        tracks = List.copyOf(tracks);
        attributes = Map.copyOf(attributes);
        capabilities = List.copyOf(capabilities);
    }
}
