package io.tributary.server;

import io.tributary.sfu.room.EncryptionRules;
import io.tributary.sfu.room.RequireE2ee;
import io.tributary.transport.rtp.Codec;
import java.io.IOException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Reads LiveKit's `config.yaml` into a [ServerConfig]. A value that cannot be meant refuses the whole file; a key
/// that has no effect is a warning.
public final class ConfigReader {
    /// A day is the most that a room may outlive its people.
    private static final Duration LONGEST_TIMEOUT = Duration.ofDays(1);

    /// Refreshed tokens live ten minutes or more; one minute is for the way to the client.
    private static final Duration LONGEST_REFRESH = Duration.ofMinutes(9);

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private ConfigReader() {}

    /// What was read, and what to tell the operator about it.
    ///
    /// @param warnings a sentence each, without secrets
    public record Reading(ServerConfig config, List<String> warnings) {
        public Reading {
            warnings = List.copyOf(warnings);
        }

        /// With more to tell.
        Reading and(List<String> more) {
            List<String> all = new ArrayList<>(warnings);
            all.addAll(more);
            return new Reading(config, all);
        }
    }

    /// Reads everything and checks it.
    ///
    /// @param yaml the file's text; empty for none
    /// @param overrides values from the command line and the environment, which win over the file's
    /// @param development LiveKit's `--dev`: its well-known key when there is none, and only loopback addresses
    /// @throws InvalidConfigException naming every value that is not allowed
    public static Reading read(String yaml, Map<ConfigKey, List<String>> overrides, boolean development)
            throws InvalidConfigException {
        ObjectNode root = parse(yaml);
        overrides.forEach((key, values) -> put(root, key, values));
        ConfigDocument document = new ConfigDocument(root);
        List<String> warnings = new ArrayList<>(UnknownKeys.in(root));

        Map<String, ApiSecret> keys = keys(document, development);
        List<InetAddress> bindAddresses = document.addresses(ConfigKeys.BIND_ADDRESSES);
        if (bindAddresses.isEmpty() && development) {
            bindAddresses = List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));
        }
        ServerConfig.Http http = new ServerConfig.Http(
                document.number(ConfigKeys.PORT, 0, ConfigKeys.LAST_PORT, 7880), everyAddressIsNone(bindAddresses));
        ServerConfig.Media media = media(document, http.bindAddresses());
        ServerConfig.RoomDefaults rooms = new ServerConfig.RoomDefaults(
                document.flag(ConfigKeys.AUTO_CREATE, true),
                document.duration(ConfigKeys.EMPTY_TIMEOUT, Duration.ZERO, LONGEST_TIMEOUT, Duration.ofSeconds(300)),
                document.duration(ConfigKeys.DEPARTURE_TIMEOUT, Duration.ZERO, LONGEST_TIMEOUT, Duration.ofSeconds(20)),
                document.number(ConfigKeys.MAX_PARTICIPANTS, 0, Integer.MAX_VALUE, 0),
                document.codecs(ConfigKeys.ENABLED_CODECS, List.of(Codec.values())),
                document.duration(
                        ConfigKeys.TOKEN_REFRESH_INTERVAL,
                        Duration.ofSeconds(1),
                        LONGEST_REFRESH,
                        Duration.ofMinutes(5)),
                new EncryptionRules(
                        document.encryptionByRoom(ConfigKeys.REQUIRE_E2EE_BY_NAME),
                        document.requireE2ee(ConfigKeys.REQUIRE_E2EE, RequireE2ee.AUTO)));
        ServerConfig.Prometheus prometheus = prometheus(document);
        Optional<MatrixConfig> matrix = MatrixReader.read(document);
        LogLevel logLevel =
                document.logLevel(ConfigKeys.LOGGING_LEVEL, document.logLevel(ConfigKeys.LOG_LEVEL, LogLevel.INFO));

        if (!document.problems().isEmpty()) {
            throw new InvalidConfigException(document.problems());
        }
        ServerConfig config = new ServerConfig(http, media, keys, rooms, prometheus, matrix, logLevel);
        warnings.addAll(doubts(config));
        return new Reading(config, warnings);
    }

    private static ServerConfig.Media media(ConfigDocument document, List<InetAddress> httpBindAddresses) {
        List<InetAddress> bindAddresses = document.has(ConfigKeys.RTC_BIND_ADDRESSES)
                ? everyAddressIsNone(document.addresses(ConfigKeys.RTC_BIND_ADDRESSES))
                : httpBindAddresses;
        boolean onlyLoopback =
                !bindAddresses.isEmpty() && bindAddresses.stream().allMatch(InetAddress::isLoopbackAddress);
        return new ServerConfig.Media(
                udpPorts(document),
                bindAddresses,
                document.addresses(ConfigKeys.NODE_IP),
                document.flag(ConfigKeys.ENABLE_LOOPBACK_CANDIDATE, onlyLoopback),
                document.sendPath(ConfigKeys.UDP_SEND),
                document.srtpCiphers(ConfigKeys.SRTP_CIPHERS));
    }

    private static ServerConfig.Prometheus prometheus(ConfigDocument document) {
        int ofSection = document.number(ConfigKeys.PROMETHEUS_SECTION_PORT, 0, ConfigKeys.LAST_PORT, 0);
        int port = document.number(ConfigKeys.PROMETHEUS_PORT, 0, ConfigKeys.LAST_PORT, 0);
        String username = document.text(ConfigKeys.PROMETHEUS_USERNAME).orElse("");
        String password = document.text(ConfigKeys.PROMETHEUS_PASSWORD).orElse("");
        if (username.isEmpty() != password.isEmpty()) {
            document.problem(
                    username.isEmpty() ? ConfigKeys.PROMETHEUS_USERNAME : ConfigKeys.PROMETHEUS_PASSWORD, "none");
        }
        return new ServerConfig.Prometheus(port == 0 ? ofSection : port, username, new ApiSecret(password));
    }

    private static UdpPorts udpPorts(ConfigDocument document) {
        // Both are read whatever wins, so that a mistake in either is found.
        int first = document.number(ConfigKeys.PORT_RANGE_START, 0, ConfigKeys.LAST_PORT, 0);
        int last = document.number(ConfigKeys.PORT_RANGE_END, 0, ConfigKeys.LAST_PORT, 0);
        if ((first == 0) != (last == 0) || last < first) {
            document.problem(ConfigKeys.PORT_RANGE_END, first + " to " + last);
            return ConfigKeys.DEFAULT_UDP_PORTS;
        }
        UdpPorts fallback = first == 0 ? ConfigKeys.DEFAULT_UDP_PORTS : new UdpPorts(first, last);
        return document.udpPorts(ConfigKeys.UDP_PORT).orElse(fallback);
    }

    private static Map<String, ApiSecret> keys(ConfigDocument document, boolean development) {
        Map<String, ApiSecret> keys = new LinkedHashMap<>(document.secrets(ConfigKeys.KEYS));
        if (keys.isEmpty() && document.has(ConfigKeys.KEY_FILE)) {
            keys.putAll(keyFile(document, document.text(ConfigKeys.KEY_FILE).orElse("")));
        }
        if (keys.isEmpty() && development) {
            keys.put(ServerConfig.DEVELOPMENT_KEY, ServerConfig.DEVELOPMENT_SECRET);
        }
        if (keys.isEmpty() && document.problems().isEmpty()) {
            document.problem("keys: there is none, and nobody could join; allowed is " + ConfigKeys.KEYS.allowed()
                    + " (`generate-keys` makes a pair, `serve --dev` has one for trying things out)");
        }
        return keys;
    }

    private static Map<String, ApiSecret> keyFile(ConfigDocument document, String name) {
        Path file = Path.of(name);
        try {
            if (file.getFileSystem().supportedFileAttributeViews().contains("posix")
                    && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
                document.problem(ConfigKeys.KEY_FILE, file + ", which everybody can read,");
                return Map.of();
            }
            return document.secretLines(ConfigKeys.KEY_FILE, Files.readString(file));
        } catch (IOException e) {
            document.problem(ConfigKeys.KEY_FILE, file + ", which cannot be read,");
            return Map.of();
        }
    }

    /// What is allowed and still looks like a mistake.
    private static List<String> doubts(ServerConfig config) {
        List<String> doubts = new ArrayList<>();
        config.keys().forEach((name, secret) -> {
            if (name.equals(ServerConfig.DEVELOPMENT_KEY) && secret.equals(ServerConfig.DEVELOPMENT_SECRET)) {
                doubts.add("the API key is the well-known " + name
                        + ": everybody who reaches this server can join every room; only for trying things out");
            } else if (!secret.sound()) {
                doubts.add("keys." + name + ": its secret is shorter than " + ApiSecret.SHORTEST_SOUND_LENGTH
                        + " characters and can be guessed from a token");
            }
        });
        config.matrix()
                .filter(matrix -> !matrix.trust().verify())
                .ifPresent(_ -> doubts.add("certificates are not"
                        + " checked, so anybody can pass for any homeserver; only for trying things out"));
        ServerConfig.Media media = config.media();
        boolean advertisesFar = media.advertised().stream().anyMatch(address -> !address.isLoopbackAddress());
        boolean boundNear = !media.bindAddresses().isEmpty()
                && media.bindAddresses().stream().allMatch(InetAddress::isLoopbackAddress);
        if (advertisesFar && boundNear) {
            doubts.add("rtc.node_ip names an address that no media socket can be reached at, because bind_addresses"
                    + " are this machine's loopback; say where media is received with rtc.bind_addresses");
        }
        return doubts;
    }

    /// `::` stands for every address of the machine, `0.0.0.0` for its IPv4 ones only.
    private static List<InetAddress> everyAddressIsNone(List<InetAddress> addresses) {
        boolean every =
                addresses.stream().anyMatch(address -> address instanceof Inet6Address && address.isAnyLocalAddress());
        return every ? List.of() : addresses;
    }

    private static ObjectNode parse(String yaml) throws InvalidConfigException {
        try {
            JsonNode root = YAML.readTree(yaml);
            if (root.isMissingNode() || root.isNull()) {
                return YAML.createObjectNode();
            }
            if (root instanceof ObjectNode object) {
                return object;
            }
            throw new InvalidConfigException(List.of("the configuration is no mapping of keys to values"));
        } catch (JacksonException e) {
            // Its own message quotes the text around the mistake, which may be a secret.
            throw new InvalidConfigException(List.of("the configuration is no YAML, or names a key twice: line "
                    + e.getLocation().getLineNr() + ", column "
                    + e.getLocation().getColumnNr()));
        }
    }

    private static void put(ObjectNode root, ConfigKey key, List<String> values) {
        ObjectNode section = root;
        for (String name : key.names().subList(0, key.names().size() - 1)) {
            section = section.get(name) instanceof ObjectNode there ? there : section.putObject(name);
        }
        String leaf = key.names().getLast();
        if (values.size() == 1) {
            section.put(leaf, values.getFirst());
        } else {
            values.forEach(section.putArray(leaf)::add);
        }
    }
}
