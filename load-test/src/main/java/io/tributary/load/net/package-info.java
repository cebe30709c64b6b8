/// The generator's sockets: hundreds of UDP sockets on one epoll, read and written many datagrams at a time.
///
/// Runs on: the generator's one loop. Linux only.
/// Must not know: STUN, RTP, calls.
/// Read first: [ClientLoop].
@NullMarked
@RunsOn(EDGE)
package io.tributary.load.net;

import static io.tributary.transport.loop.RunsOn.Plane.EDGE;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
