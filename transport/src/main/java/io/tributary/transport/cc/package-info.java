/// Congestion control: what a receiver must tell a sender that paces itself, and what we infer from what we are told.
///
/// Runs on: the media loop that owns the peer.
/// Must not know: sockets, keys, tracks.
/// Read first: [TwccReceiver].
@NullMarked
@RunsOn(MEDIA)
package io.tributary.transport.cc;

import static io.tributary.transport.loop.RunsOn.Plane.MEDIA;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
