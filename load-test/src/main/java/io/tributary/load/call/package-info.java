/// A call of simulated participants: LiveKit's signalling as a client speaks it, descriptions, who publishes what.
///
/// Runs on: the generator's one loop; [SignalLink] hears its socket elsewhere and posts.
/// Must not know: how results are judged and printed.
/// Read first: [Call], [Participant].
@NullMarked
@RunsOn(EDGE)
package io.tributary.load.call;

import static io.tributary.transport.loop.RunsOn.Plane.EDGE;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
