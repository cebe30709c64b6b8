/// What may be read of a media payload without a key: the payload descriptor and the few bytes that end-to-end
/// encryption leaves clear.
///
/// Runs on: any thread; the types hold no state but what they are filled with.
/// Must not know: keys, streams, who receives what.
/// Read first: [FrameFacts].
@NullMarked
@RunsOn(ANY)
package io.tributary.transport.codec;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
