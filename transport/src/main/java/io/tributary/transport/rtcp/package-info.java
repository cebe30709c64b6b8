/// RTCP: compound packets read into a visitor and written into an array (RFC 3550 §6, RFC 4585, RFC 5104), with
/// transport-wide feedback (draft-holmer-rmcat-transport-wide-cc-extensions-01).
///
/// Runs on: the media loop of the peer.
/// Must not know: keys, streams, what to do about a report.
/// Read first: [RtcpReader].
@NullMarked
@RunsOn(ANY)
package io.tributary.transport.rtcp;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
