/// Cameras and microphones that send what looks like media to a server, and what checks every packet that comes back.
///
/// Runs on: the generator's one loop.
/// Must not know: signalling, SDP.
/// Read first: [TestPayload], [ReceivedStream].
@NullMarked
@RunsOn(MEDIA)
package io.tributary.load.media;

import static io.tributary.transport.loop.RunsOn.Plane.MEDIA;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
