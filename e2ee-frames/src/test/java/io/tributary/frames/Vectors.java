package io.tributary.frames;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Recorded or published data: a kind and `name=value` fields on each line, `#` begins a comment.
record Vectors(String line, Map<String, String> fields) {
    static List<Vectors> of(String file, String kind) {
        try (InputStream in = Vectors.class.getResourceAsStream(file)) {
            List<Vectors> found = new ArrayList<>();
            for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
                String[] words = line.split(" ", -1);
                if (words[0].equals(kind)) {
                    Map<String, String> fields = new HashMap<>();
                    for (int i = 1; i < words.length; i++) {
                        int equals = words[i].indexOf('=');
                        fields.put(words[i].substring(0, equals), words[i].substring(equals + 1));
                    }
                    found.add(new Vectors(line, fields));
                }
            }
            return found;
        } catch (IOException e) {
            throw new IllegalStateException(file, e);
        }
    }

    String text(String name) {
        return Objects.requireNonNull(fields.get(name), name);
    }

    long number(String name) {
        return Long.parseUnsignedLong(text(name));
    }

    byte[] bytes(String name) {
        return HexFormat.of().parseHex(text(name));
    }

    @Override
    public String toString() {
        return line.substring(0, Math.min(80, line.length()));
    }
}
