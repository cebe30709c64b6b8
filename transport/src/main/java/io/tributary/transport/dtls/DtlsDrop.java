package io.tributary.transport.dtls;

import io.tributary.transport.io.DropReason;

/// Why a DTLS datagram or record went no further.
public enum DtlsDrop implements DropReason {
    /// The handshake's thread did not keep up.
    QUEUE_FULL,
    /// One handshake was sent more bytes than any honest one needs.
    HANDSHAKE_BYTES,
    /// A record that Bouncy Castle must not see, see [RecordFilter].
    HARMFUL_RECORD,
    /// It came after the session ended.
    CLOSED,
    /// Data channels are not served.
    APPLICATION_DATA
}
