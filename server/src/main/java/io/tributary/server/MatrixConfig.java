package io.tributary.server;

import io.tributary.auth.endpoint.DoorSettings;
import io.tributary.transport.http.OutboundTrust;
import java.time.Duration;

/// What an operator decided about Matrix users.
///
/// @param door who gets in, and how much of it at once
/// @param trust whose certificates count when homeservers, or another SFU, are asked
/// @param canUpdateOwnMetadata whether participants may say something about themselves
/// @param firstUse how long a token may wait until its bearer is in a room for the first time
public record MatrixConfig(DoorSettings door, OutboundTrust trust, boolean canUpdateOwnMetadata, Duration firstUse) {}
