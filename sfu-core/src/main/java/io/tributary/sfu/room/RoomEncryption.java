package io.tributary.sfu.room;

import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Whether a room's tracks must be encrypted end to end, and whether its first one was.
final class RoomEncryption {
    /// What a refusal says, to clients and people.
    static final String REQUIRED = "this room requires end-to-end encryption";

    static final String PLAINTEXT_SEEN = "muted: unencrypted media was sent where end-to-end encryption is required";

    /// Over all rooms. Any thread may read.
    static final class Counters {
        final AtomicLong refused = new AtomicLong();
        final AtomicLong plaintextTracks = new AtomicLong();
    }

    private final Supplier<RequireE2ee> rule;
    private final Counters counters;
    private @Nullable Encryption first;

    /// @param rule may say something else later
    RoomEncryption(Supplier<RequireE2ee> rule, Counters counters) {
        this.rule = rule;
        this.counters = counters;
    }

    boolean refuses(TrackRequest request) {
        return request.encryption() == Encryption.NONE && required();
    }

    /// Whether a track that turns out to be plain is silenced; otherwise it is only reported.
    boolean silences() {
        return rule.get() == RequireE2ee.ALWAYS;
    }

    /// Notes a track that others can receive now; whether it was the room's first.
    boolean firstPublished(TrackRequest request) {
        if (first != null) {
            return false;
        }
        first = request.encryption();
        return true;
    }

    void countRefused() {
        counters.refused.incrementAndGet();
    }

    void countPlaintext() {
        counters.plaintextTracks.incrementAndGet();
    }

    private boolean required() {
        return switch (rule.get()) {
            case AUTO -> first != null && first != Encryption.NONE;
            case ALWAYS -> true;
            case NEVER -> false;
        };
    }
}
