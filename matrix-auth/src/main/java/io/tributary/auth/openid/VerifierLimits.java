package io.tributary.auth.openid;

import java.time.Duration;

/// How much is asked of homeservers.
///
/// @param patience how long one waits for its turn
/// @param total for one verification, waiting included
/// @param maxStrangers at the same time at homeservers that the operator did not name
/// @param maxKnown at the same time at those it did
/// @param maxPerStranger at the same time at one of the former
public record VerifierLimits(Duration patience, Duration total, int maxStrangers, int maxKnown, int maxPerStranger) {}
