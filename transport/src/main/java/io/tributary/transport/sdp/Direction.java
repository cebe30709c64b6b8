package io.tributary.transport.sdp;

import java.util.Locale;
import java.util.Optional;

/// Which way media may flow, seen by whoever wrote the description (RFC 8866 §6.7).
public enum Direction {
    SENDRECV(true, true),
    SENDONLY(true, false),
    RECVONLY(false, true),
    INACTIVE(false, false);

    private final boolean sends;
    private final boolean receives;

    Direction(boolean sends, boolean receives) {
        this.sends = sends;
        this.receives = receives;
    }

    /// Whether the writer sends.
    public boolean sends() {
        return sends;
    }

    /// Whether the writer receives.
    public boolean receives() {
        return receives;
    }

    /// The same flow seen from the other side.
    public Direction reversed() {
        return of(receives, sends);
    }

    public static Direction of(boolean sends, boolean receives) {
        if (sends) {
            return receives ? SENDRECV : SENDONLY;
        }
        return receives ? RECVONLY : INACTIVE;
    }

    /// As in the attribute.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Direction> of(String word) {
        return switch (word) {
            case "sendrecv" -> Optional.of(SENDRECV);
            case "sendonly" -> Optional.of(SENDONLY);
            case "recvonly" -> Optional.of(RECVONLY);
            case "inactive" -> Optional.of(INACTIVE);
            default -> Optional.empty();
        };
    }
}
