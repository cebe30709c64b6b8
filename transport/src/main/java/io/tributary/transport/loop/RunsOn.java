package io.tributary.transport.loop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The plane whose thread a package's code runs on. A package has one.
@Target(ElementType.PACKAGE)
@Retention(RetentionPolicy.RUNTIME)
public @interface RunsOn {
    Plane value();

    /// Packets run on `MEDIA`, decisions on `CONTROL`, sockets and files on `EDGE`; `ANY` holds no state of its own or
    /// says at each type who may call it.
    enum Plane {
        MEDIA,
        CONTROL,
        EDGE,
        ANY
    }
}
