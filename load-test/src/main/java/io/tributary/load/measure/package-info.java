/// What a run is judged by: the server's processor time and memory from outside, what arrived, and the generator's own
/// load.
///
/// Runs on: the thread that asks.
/// Must not know: the command line.
/// Read first: [Session].
@NullMarked
@RunsOn(EDGE)
package io.tributary.load.measure;

import static io.tributary.transport.loop.RunsOn.Plane.EDGE;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
