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
    private final RoomName name;
    private final EncryptionRules encryption;

    /// Worked out when the metadata changes, which may be large, and not for each track.
    private RequireE2ee requireE2ee;
    private final List<Codec> enabledCodecs;

    RoomTerms(RoomName name, RoomSettings settings) {
        this.name = name;
        emptyTimeoutSeconds = settings.emptyTimeoutSeconds();
        departureTimeoutSeconds = settings.departureTimeoutSeconds();
        maxParticipants = settings.maxParticipants();
        encryption = settings.encryption();
        requireE2ee = encryption.of(name, metadata);
        enabledCodecs = settings.enabledCodecs();
    }

    RequireE2ee requireE2ee() {
        return requireE2ee;
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
        requireE2ee = changed ? encryption.of(name, metadata) : requireE2ee;
        return changed;
    }

    private static int orElse(int ordered, int present) {
        return ordered == 0 ? present : ordered;
    }
}
