/// Media on real sockets, by Netty: the loops that own everything and the UDP sockets they read and write. The only
/// package that knows Netty.
///
/// Runs on: the media loops, which it starts.
/// Must not know: what is in a datagram.
/// Read first: [NettyLoop].
@NullMarked
@RunsOn(EDGE)
package io.tributary.transport.netty;

import static io.tributary.transport.loop.RunsOn.Plane.EDGE;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
