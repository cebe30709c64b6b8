package io.tributary.sfu.room;

import io.tributary.sfu.token.RoomName;
import io.tributary.transport.rtp.Codec;
import java.util.List;

/// What holds for one room: the server's settings, and what was ordered since.
final class RoomTerms {
    private int emptyTimeoutSeconds;
    private int departureTimeoutSeconds;
    private int maxParticipants;
    private String metadata = "";
    private final EncryptionRules encryption;
    private final List<Codec> enabledCodecs;

    RoomTerms(RoomSettings settings) {
        emptyTimeoutSeconds = settings.emptyTimeoutSeconds();
        departureTimeoutSeconds = settings.departureTimeoutSeconds();
        maxParticipants = settings.maxParticipants();
        encryption = settings.encryption();
        enabledCodecs = settings.enabledCodecs();
    }

    RequireE2ee requireE2ee(RoomName room) {
        return encryption.of(room, metadata);
    }

    int emptyTimeoutSeconds() {
        return emptyTimeoutSeconds;
    }

    int departureTimeoutSeconds() {
        return departureTimeoutSeconds;
    }

    /// 0 for no limit.
    int maxParticipants() {
        return maxParticipants;
    }

    /// What may be published.
    List<Codec> enabledCodecs() {
        return enabledCodecs;
    }

    String metadata() {
        return metadata;
    }

    /// Takes over what `order` says; whether anything is different now.
    boolean update(RoomOrder order) {
        int empty = orElse(order.emptyTimeoutSeconds(), emptyTimeoutSeconds);
        int departure = orElse(order.departureTimeoutSeconds(), departureTimeoutSeconds);
        int most = orElse(order.maxParticipants(), maxParticipants);
        String words = order.metadata().isEmpty() ? metadata : order.metadata();
        boolean changed = empty != emptyTimeoutSeconds
                || departure != departureTimeoutSeconds
                || most != maxParticipants
                || !words.equals(metadata);
        emptyTimeoutSeconds = empty;
        departureTimeoutSeconds = departure;
        maxParticipants = most;
        metadata = words;
        return changed;
    }

    private static int orElse(int ordered, int present) {
        return ordered == 0 ? present : ordered;
    }
}
