/// HTTP and WebSocket as the rest of the program sees them: requests, replies, routes; no library's types.
///
/// Runs on: the edge's I/O threads call routes and listeners; replies and sends are welcome from any thread.
/// Must not know: the library that serves, what is served.
/// Read first: [Routes].
@NullMarked
@RunsOn(ANY)
package io.tributary.transport.http;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
