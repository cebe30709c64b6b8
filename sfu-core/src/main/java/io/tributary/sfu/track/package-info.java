/// Where packets come from: a published track, its layers, its history, and the fanout that feeds others.
///
/// Runs on: the media loop of the track's publisher, or of the mirror.
/// Must not know: signalling, SDP, who the subscribers are.
/// Read first: [PublishedTrack].
@NullMarked
@RunsOn(MEDIA)
package io.tributary.sfu.track;

import static io.tributary.transport.loop.RunsOn.Plane.MEDIA;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
