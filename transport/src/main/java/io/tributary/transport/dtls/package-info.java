/// DTLS as the server side of a WebRTC connection: from ClientHello to SRTP keys (RFC 6347, RFC 5764, RFC 8827 §6.5).
///
/// Runs on: [DtlsEndpoint]s on their peer's media loop; a Bouncy Castle handshake itself on a virtual thread.
/// Must not know: ICE, RTP, rooms.
/// Read first: [DtlsEndpoint].
@NullMarked
@RunsOn(ANY)
package io.tributary.transport.dtls;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
