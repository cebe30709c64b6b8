package io.tributary.transport.srtp;

/// Why [SrtpContext] refused a packet: the negative results of its verbs. Plain ints, so that the packet path makes
/// no objects. After a refusal the context is as it was before; the packet's bytes are undefined.
public final class SrtpError {
    /// The tag does not match: forged, damaged, or protected under other keys.
    public static final int AUTH_FAILED = -1;

    /// Seen before, or too old to tell (RFC 3711 §3.3.2). When protecting: this index was used before, and using it
    /// again would break AES-GCM (RFC 7714 §8.1).
    public static final int REPLAYED = -2;

    /// Too short, not version 2, or SRTCP without encryption.
    public static final int MALFORMED = -3;

    /// The SSRC is new and the peer already uses as many as we keep ([SrtpContext#MAX_SSRCS]).
    public static final int TOO_MANY_SSRCS = -4;

    private SrtpError() {}
}
