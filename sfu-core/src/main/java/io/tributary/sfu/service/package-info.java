/// LiveKit's RoomService over Twirp: rooms administered from outside, and the messages for asking another server to.
///
/// Runs on: the edge's I/O threads; rooms answer from the control loop.
/// Must not know: sockets, Matrix.
/// Read first: [RoomService].
@NullMarked
@RunsOn(ANY)
package io.tributary.sfu.service;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
