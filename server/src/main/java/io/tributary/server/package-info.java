/// The program: reads the command line and the configuration, says what it is going to do, and starts it.
///
/// Runs on: the main thread; `Wiring` is the only place that knows every module.
/// Must not know: how a packet or a signal is handled.
/// Read first: [Main], then [ServerConfig].
@NullMarked
@RunsOn(EDGE)
package io.tributary.server;

import static io.tributary.transport.loop.RunsOn.Plane.EDGE;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
