/// LiveKit access tokens: what they grant, how they are checked and how they are renewed.
///
/// Runs on: any thread; nothing here keeps state.
/// Must not know: rooms that exist, sockets, Matrix.
/// Read first: [TokenVerifier].
@NullMarked
@RunsOn(ANY)
package io.tributary.sfu.token;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
