/// Bytes in hand: who holds them, where they came from, why they were dropped.
///
/// Runs on: any thread; a [PacketPool] is taken from by one loop only.
/// Must not know: what the bytes mean.
/// Read first: [PacketBuffer].
@NullMarked
@RunsOn(ANY)
package io.tributary.transport.io;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
