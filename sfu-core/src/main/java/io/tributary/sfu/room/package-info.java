/// Decides who is in a room, who may publish and who receives what.
///
/// Runs on: the control loop. A [Room] is a pure state machine: an intent and a time go in, effects come out in order.
/// Must not know: protobuf, SDP, sockets, threads, clocks.
/// Read first: [RoomIntent] and [RoomEffect], then [Room].
@NullMarked
@RunsOn(CONTROL)
package io.tributary.sfu.room;

import static io.tributary.transport.loop.RunsOn.Plane.CONTROL;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
