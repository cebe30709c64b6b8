/// One WebRTC connection: ICE, DTLS, SRTP, RTP and RTCP behind one object.
///
/// Runs on: the media loop that owns the peer.
/// Must not know: rooms, tracks of other peers, signalling.
/// Read first: [PeerTransport].
@NullMarked
@RunsOn(MEDIA)
package io.tributary.transport.peer;

import static io.tributary.transport.loop.RunsOn.Plane.MEDIA;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
