/// A thread as a value: post to it, ask whether one is on it, read its clock, be woken by it.
///
/// Runs on: any thread; each type says who may call what.
/// Must not know: sockets, packets, rooms.
/// Read first: [Loop].
@NullMarked
@RunsOn(ANY)
package io.tributary.transport.loop;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import org.jspecify.annotations.NullMarked;
