/// The client's half of a WebRTC connection: full ICE with one host candidate, DTLS as client or server, SRTP, RTCP.
///
/// Runs on: the generator's one loop.
/// Must not know: signalling, what the media means.
/// Read first: [ClientPeer].
@NullMarked
@RunsOn(MEDIA)
package io.tributary.load.peer;

import static io.tributary.transport.loop.RunsOn.Plane.MEDIA;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
