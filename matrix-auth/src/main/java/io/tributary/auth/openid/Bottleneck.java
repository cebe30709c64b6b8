package io.tributary.auth.openid;

/// What a verification has to wait for, and is refused for when that takes too long.
public enum Bottleneck {
    /// The rate of one homeserver that the operator did not name.
    SERVER_RATE,

    /// Verifications under way at one homeserver that the operator did not name: [VerifierLimits#maxPerStranger].
    PER_STRANGER,

    /// Those at all such homeservers: [VerifierLimits#maxStrangers].
    STRANGERS,

    /// Those at homeservers that the operator named, or at one of these: [VerifierLimits#maxKnown].
    KNOWN
}
