package io.tributary.sfu.token;

import java.util.Locale;

/// What sort of participant a token is for.
public enum ParticipantKind {
    STANDARD(0),
    INGRESS(1),
    EGRESS(2),
    SIP(3),
    AGENT(4),
    CONNECTOR(7),
    BRIDGE(8);

    private final int number;

    ParticipantKind(int number) {
        this.number = number;
    }

    /// LiveKit's wire number.
    public int number() {
        return number;
    }

    /// Dependents serve others: they count neither for limits nor for keeping a room open.
    public boolean dependent() {
        return this == EGRESS || this == AGENT;
    }

    /// The claim's spelling.
    public String claim() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// By claim; what is not known is an ordinary participant.
    public static ParticipantKind named(String claim) {
        for (ParticipantKind kind : values()) {
            if (kind.claim().equalsIgnoreCase(claim)) {
                return kind;
            }
        }
        return STANDARD;
    }
}
