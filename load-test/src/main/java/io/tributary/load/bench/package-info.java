/// The operations of the packet path, measured one by one with JMH. Compare ratios within one run, not runs.
///
/// Runs on: JMH's threads.
/// Must not know: sockets.
/// Read first: [Benchmarks].
@NullMarked
@RunsOn(ANY)
package io.tributary.load.bench;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
