package io.tributary.auth.matrix;

import java.util.List;

/// What came of looking for a homeserver.
public sealed interface Discovery {
    /// @param destinations in the order to try them; never empty
    record Found(List<Destination> destinations) implements Discovery {
        public Found {
            destinations = List.copyOf(destinations);
        }

        static Found one(Destination destination) {
            return new Found(List.of(destination));
        }
    }

    /// @param detail for the log
    record Lost(ServerTrouble trouble, String detail) implements Discovery {}
}
