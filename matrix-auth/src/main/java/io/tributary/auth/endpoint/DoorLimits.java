package io.tributary.auth.endpoint;

import java.time.Duration;

/// How much the door takes on. One person who joins a call asks up to five times within a second, and a lecture of five
/// hundred begins at the top of the hour behind one address: that has to pass. Clients take a refusal for final, so
/// what is too much is first delayed and only then refused.
///
/// @param perSource token requests of one address; of one /64 for IPv6
/// @param perUser token requests of one verified user
/// @param perServer verifications at one homeserver that the operator doesn't know
/// @param patience how long a request is delayed at most before it is refused
/// @param maxBodyBytes of a request
/// @param maxPending requests at work at the same time; more are refused at once, so that memory has a bound
/// @param maxOutbound verifications at the same time at homeservers that the operator doesn't know
/// @param maxOutboundKnown the same at those that the operator named, so that strangers can't crowd them out; one of
///     them gets half
/// @param maxOutboundPerServer verifications at the same time at one homeserver that the operator doesn't know
/// @param verification for verifying one user, discovery and waiting included
/// @param total for one request, whatever it waits for
public record DoorLimits(
        Rate perSource,
        Rate perUser,
        Rate perServer,
        Duration patience,
        int maxBodyBytes,
        int maxPending,
        int maxOutbound,
        int maxOutboundKnown,
        int maxOutboundPerServer,
        Duration verification,
        Duration total) {
    /// 2,500 requests are the lecture; what follows at ten a second are latecomers.
    private static final Rate PER_SOURCE = new Rate(2500, 600);

    /// One join costs up to five, a change of the delayed event one more.
    private static final Rate PER_USER = new Rate(60, 60);

    /// Another organisation's whole lecture, then more than any one of them needs.
    private static final Rate PER_SERVER = new Rate(1000, 600);

    public static DoorLimits usual() {
        return new DoorLimits(
                PER_SOURCE,
                PER_USER,
                PER_SERVER,
                Duration.ofSeconds(5),
                64 << 10,
                5000,
                256,
                64,
                8,
                Duration.ofSeconds(10),
                Duration.ofSeconds(12));
    }

    public DoorLimits {
        if (patience.isNegative() || verification.compareTo(total) > 0 || patience.compareTo(total) > 0) {
            throw new IllegalArgumentException("a request may not wait for longer than it may take");
        }
        if (maxBodyBytes < 1 || maxPending < 1 || maxOutbound < 1 || maxOutboundKnown < 1 || maxOutboundPerServer < 1) {
            throw new IllegalArgumentException("a limit below one lets nobody in");
        }
    }
}
