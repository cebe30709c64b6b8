/// Code that breaks a rule of the architecture on purpose.
@NullMarked
@RunsOn(MEDIA)
package io.tributary.broken.media;

import static io.tributary.transport.loop.RunsOn.Plane.MEDIA;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
