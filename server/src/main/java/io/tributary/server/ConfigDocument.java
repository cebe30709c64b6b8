package io.tributary.server;

import io.tributary.sfu.room.EncryptionRules;
import io.tributary.sfu.room.RequireE2ee;
import io.tributary.transport.netty.UdpShard.SendPath;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.srtp.SrtpProviders;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/// A parsed configuration file that is asked for one key after the other and keeps what was wrong with the
/// answers. A wrong value is answered with the fallback, so that reading goes on and finds the other mistakes too;
/// whoever asked must look at [#problems] before using anything.
final class ConfigDocument {
    private static final Pattern PORT_RANGE = Pattern.compile("(\\d{1,5})\\s*-\\s*(\\d{1,5})");

    /// What livekit-server lists beside codecs that we forward: its default list must be a valid one.
    private static final Set<String> NEVER_FORWARDED = Set.of("audio/red", "audio/pcmu", "audio/pcma", "video/rtx");

    private final JsonNode root;
    private final List<String> problems = new ArrayList<>();

    ConfigDocument(JsonNode root) {
        this.root = root;
    }

    List<String> problems() {
        return problems;
    }

    /// Whether the key is there with a value.
    boolean has(ConfigKey key) {
        return node(key).isPresent();
    }

    void problem(ConfigKey key, String value) {
        problems.add(key.path() + ": " + value + " is not allowed; allowed is " + key.allowed());
    }

    void problem(String sentence) {
        problems.add(sentence);
    }

    int number(ConfigKey key, int lowest, int highest, int fallback) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return fallback;
        }
        Optional<Integer> number = wholeNumber(text.get());
        if (number.isEmpty() || number.get() < lowest || number.get() > highest) {
            problem(key, text.get());
            return fallback;
        }
        return number.get();
    }

    boolean flag(ConfigKey key, boolean fallback) {
        return switch (text(key).orElse(Boolean.toString(fallback))) {
            case "true" -> true;
            case "false" -> false;
            case String other -> {
                problem(key, other);
                yield fallback;
            }
        };
    }

    Duration duration(ConfigKey key, Duration shortest, Duration longest, Duration fallback) {
        Optional<String> text = text(key);
        if (text.isEmpty()) {
            return fallback;
        }
        Optional<Duration> duration = Durations.parse(text.get())
                .filter(value -> value.compareTo(shortest) >= 0 && value.compareTo(longest) <= 0);
        if (duration.isEmpty()) {
            problem(key, text.get());
        }
        return duration.orElse(fallback);
    }

    LogLevel logLevel(ConfigKey key, LogLevel fallback) {
        return switch (text(key).orElse(fallback.name()).toLowerCase(Locale.ROOT)) {
            case "debug" -> LogLevel.DEBUG;
            case "info" -> LogLevel.INFO;
            case "warn", "warning" -> LogLevel.WARN;
            case "error" -> LogLevel.ERROR;
            case String other -> {
                problem(key, other);
                yield fallback;
            }
        };
    }

    RequireE2ee requireE2ee(ConfigKey key, RequireE2ee fallback) {
        Optional<String> text = text(key);
        return text.map(word -> requireE2ee(key, word).orElse(fallback)).orElse(fallback);
    }

    /// In the order in which they are written.
    List<EncryptionRules.ForRooms> encryptionByRoom(ConfigKey key) {
        List<EncryptionRules.ForRooms> rules = new ArrayList<>();
        Optional<JsonNode> node = node(key);
        if (node.isPresent() && !node.get().isObject()) {
            problem(key, node.get().isArray() ? "a list" : node.get().asString());
            return rules;
        }
        for (Map.Entry<String, JsonNode> entry : node.map(JsonNode::properties).orElseGet(Set::of)) {
            requireE2ee(key, entry.getValue().asString())
                    .ifPresent(require -> rules.add(new EncryptionRules.ForRooms(entry.getKey(), require)));
        }
        return rules;
    }

    private Optional<RequireE2ee> requireE2ee(ConfigKey key, String word) {
        Optional<RequireE2ee> require = RequireE2ee.parse(word);
        if (require.isEmpty()) {
            problem(key, word);
        }
        return require;
    }

    SendPath sendPath(ConfigKey key) {
        return switch (text(key).orElse("segments").toLowerCase(Locale.ROOT)) {
            case "segments" -> SendPath.SEGMENTS;
            case "sendmmsg" -> SendPath.SENDMMSG;
            case "portable" -> SendPath.PORTABLE;
            case String other -> {
                problem(key, other);
                yield SendPath.SEGMENTS;
            }
        };
    }

    SrtpProviders.Choice srtpCiphers(ConfigKey key) {
        return switch (text(key).orElse("auto").toLowerCase(Locale.ROOT)) {
            case "auto" -> SrtpProviders.Choice.AUTO;
            case "ipsec-mb" -> SrtpProviders.Choice.IPSEC_MB;
            case "openssl" -> SrtpProviders.Choice.OPENSSL;
            case "jdk" -> SrtpProviders.Choice.JDK;
            case String other -> {
                problem(key, other);
                yield SrtpProviders.Choice.AUTO;
            }
        };
    }

    /// Literal addresses; names are not looked up, because the answer could be another one tomorrow.
    List<InetAddress> addresses(ConfigKey key) {
        List<InetAddress> addresses = new ArrayList<>();
        for (String text : texts(key)) {
            try {
                addresses.add(InetAddress.ofLiteral(text));
            } catch (IllegalArgumentException e) {
                problem(key, text);
            }
        }
        return addresses;
    }

    /// One port or a range; empty when the key is absent, or 0 as in LiveKit's own default.
    Optional<UdpPorts> udpPorts(ConfigKey key) {
        Optional<String> text = text(key).filter(value -> !value.equals("0"));
        if (text.isEmpty()) {
            return Optional.empty();
        }
        Matcher range = PORT_RANGE.matcher(text.get());
        Optional<Integer> first = wholeNumber(range.matches() ? range.group(1) : text.get());
        Optional<Integer> last = range.matches() ? wholeNumber(range.group(2)) : first;
        if (first.isEmpty()
                || last.isEmpty()
                || first.get() < 1
                || last.get() > ConfigKeys.LAST_PORT
                || last.get() < first.get()) {
            problem(key, text.get());
            return Optional.empty();
        }
        return Optional.of(new UdpPorts(first.get(), last.get()));
    }

    /// Names and secrets, either as a mapping or as lines of `name: secret`. No problem ever quotes a secret.
    Map<String, ApiSecret> secrets(ConfigKey key) {
        Map<String, ApiSecret> secrets = new LinkedHashMap<>();
        Optional<JsonNode> node = node(key);
        if (node.isPresent() && node.get().isString()) {
            return secretLines(key, node.get().stringValue());
        }
        if (node.isPresent() && !node.get().isObject()) {
            problem(key, "this (not shown)");
            return secrets;
        }
        for (Map.Entry<String, JsonNode> entry : node.map(JsonNode::properties).orElseGet(Set::of)) {
            if (entry.getValue().isString() && !entry.getValue().stringValue().isBlank()) {
                secrets.put(entry.getKey(), new ApiSecret(entry.getValue().stringValue()));
            } else {
                problem(key.path() + "." + entry.getKey() + ": its value (not shown) is no text; put it in quotes");
            }
        }
        return secrets;
    }

    /// Lines of `name: secret`; empty ones and those that begin with `#` count for nothing.
    Map<String, ApiSecret> secretLines(ConfigKey key, String lines) {
        Map<String, ApiSecret> secrets = new LinkedHashMap<>();
        for (String line : lines.lines().map(String::strip).toList()) {
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            int colon = line.indexOf(':');
            String name = colon < 0 ? "" : line.substring(0, colon).strip();
            String secret = unquoted(line.substring(colon + 1).strip());
            if (name.isEmpty() || secret.isEmpty()) {
                problem(key, "a line (not shown) that is not `name: secret`");
            } else {
                secrets.put(name, new ApiSecret(secret));
            }
        }
        return secrets;
    }

    /// Codecs by the `mime` of each element, in their order.
    List<Codec> codecs(ConfigKey key, List<Codec> fallback) {
        Optional<JsonNode> node = node(key);
        if (node.isEmpty()) {
            return fallback;
        }
        if (!node.get().isArray()) {
            problem(key, "no list");
            return fallback;
        }
        List<Codec> codecs = new ArrayList<>();
        for (JsonNode element : node.get()) {
            String mime = element.path("mime").asString("").strip();
            Optional<Codec> codec =
                    Codec.named(mime).filter(named -> named.mimeType().equalsIgnoreCase(mime));
            if (codec.isPresent()) {
                codecs.add(codec.get());
            } else if (!NEVER_FORWARDED.contains(mime.toLowerCase(Locale.ROOT))) {
                problem(key, mime.isEmpty() ? "an element without mime" : mime);
            }
        }
        return codecs.stream().distinct().toList();
    }

    /// Names and scalars.
    Map<String, String> mapping(ConfigKey key) {
        Optional<JsonNode> node = node(key);
        if (node.isPresent() && !node.get().isObject()) {
            problem(key, "what is there");
            return Map.of();
        }
        return node.map(there -> scalars(key, there)).orElseGet(Map::of);
    }

    /// A list of such.
    List<Map<String, String>> mappings(ConfigKey key) {
        Optional<JsonNode> node = node(key);
        if (node.isEmpty()) {
            return List.of();
        }
        List<Map<String, String>> mappings = new ArrayList<>();
        if (!node.get().isArray()) {
            problem(key, "what is there");
            return mappings;
        }
        for (JsonNode element : node.get()) {
            if (element.isObject()) {
                mappings.add(scalars(key, element));
            } else {
                problem(key, "an element that is no mapping");
            }
        }
        return mappings;
    }

    private Map<String, String> scalars(ConfigKey key, JsonNode object) {
        Map<String, String> scalars = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            if (entry.getValue().isContainer() || entry.getValue().isNull()) {
                problem(key, "the value of " + entry.getKey());
            } else {
                scalars.put(entry.getKey(), entry.getValue().asString().strip());
            }
        }
        return scalars;
    }

    /// A scalar as it was written; a problem when there is a list or a section in its place.
    Optional<String> text(ConfigKey key) {
        Optional<JsonNode> node = node(key);
        if (node.isPresent() && node.get().isContainer()) {
            problem(key, node.get().isArray() ? "a list" : "a section");
            return Optional.empty();
        }
        return node.map(value -> value.asString().strip());
    }

    /// Each element of a list, or the scalar in its place.
    List<String> texts(ConfigKey key) {
        Optional<JsonNode> node = node(key);
        if (node.isEmpty() || !node.get().isArray()) {
            return text(key).map(List::of).orElse(List.of());
        }
        List<String> texts = new ArrayList<>();
        for (JsonNode element : node.get()) {
            texts.add(
                    element.isContainer()
                            ? "a list or section in it"
                            : element.asString().strip());
        }
        return texts;
    }

    private Optional<JsonNode> node(ConfigKey key) {
        JsonNode node = root;
        for (String name : key.names()) {
            node = node.path(name);
        }
        return node.isMissingNode() || node.isNull() ? Optional.empty() : Optional.of(node);
    }

    private static Optional<Integer> wholeNumber(String text) {
        return text.matches("-?\\d{1,9}") ? Optional.of(Integer.parseInt(text)) : Optional.empty();
    }

    private static String unquoted(String text) {
        boolean quoted = text.length() >= 2
                && (text.charAt(0) == '"' || text.charAt(0) == '\'')
                && text.charAt(text.length() - 1) == text.charAt(0);
        return quoted ? text.substring(1, text.length() - 1) : text;
    }
}
