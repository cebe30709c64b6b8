package io.tributary.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// lk-jwt-service's environment variables, as values of our keys.
///
/// @param overrides for [ConfigReader]
/// @param warnings of variables that have no effect
record MatrixEnvironment(Map<ConfigKey, List<String>> overrides, List<String> warnings) {
    private static final String URL = "LIVEKIT_URL";
    private static final String FULL_ACCESS = "LIVEKIT_FULL_ACCESS_HOMESERVERS";
    private static final String BIND = "LIVEKIT_JWT_BIND";
    private static final String PORT = "LIVEKIT_JWT_PORT";
    private static final String KEY_FILE = "LIVEKIT_KEY_FILE";

    /// Variables without an effect, with what that means for the operator.
    private static final Map<String, String> NOT_YET = Map.of(
            "LIVEKIT_SANITY_CHECK_INTERVAL_SECONDS", "delayed leaves are not taken over",
            "LIVEKIT_CS_API_URL_OVERRIDES", "delayed leaves are not taken over",
            "LIVEKIT_REDIS_URL", "delayed leaves are not taken over",
            "LIVEKIT_REDIS_PASSWORD", "delayed leaves are not taken over",
            "LIVEKIT_MEMBERSHIP_CHECK_INTERVAL_SECONDS", "memberships are not watched",
            "LIVEKIT_AS_REGISTRATION_FILE", "there is no application service in here",
            "LIVEKIT_AS_TOKEN", "there is no application service in here",
            "LIVEKIT_HS_TOKEN", "there is no application service in here",
            "LIVEKIT_HS_SERVER_NAME", "there is no application service in here");

    MatrixEnvironment {
        overrides = Map.copyOf(overrides);
        warnings = List.copyOf(warnings);
    }

    /// For `serve`, whose port and API keys are livekit-server's to configure. A URL alone asks for nothing: other
    /// LiveKit programs read that variable too.
    ///
    /// @param hasKeys whether something else says what the API keys are
    static MatrixEnvironment ofServer(Map<String, String> environment, boolean hasKeys)
            throws InvalidConfigException, IOException {
        var reading = new Reading(environment);
        if (reading.value(FULL_ACCESS).isPresent()
                || reading.value("LIVEKIT_LOCAL_HOMESERVERS").isPresent()) {
            reading.door();
            reading.noEffect();
            for (String variable : List.of(BIND, PORT)) {
                if (reading.value(variable).isPresent()) {
                    reading.warnings.add(variable + " has no effect: tokens are given out at `port`, beside the SFU");
                }
            }
        }
        if (!hasKeys && !reading.overrides.containsKey(ConfigKeys.KEYS)) {
            reading.pair();
        }
        return reading.done();
    }

    /// For `token-service`, which they are all there is for.
    static MatrixEnvironment ofTokenService(Map<String, String> environment)
            throws InvalidConfigException, IOException {
        var reading = new Reading(environment);
        reading.door();
        reading.pair();
        reading.keyFile();
        reading.bind();
        reading.noEffect();
        return reading.done();
    }

    private static final class Reading {
        private final Map<String, String> environment;
        private final Map<ConfigKey, List<String>> overrides = new LinkedHashMap<>();
        private final List<String> warnings = new ArrayList<>();
        private final List<String> problems = new ArrayList<>();

        Reading(Map<String, String> environment) {
            this.environment = environment;
        }

        MatrixEnvironment done() throws InvalidConfigException {
            if (!problems.isEmpty()) {
                throw new InvalidConfigException(problems);
            }
            return new MatrixEnvironment(overrides, warnings);
        }

        Optional<String> value(String variable) {
            return Optional.ofNullable(environment.get(variable))
                    .map(String::strip)
                    .filter(text -> !text.isEmpty());
        }

        void door() {
            put(MatrixKeys.URL, value(URL));
            put(MatrixKeys.FULL_ACCESS, value(FULL_ACCESS).or(() -> value("LIVEKIT_LOCAL_HOMESERVERS")));
            put(MatrixKeys.INSECURE, value("LIVEKIT_INSECURE_SKIP_VERIFY_TLS"));
            put(MatrixKeys.OWN_METADATA, value("LIVEKIT_CAN_UPDATE_OWN_METADATA"));
            put(ConfigKeys.LOGGING_LEVEL, value("LIVEKIT_LOG_LEVEL"));
        }

        /// `LIVEKIT_KEY` and `LIVEKIT_SECRET`, or files that hold them.
        void pair() throws IOException {
            Optional<String> key = orFromFile("LIVEKIT_KEY");
            Optional<String> secret = orFromFile("LIVEKIT_SECRET");
            if (key.isPresent() && secret.isPresent()) {
                overrides.put(ConfigKeys.KEYS, List.of(key.get() + ": " + secret.get()));
            } else if (key.isPresent() || secret.isPresent()) {
                problems.add("LIVEKIT_KEY and LIVEKIT_SECRET belong together, and only one of them is there");
            }
        }

        private Optional<String> orFromFile(String variable) throws IOException {
            Optional<String> file = value(variable + "_FROM_FILE");
            return file.isPresent() ? Optional.of(text(variable + "_FROM_FILE", file.get())) : value(variable);
        }

        /// Unlike livekit-server's, this file may be one that everybody can read: that is how secrets are mounted into
        /// containers.
        void keyFile() throws IOException {
            Optional<String> file = value(KEY_FILE);
            if (file.isEmpty()) {
                return;
            }
            String pair = text(KEY_FILE, file.get());
            if (pair.chars().filter(c -> c == ':').count() != 1) {
                problems.add(KEY_FILE + ": " + file.get() + " does not hold `key: secret`");
            } else {
                overrides.put(ConfigKeys.KEYS, List.of(pair));
            }
        }

        void bind() {
            Optional<String> bind = value(BIND);
            Optional<String> port = value(PORT);
            if (bind.isPresent() && port.isPresent()) {
                problems.add(BIND + " and " + PORT + " say the same thing; give one of them");
                return;
            }
            String where = bind.or(() -> port.map(number -> ":" + number)).orElse(":8080");
            int colon = where.lastIndexOf(':');
            if (colon < 0) {
                problems.add(BIND + ": " + where + " is not allowed; allowed is an address and a port, or :port");
                return;
            }
            String address = where.substring(0, colon);
            if (address.startsWith("[") && address.endsWith("]")) {
                address = address.substring(1, address.length() - 1);
            }
            overrides.put(ConfigKeys.PORT, List.of(where.substring(colon + 1)));
            if (address.equals("localhost")) {
                overrides.put(ConfigKeys.BIND_ADDRESSES, List.of("127.0.0.1", "::1"));
            } else if (!address.isEmpty()) {
                overrides.put(ConfigKeys.BIND_ADDRESSES, List.of(address));
            }
        }

        void noEffect() {
            NOT_YET.forEach((variable, meaning) -> {
                if (value(variable).isPresent()) {
                    warnings.add(
                            variable + " has no effect: lk-jwt-service knows it, Tributary does not (" + meaning + ")");
                }
            });
        }

        private void put(ConfigKey key, Optional<String> value) {
            value.ifPresent(text -> overrides.put(key, List.of(text)));
        }

        private static String text(String variable, String file) throws IOException {
            try {
                return Files.readString(Path.of(file)).strip();
            } catch (IOException e) {
                throw new IOException(variable + ": " + file + " cannot be read as text", e);
            }
        }
    }
}
