package io.tributary.server;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// The options that say what the configuration is, shared by the commands that need one; the names are
/// livekit-server's. What is said on the command line wins over the environment, and both win over the file.
final class ConfigOptions {
    private static final String DEFAULT_CONFIG = "default-config.yaml";

    @Option(names = "--config", paramLabel = "FILE", description = "the configuration file, LiveKit's config.yaml")
    private @Nullable Path file;

    @Option(
            names = "--config-body",
            paramLabel = "YAML",
            description = "the configuration itself; or LIVEKIT_CONFIG in the environment")
    private @Nullable String body;

    @Option(
            names = "--keys",
            paramLabel = "LINES",
            description = "lines of `name: secret`; better LIVEKIT_KEYS, which other users cannot see")
    private @Nullable String keys;

    @Option(names = "--key-file", paramLabel = "FILE", description = "a file of such lines; or LIVEKIT_KEY_FILE")
    private @Nullable String keyFile;

    @Option(names = "--node-ip", paramLabel = "ADDRESS", description = "where clients reach media; or NODE_IP")
    private @Nullable String nodeIp;

    @Option(names = "--udp-port", paramLabel = "PORT[-PORT]", description = "where media is received; or UDP_PORT")
    private @Nullable String udpPort;

    @Option(
            names = "--bind",
            paramLabel = "ADDRESS",
            description = "an address to listen on; again for more, none for all")
    private @Nullable List<String> bind;

    @Option(names = "--dev", description = "the key devkey with the secret `secret`, and loopback addresses only")
    private boolean development;

    /// @throws InvalidConfigException when any of it is not allowed
    /// @throws IOException when a file cannot be read
    ConfigReader.Reading read(Map<String, String> environment) throws InvalidConfigException, IOException {
        Map<ConfigKey, List<String>> overrides = new LinkedHashMap<>();
        override(overrides, ConfigKeys.KEYS, keys, environment.get("LIVEKIT_KEYS"));
        override(overrides, ConfigKeys.KEY_FILE, keyFile, environment.get("LIVEKIT_KEY_FILE"));
        override(overrides, ConfigKeys.NODE_IP, nodeIp, environment.get("NODE_IP"));
        override(overrides, ConfigKeys.UDP_PORT, udpPort, environment.get("UDP_PORT"));
        if (bind != null) {
            overrides.put(ConfigKeys.BIND_ADDRESSES, bind);
        }
        MatrixEnvironment matrix = MatrixEnvironment.ofServer(
                environment, overrides.containsKey(ConfigKeys.KEYS) || overrides.containsKey(ConfigKeys.KEY_FILE));
        matrix.overrides().forEach(overrides::putIfAbsent);
        Optional<String> yaml = yaml(environment);
        boolean keysGiven = overrides.containsKey(ConfigKeys.KEYS) || overrides.containsKey(ConfigKeys.KEY_FILE);
        if (yaml.isEmpty() && !keysGiven && !development) {
            yaml = Optional.of(resource());
        }
        return ConfigReader.read(yaml.orElse(""), overrides, development).and(matrix.warnings());
    }

    /// The file's text alone; empty without one.
    String text() throws IOException {
        return yaml(Map.of()).orElse("");
    }

    private Optional<String> yaml(Map<String, String> environment) throws IOException {
        if (file != null) {
            try {
                return Optional.of(Files.readString(file));
            } catch (NoSuchFileException e) {
                throw new IOException("--config: there is no file " + file, e);
            } catch (IOException e) {
                throw new IOException("--config: " + file + " cannot be read as text", e);
            }
        }
        return Optional.ofNullable(body != null ? body : environment.get("LIVEKIT_CONFIG"))
                .filter(text -> !text.isBlank());
    }

    private static void override(
            Map<ConfigKey, List<String>> overrides,
            ConfigKey key,
            @Nullable String said,
            @Nullable String environment) {
        String value = said != null ? said : environment;
        if (value != null && !value.isBlank()) {
            overrides.put(key, List.of(value));
        }
    }

    private static String resource() throws IOException {
        try (InputStream in = ConfigOptions.class.getResourceAsStream(DEFAULT_CONFIG)) {
            if (in == null) {
                throw new IllegalStateException(DEFAULT_CONFIG + " was not built in");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
