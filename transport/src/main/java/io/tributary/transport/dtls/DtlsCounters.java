package io.tributary.transport.dtls;

import io.tributary.transport.io.DropCounter;
import java.util.concurrent.atomic.AtomicLong;

/// What the endpoints of one loop did: the loop writes, anybody reads.
public final class DtlsCounters {
    final DropCounter<DtlsDrop> drops = new DropCounter<>(DtlsDrop.class);
    final AtomicLong handshakes = new AtomicLong();
    final AtomicLong failedHandshakes = new AtomicLong();

    public DropCounter<DtlsDrop> drops() {
        return drops;
    }

    /// Handshakes that led to keys.
    public long handshakes() {
        return handshakes.get();
    }

    /// Handshakes that began and led to none: a wrong certificate, no common cipher or SRTP profile, a message over its
    /// bound, a time-out, or a remote that gave up.
    public long failedHandshakes() {
        return failedHandshakes.get();
    }
}
