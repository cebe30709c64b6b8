package io.tributary.transport.ice;

import io.tributary.transport.io.DropReason;

/// Why a STUN datagram got no answer. Nothing unauthenticated is ever answered, so we reflect nothing.
public enum IceDrop implements DropReason {
    /// Not STUN, damaged, or with a FINGERPRINT that does not match.
    MALFORMED,
    /// A response, an indication or another method: we are the lite side and ask nothing.
    NOT_A_BINDING_REQUEST,
    /// Without USERNAME or MESSAGE-INTEGRITY.
    UNAUTHENTICATED,
    /// A USERNAME that is not ours and the remote's.
    UNKNOWN_USERNAME,
    /// A MESSAGE-INTEGRITY not made with our password.
    BAD_INTEGRITY,
    /// From an address that nobody knows, after too many failed ones: from there, or from everywhere.
    STRANGER_BUDGET,
    /// More checks on known paths than any client needs.
    CHECK_BUDGET,
    /// Genuine, but from yet another address: no client moves that often.
    PATH_BUDGET
}
