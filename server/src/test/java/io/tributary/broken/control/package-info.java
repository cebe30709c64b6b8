/// Code that breaks a rule of the architecture on purpose.
@NullMarked
@RunsOn(CONTROL)
package io.tributary.broken.control;

import static io.tributary.transport.loop.RunsOn.Plane.CONTROL;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
