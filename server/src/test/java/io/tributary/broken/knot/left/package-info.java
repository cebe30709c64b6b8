/// Code that breaks a rule of the architecture on purpose.
@NullMarked
@RunsOn(ANY)
package io.tributary.broken.knot.left;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
