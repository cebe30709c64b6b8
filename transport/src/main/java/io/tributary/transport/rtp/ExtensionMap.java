package io.tributary.transport.rtp;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Which id stands for which header extension on one m-line, both ways (RFC 8285 §5). Immutable.
public final class ExtensionMap {
    private static final HeaderExtension[] ALL = HeaderExtension.values(); // before EMPTY, which needs it

    public static final ExtensionMap EMPTY = new ExtensionMap(Map.of());

    private static final int MAX_ID = 255; // RFC 8285 §4.3: the two-byte form's

    private final int[] idOf = new int[ALL.length];

    /// One more than the ordinal, 0 for none; as long as it has to be, since every m-line of a peer has a map.
    private final byte[] byId;

    /// @param ids wire ids, 1 to 255 (1 to 14 fit one-byte headers)
    public ExtensionMap(Map<HeaderExtension, Integer> ids) {
        int highestId = ids.values().stream().max(Integer::compare).orElse(0);
        if (highestId > MAX_ID) {
            throw new IllegalArgumentException("header extension id " + highestId + " is not in 1..255");
        }
        byId = new byte[Math.max(0, highestId) + 1];
        ids.forEach((extension, id) -> {
            if (id < 1) {
                throw new IllegalArgumentException("header extension id " + id + " is not in 1..255");
            }
            idOf[extension.ordinal()] = id;
            byId[id] = (byte) (extension.ordinal() + 1);
        });
    }

    /// The wire id, or 0 when not negotiated.
    public int id(HeaderExtension extension) {
        return idOf[extension.ordinal()];
    }

    public @Nullable HeaderExtension extension(int id) {
        int known = id < byId.length ? byId[id] : 0;
        return known == 0 ? null : ALL[known - 1];
    }

    public boolean has(HeaderExtension extension) {
        return idOf[extension.ordinal()] != 0;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ExtensionMap map && Arrays.equals(idOf, map.idOf);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(idOf);
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
