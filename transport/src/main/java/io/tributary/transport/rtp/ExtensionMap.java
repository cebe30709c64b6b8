package io.tributary.transport.rtp;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which id stands for which header extension on one m-line, both ways (RFC 8285 §5). Immutable.
public final class ExtensionMap {
    private static final HeaderExtension[] ALL = HeaderExtension.values(); // before EMPTY, which needs it

    public static final ExtensionMap EMPTY = new ExtensionMap(Map.of());

    private final int[] idOf = new int[ALL.length];
    private final @Nullable HeaderExtension[] byId = new @Nullable HeaderExtension[256];

    /// @param ids wire ids, 1 to 255 (1 to 14 fit one-byte headers)
    public ExtensionMap(Map<HeaderExtension, Integer> ids) {
        ids.forEach((extension, id) -> {
            if (id < 1 || id > 255) {
                throw new IllegalArgumentException("header extension id " + id + " is not in 1..255");
            }
            idOf[extension.ordinal()] = id;
            byId[id] = extension;
        });
    }

    /// The wire id, or 0 when not negotiated.
    public int id(HeaderExtension extension) {
        return idOf[extension.ordinal()];
    }

    public @Nullable HeaderExtension extension(int id) {
        return byId[id];
    }

    public boolean has(HeaderExtension extension) {
        return idOf[extension.ordinal()] != 0;
    }

    public Map<HeaderExtension, Integer> ids() {
        var ids = new EnumMap<HeaderExtension, Integer>(HeaderExtension.class);
        for (HeaderExtension extension : ALL) {
            if (has(extension)) {
                ids.put(extension, id(extension));
            }
        }
        return ids;
    }
}
