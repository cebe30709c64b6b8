/// The generator's command line: what to load, how long, and how the result is told.
///
/// Runs on: the thread that was started.
/// Read first: [LoadTest].
@NullMarked
@RunsOn(EDGE)
package io.tributary.load.cli;

import static io.tributary.transport.loop.RunsOn.Plane.EDGE;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
