package io.tributary.frames;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The suites a program may use, by number. Immutable: a program that takes one more, or refuses the short tags,
/// says so once and passes its own registry on.
public final class SFrameSuites {
    private static final SFrameSuites RFC_9605 =
            none().with(AesCtrHmacSuite.values()).with(AesGcmSuite.values());

    private final Map<Integer, SFrameSuite> byId;

    private SFrameSuites(Map<Integer, SFrameSuite> byId) {
        this.byId = byId;
    }

    /// The five suites of RFC 9605.
    public static SFrameSuites rfc9605() {
        return RFC_9605;
    }

    public static SFrameSuites none() {
        return new SFrameSuites(Map.of());
    }

    /// These and some more. A suite replaces the one with its number.
    public SFrameSuites with(SFrameSuite... suites) {
        Map<Integer, SFrameSuite> all = new TreeMap<>(byId);
        for (SFrameSuite suite : suites) {
            all.put(suite.id(), suite);
        }
        return new SFrameSuites(all);
    }

    /// The suite with this number of IANA's registry.
    public Optional<SFrameSuite> find(int id) {
        return Optional.ofNullable(byId.get(id));
    }

    /// The suite with this name of IANA's registry.
    public Optional<SFrameSuite> find(String name) {
        return byId.values().stream().filter(suite -> suite.name().equals(name)).findFirst();
    }

    /// All of them, by number.
    public Collection<SFrameSuite> all() {
        return byId.values();
    }
}
