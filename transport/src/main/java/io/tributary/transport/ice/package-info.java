/// ICE-lite over UDP: STUN, credentials, candidates, and which tuple a peer may be reached at (RFC 8445, RFC 8489).
///
/// Runs on: the media loop that owns the peer.
/// Must not know: DTLS, RTP, sockets.
/// Read first: [IceAgent].
@NullMarked
@RunsOn(ANY)
package io.tributary.transport.ice;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
