/// The token service as clients see it: `/get_token`, its older sister `/sfu/get`, and health.
///
/// Runs on: virtual threads of the caller's, two a request, one after the other.
/// Must not know: the SFU, the program's configuration file.
/// Read first: [TokenDoor].
@NullMarked
@RunsOn(ANY)
package io.tributary.auth.endpoint;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
