/// RTP packets as flyweights over the bytes that carry them (RFC 3550, RFC 8285).
///
/// Runs on: the media loop that owns the buffer.
/// Must not know: keys, rooms, sockets.
/// Read first: [RtpPacket].
@NullMarked
@RunsOn(ANY)
package io.tributary.transport.rtp;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
