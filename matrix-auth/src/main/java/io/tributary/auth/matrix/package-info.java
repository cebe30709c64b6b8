/// Matrix words: server names, user ids, errors; and the way to another homeserver: discovery, address rules, the one
/// question that is asked there.
///
/// Runs on: virtual threads of the caller's; waiting is allowed, but never without a deadline.
/// Must not know: tokens, rooms, who may do what.
/// Read first: [ServerName], then [ServerDiscovery].
@NullMarked
@RunsOn(ANY)
package io.tributary.auth.matrix;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
