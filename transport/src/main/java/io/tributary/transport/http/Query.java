package io.tributary.transport.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The parameters of a query string or of a form body (application/x-www-form-urlencoded), decoded.
///
/// Forgiving where clients are careless: empty segments (`a=1&&b=2`) are skipped, a name without `=` has the empty
/// value, and a percent sign that starts no escape stands for itself.
public final class Query {
    private final Map<String, List<String>> values;

    private Query(Map<String, List<String>> values) {
        this.values = values;
    }

    public static Query parse(String raw) {
        var values = new LinkedHashMap<String, List<String>>();
        int from = 0;
        while (from < raw.length()) {
            int end = raw.indexOf('&', from);
            if (end < 0) {
                end = raw.length();
            }
            if (end > from) {
                int equals = raw.indexOf('=', from);
                boolean bare = equals < 0 || equals > end;
                String name = decode(raw.substring(from, bare ? end : equals));
                String value = bare ? "" : decode(raw.substring(equals + 1, end));
                values.computeIfAbsent(name, _ -> new ArrayList<>(1)).add(value);
            }
            from = end + 1;
        }
        return new Query(values);
    }

    /// The first value of `name`.
    public Optional<String> first(String name) {
        return all(name).stream().findFirst();
    }

    /// All values of `name` in the order sent.
    public List<String> all(String name) {
        return List.copyOf(values.getOrDefault(name, List.of()));
    }

    private static String decode(String raw) {
        if (raw.indexOf('%') < 0 && raw.indexOf('+') < 0) {
            return raw;
        }
        byte[] in = raw.getBytes(StandardCharsets.UTF_8);
        var out = new ByteArrayOutputStream(in.length);
        for (int i = 0; i < in.length; i++) {
            int escaped = in[i] == '%' && i + 2 < in.length ? hex(in[i + 1]) << 4 | hex(in[i + 2]) : -1;
            if (escaped >= 0) {
                out.write(escaped);
                i += 2;
            } else {
                out.write(in[i] == '+' ? ' ' : in[i]);
            }
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static int hex(byte digit) {
        return Character.digit(digit, 16);
    }
}
