/// Who may do what: policies over verified facts, the names that calls and devices get at the SFU, and the two ports
/// through which a decision takes effect there.
///
/// Runs on: any thread.
/// Must not know: HTTP, how somebody was verified, the SFU behind [RoomAdmission] and [TokenMinter].
/// Read first: [AccessPolicy].
@NullMarked
@RunsOn(ANY)
package io.tributary.auth.access;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
