/// Where packets go: which of a track's packets one subscriber gets, and how they look to it.
///
/// Runs on: the media loop of the subscriber.
/// Must not know: signalling, rooms, other subscribers.
/// Read first: [SubscriberForwarder], then [LayerSelector] and [HeaderRewriter].
@NullMarked
@RunsOn(MEDIA)
package io.tributary.sfu.forward;

import static io.tributary.transport.loop.RunsOn.Plane.MEDIA;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
