/// Moves RTP from tracks to forwarders, and is the control plane's only way there and back.
///
/// Runs on: [MediaPlane] and events on any thread; a [Router] on the media loop that built it.
/// Must not know: WebSockets, protobuf, rooms and permissions.
/// Read first: [MediaPlane], then [Router]; [MediaLoops] finds the router for a call.
@NullMarked
@RunsOn(ANY)
package io.tributary.sfu.router;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
