/// SRTP and SRTCP in place (RFC 3711, RFC 7714), behind a small choice of cipher providers.
///
/// Runs on: the media loop of the peer whose keys they are.
/// Must not know: DTLS, ICE, what a packet means.
/// Read first: [SrtpContext].
@NullMarked
@RunsOn(ANY)
package io.tributary.transport.srtp;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
