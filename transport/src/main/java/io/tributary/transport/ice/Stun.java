package io.tributary.transport.ice;

/// Numbers of the STUN wire (RFC 8489 §18, RFC 8445 §16).
final class Stun {
    static final int HEADER_BYTES = 20;
    static final int TRANSACTION_ID_BYTES = 12;
    static final int MAGIC_COOKIE = 0x2112A442;

    static final int BINDING_REQUEST = 0x0001;
    static final int BINDING_SUCCESS = 0x0101;
    static final int BINDING_ERROR = 0x0111;

    static final int USERNAME = 0x0006;
    static final int MESSAGE_INTEGRITY = 0x0008;
    static final int ERROR_CODE = 0x0009;
    static final int UNKNOWN_ATTRIBUTES = 0x000A;
    static final int XOR_MAPPED_ADDRESS = 0x0020;
    static final int PRIORITY = 0x0024;
    static final int USE_CANDIDATE = 0x0025;
    static final int FINGERPRINT = 0x8028;
    static final int ICE_CONTROLLED = 0x8029;

    static final int MESSAGE_INTEGRITY_BYTES = 20;
    static final int FINGERPRINT_XOR = 0x5354554E;

    /// From here on an attribute that is not understood is skipped (RFC 8489 §14).
    static final int COMPREHENSION_OPTIONAL = 0x8000;

    static final int UNKNOWN_ATTRIBUTE_ERROR = 420;
    static final int ROLE_CONFLICT_ERROR = 487;

    private Stun() {}
}
