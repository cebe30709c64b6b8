package io.tributary.transport.sdp;

import java.util.Locale;
import java.util.Optional;

/// Who starts the DTLS handshake (RFC 8842 §5.2): `ACTIVE` is the client, `ACTPASS` leaves the choice to the answer.
public enum Setup {
    ACTPASS,
    ACTIVE,
    PASSIVE;

    /// As in `a=setup`.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Setup> of(String word) {
        return switch (word) {
            case "actpass" -> Optional.of(ACTPASS);
            case "active" -> Optional.of(ACTIVE);
            case "passive" -> Optional.of(PASSIVE);
            default -> Optional.empty();
        };
    }
}
