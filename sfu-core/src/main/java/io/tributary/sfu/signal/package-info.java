/// LiveKit's signalling: what goes over a participant's WebSocket, and the SDP that follows from it.
///
/// Runs on: the control loop, but for [SignalRoute], [SignalReader] and pings, which run on the WebSocket's own thread.
/// Must not know: packets, sockets, how a room decides.
/// Read first: [Answerer], then [Offerer].
@NullMarked
@RunsOn(CONTROL)
package io.tributary.sfu.signal;

import static io.tributary.transport.loop.RunsOn.Plane.CONTROL;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
