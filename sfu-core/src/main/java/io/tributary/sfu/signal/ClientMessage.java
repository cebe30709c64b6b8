package io.tributary.sfu.signal;

import io.tributary.sfu.room.RoomIntent;

/// What a client's signalling message asks for.
sealed interface ClientMessage {
    /// For the connection the client publishes on, or its only one.
    record Offer(int id, String sdp) implements ClientMessage {}

    /// To an offer of ours; id 0 where the client does not echo ids.
    record Answer(int id, String sdp) implements ClientMessage {}

    /// A request that the room decides.
    record Intent(RoomIntent intent) implements ClientMessage {}

    /// The old ping: milliseconds of the client's clock.
    record Ping(long timestampMillis) implements ClientMessage {}

    /// The new one, whose answer echoes its time.
    record PingRequest(long timestampMillis) implements ClientMessage {}

    /// Nothing to do: candidates (the client reaches us, not we it), and variants that we do not know.
    record Ignored() implements ClientMessage {}

    record Malformed(String reason) implements ClientMessage {}
}
