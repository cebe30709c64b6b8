package io.tributary.sfu.room;

import io.tributary.sfu.token.MediaSource;
import io.tributary.sfu.track.TrackSid;
import java.util.random.RandomGenerator;

/// Makes ids. Clients rely on the prefixes: the Rust SDK panics on others.
final class Sids {
    /// Base 57: no characters that look alike.
    private static final String ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    /// 57^12 is 2^70: no collisions within a room, no guessing.
    private static final int LENGTH = 12;

    /// 57^43 is 2^250: nobody's frame ends with it by chance.
    private static final int TRAILER_LENGTH = 43;

    private final RandomGenerator random;

    Sids(RandomGenerator random) {
        this.random = random;
    }

    RoomSid room() {
        return new RoomSid("RM_" + text(LENGTH));
    }

    ParticipantSid participant() {
        return new ParticipantSid("PA_" + text(LENGTH));
    }

    /// `TR_VC…` is a camera, `TR_AM…` a microphone.
    TrackSid track(TrackType type, MediaSource source) {
        String kind = type == TrackType.AUDIO ? "A" : "V";
        String letter = switch (source) {
            case UNKNOWN -> "U";
            case CAMERA -> "C";
            case MICROPHONE -> "M";
            case SCREEN_SHARE -> "S";
            case SCREEN_SHARE_AUDIO -> "s";
        };
        return new TrackSid("TR_" + kind + letter + text(LENGTH));
    }

    String sifTrailer() {
        return text(TRAILER_LENGTH);
    }

    private String text(int length) {
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return text.toString();
    }
}
