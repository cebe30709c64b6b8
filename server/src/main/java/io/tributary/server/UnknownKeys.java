package io.tributary.server;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// Finds what in a configuration file will have no effect and says so, one sentence a key: a key that LiveKit knows and
/// this server does not, or one that nobody knows, with the nearest that is known.
final class UnknownKeys {
    private UnknownKeys() {}

    static List<String> in(JsonNode root) {
        List<String> warnings = new ArrayList<>();
        collect("", root, warnings);
        return warnings;
    }

    private static void collect(String section, JsonNode node, List<String> warnings) {
        for (Map.Entry<String, JsonNode> entry : node.properties()) {
            String path = section + entry.getKey();
            JsonNode value = entry.getValue();
            Optional<ConfigKey> known = ConfigKeys.ALL.stream()
                    .filter(key -> key.path().equals(path))
                    .findFirst();
            if (known.isPresent() || value.isNull() || asksForWhatIs(path, value)) {
                continue;
            }
            String effect = ConfigKeys.NOT_YET.get(path);
            if (effect != null) {
                warnings.add(path + " has no effect: LiveKit knows it, Tributary does not (" + effect + ")");
            } else if (value.isObject() && isSection(path)) {
                collect(path + ".", value, warnings);
            } else {
                warnings.add(path + " is not known and has no effect" + nearest(path));
            }
        }
    }

    private static boolean isSection(String path) {
        return names().anyMatch(name -> name.startsWith(path + "."));
    }

    /// A value that asks for what happens anyway; a section when all of its keys do.
    private static boolean asksForWhatIs(String path, JsonNode value) {
        if (value.isObject() && !value.isEmpty()) {
            return value.properties().stream()
                    .allMatch(entry -> asksForWhatIs(path + "." + entry.getKey(), entry.getValue()));
        }
        return !value.isContainer() && value.asString().equals(ConfigKeys.ALREADY_SO.get(path));
    }

    private static Stream<String> names() {
        return Stream.concat(ConfigKeys.ALL.stream().map(ConfigKey::path), ConfigKeys.NOT_YET.keySet().stream());
    }

    private static String nearest(String path) {
        // The same name in another section is the commonest slip, and far away by edits.
        Optional<String> elsewhere = ConfigKeys.ALL.stream()
                .map(ConfigKey::path)
                .filter(known -> leaf(known).equals(leaf(path)))
                .findFirst();
        Optional<String> close = ConfigKeys.ALL.stream()
                .map(ConfigKey::path)
                .min(Comparator.comparingInt(known -> edits(known, path)))
                .filter(known -> edits(known, path) <= Math.max(2, leaf(path).length() / 3));
        return elsewhere
                .or(() -> close)
                .map(known -> "; did you mean " + known + "?")
                .orElse("");
    }

    private static String leaf(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /// Levenshtein's distance: how many letters to add, drop or change.
    static int edits(String one, String other) {
        int[] previous = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] row = new int[other.length() + 1];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int change = previous[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(change, Math.min(previous[j], row[j - 1]) + 1);
            }
            previous = row;
        }
        return previous[other.length()];
    }
}
