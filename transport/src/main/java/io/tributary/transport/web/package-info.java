/// HTTP and WebSocket on real sockets, by Vert.x. The only package that knows it.
///
/// Runs on: I/O threads of its own.
/// Must not know: what the routes do.
/// Read first: [HttpGateway].
@NullMarked
@RunsOn(EDGE)
package io.tributary.transport.web;

import static io.tributary.transport.loop.RunsOn.Plane.EDGE;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
