/// Session descriptions as values: the subset that browsers, libwebrtc, pion and aiortc send, read and written.
///
/// Reading is for hostile input: it never throws and its work is bounded. What the model has no word for is dropped
/// on reading (`c=`, `b=`, `a=rtcp`, `a=rtcp-xr`, `a=ptime`, `mslabel`, rid restrictions, groups other than BUNDLE);
/// what it has a word for survives a round trip.
///
/// Runs on: any thread; everything here is immutable or local to a call.
/// Must not know: rooms, tracks, what an answer should say.
/// Read first: [SessionDescription].
@NullMarked
@RunsOn(ANY)
package io.tributary.transport.sdp;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
