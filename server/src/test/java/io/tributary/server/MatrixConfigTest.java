package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.auth.access.Access;
import io.tributary.auth.access.AccessRule;
import io.tributary.auth.access.FederatedPublish;
import io.tributary.auth.endpoint.DoorLimits;
import io.tributary.auth.endpoint.DoorSettings;
import io.tributary.auth.endpoint.Rate;
import io.tributary.auth.matrix.Network;
import io.tributary.auth.matrix.ServerName;
import io.tributary.auth.matrix.SkipVerify;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The section `matrix`, and lk-jwt-service's variables.
class MatrixConfigTest {
    private static final String SECRET = "a-secret-of-forty-characters-0123456789a";
    private static final String KEYS = "keys: {one: '" + SECRET + "'}\n";
    private static final String LEAST = "matrix: {url: 'wss://sfu.example', full_access_homeservers: example.org";

    private static final Map<String, String> ENVIRONMENT = Map.of(
            "LIVEKIT_URL", "wss://sfu.example",
            "LIVEKIT_KEY", "one",
            "LIVEKIT_SECRET", SECRET,
            "LIVEKIT_FULL_ACCESS_HOMESERVERS", "example.org, example.com:8448");

    @Test
    void nobodyOfMatrixComesInWithoutTheSection() throws Exception {
        assertThat(ConfigReader.read(KEYS, Map.of(), false).config().matrix()).isEmpty();
    }

    @Test
    void theLeastIsAUrlAndWhoseUsersMakeRooms() throws Exception {
        MatrixConfig matrix = read(LEAST + "}");

        assertThat(matrix.door())
                .usingRecursiveComparison()
                .isEqualTo(DoorSettings.of("wss://sfu.example", matrix.door().fullAccess()));
        assertThat(matrix.door().fullAccess().contains(server("example.org"))).isTrue();
        assertThat(matrix.door().fullAccess().contains(server("example.com"))).isFalse();
        assertThat(matrix.trust().verify()).isTrue();
        assertThat(matrix.canUpdateOwnMetadata()).isTrue();
        assertThat(matrix.firstUse()).isEqualTo(Duration.ofMinutes(30));
    }

    @Test
    void everyKeyHasItsEffect() throws Exception {
        MatrixConfig matrix = read("""
                matrix:
                  url: wss://sfu.example
                  full_access_homeservers: [example.org, 'example.com:8448']
                  federated_publish: allowlist
                  federated_publish_homeservers: partner.example other.example
                  rules:
                    - {name: guests, user: '@guest-*:example.org', access: restricted}
                    - {name: partner, homeserver: partner.example, room: '!*', access: full, max_participants: 20, max_rooms: 5}
                    - {access: deny, homeserver: '*.spam.example'}
                  trusted_servers: {example.org: 'http://127.0.0.1:8008'}
                  allowed_networks: 10.1.0.0/16
                  trusted_proxies: []
                  strict_json: true
                  can_update_own_metadata: false
                  first_use: 10m
                  limits:
                    source_burst: 1
                    source_per_minute: 2
                    user_burst: 3
                    user_per_minute: 4
                    server_burst: 5
                    server_per_minute: 0
                    patience: 1s
                    max_body_bytes: 6
                    max_pending: 7
                    max_outbound: 8
                    max_outbound_known: 9
                    max_outbound_per_server: 10
                """);
        DoorSettings door = matrix.door();

        assertThat(door.fullAccess().contains(server("example.com:8448"))).isTrue();
        assertThat(door.federatedPublish().mode()).isEqualTo(FederatedPublish.Mode.ALLOWLIST);
        assertThat(door.federatedPublish().allowlist().contains(server("other.example")))
                .isTrue();
        assertThat(door.rules())
                .containsExactly(
                        new AccessRule("guests", "*", "@guest-*:example.org", "*", Access.RESTRICTED, 0, 0),
                        new AccessRule("partner", "partner.example", "*", "!*", Access.FULL, 20, 5),
                        new AccessRule("rule 3", "*.spam.example", "*", "*", Access.DENIED, 0, 0));
        assertThat(door.trustedServers())
                .containsExactlyEntriesOf(Map.of(server("example.org"), URI.create("http://127.0.0.1:8008")));
        assertThat(door.allowedNetworks()).containsExactly(Network.of("10.1.0.0/16"));
        assertThat(door.trustedProxies()).isEmpty();
        assertThat(door.strictJson()).isTrue();
        DoorLimits usual = DoorLimits.usual();
        assertThat(door.limits())
                .isEqualTo(new DoorLimits(
                        new Rate(1, 2),
                        new Rate(3, 4),
                        new Rate(5, 0),
                        Duration.ofSeconds(1),
                        6,
                        7,
                        8,
                        9,
                        10,
                        usual.verification(),
                        usual.total()));
        assertThat(matrix.canUpdateOwnMetadata()).isFalse();
        assertThat(matrix.firstUse()).isEqualTo(Duration.ofMinutes(10));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "matrix: {full_access_homeservers: example.org}|matrix.url: there is none",
                "matrix: {url: 'wss://sfu.example'}|matrix.full_access_homeservers: there is none",
                "matrix: {url: 'ftp://sfu.example', full_access_homeservers: a}|matrix.url: ftp://sfu.example",
                "matrix: {url: 'wss://s', full_access_homeservers: 'a *'}|means every homeserver",
                "matrix: {url: 'wss://s', full_access_homeservers: '@ann:a'}|is no Matrix server name",
                "matrix: {url: 'wss://s', full_access_homeservers: a, federated_publish: maybe}|federated_publish: maybe",
                "matrix: {url: 'wss://s', full_access_homeservers: a, rules: [{access: some}]}|the access some of rule 1",
                "matrix: {url: 'wss://s', full_access_homeservers: a, rules: [{access: full, who: b}]}|the field who",
                "matrix: {url: 'wss://s', full_access_homeservers: a, rules: [{name: x, access: full},"
                        + " {name: x, access: full}]}|two rules are called 'x'",
                "matrix: {url: 'wss://s', full_access_homeservers: a, trusted_servers: {b: 'c'}}|trusted_servers: b: c",
                "matrix: {url: 'wss://s', full_access_homeservers: a, allowed_networks: [b]}|allowed_networks: b",
                "matrix: {url: 'wss://s', full_access_homeservers: a, ca_file: /no/such/file}|ca_file: /no/such/file",
                "matrix: {url: 'wss://s', full_access_homeservers: a, limits: {user_burst: 0}}|limits.user_burst: 0",
            })
    void whatCannotBeMeantStopsTheStart(String yaml, String problem) {
        assertThatThrownBy(() -> read(yaml)).hasMessageContaining(problem);
    }

    @ParameterizedTest
    @ValueSource(strings = {"true", "yes", "yes_i_know_what_i_am_doing", "YES_I_KNOW_WHAT_I_AM_DOING!", "1"})
    void certificatesAreCheckedUnlessTheExactWordsAreSaid(String words) throws Exception {
        assertThat(read(LEAST + ", insecure_skip_verify_tls: '" + words + "'}")
                        .trust()
                        .verify())
                .isTrue();
        ConfigReader.Reading insecure = ConfigReader.read(
                KEYS + LEAST + ", insecure_skip_verify_tls: YES_I_KNOW_WHAT_I_AM_DOING}", Map.of(), false);
        assertThat(insecure.config().matrix().orElseThrow().trust().verify()).isFalse();
        assertThat(insecure.warnings()).anyMatch(warning -> warning.contains("certificates are not checked"));
    }

    @Test
    void aTokenServiceNeedsItsVariablesAlone() throws Exception {
        ServerConfig config = TokenServiceCommand.read(ENVIRONMENT, "").config();

        assertThat(config.http().port()).isEqualTo(8080);
        assertThat(config.http().bindAddresses()).isEmpty();
        assertThat(config.keys()).containsExactly(Map.entry("one", new ApiSecret(SECRET)));
        MatrixConfig matrix = config.matrix().orElseThrow();
        assertThat(matrix.door().sfuUrl()).isEqualTo("wss://sfu.example");
        assertThat(matrix.door().fullAccess().contains(server("example.com:8448")))
                .isTrue();
        assertThat(matrix.canUpdateOwnMetadata()).isTrue();
    }

    @Test
    void aTokenServiceTakesAllOfTheVariables(@TempDir Path directory) throws Exception {
        Path pair = Files.writeString(directory.resolve("pair"), " two: " + SECRET + "\r\n");
        Path key = Files.writeString(directory.resolve("key"), "three\n");
        Path secret = Files.writeString(directory.resolve("secret"), SECRET + "\n");

        assertThat(service(Map.of("LIVEKIT_KEY_FILE", pair.toString())).keys()).containsOnlyKeys("two");
        assertThat(service(Map.of(
                                "LIVEKIT_KEY_FROM_FILE", key.toString(), "LIVEKIT_SECRET_FROM_FILE", secret.toString()))
                        .keys())
                .containsExactly(Map.entry("three", new ApiSecret(SECRET)));
        assertThat(service(Map.of("LIVEKIT_JWT_PORT", "9000")).http())
                .isEqualTo(new ServerConfig.Http(9000, List.of()));
        assertThat(service(Map.of("LIVEKIT_JWT_BIND", "[::1]:9001")).http())
                .isEqualTo(new ServerConfig.Http(9001, List.of(InetAddress.ofLiteral("::1"))));
        assertThat(service(Map.of("LIVEKIT_JWT_BIND", ":9002")).http())
                .isEqualTo(new ServerConfig.Http(9002, List.of()));
        assertThat(service(Map.of("LIVEKIT_LOG_LEVEL", "warning")).logLevel()).isEqualTo(LogLevel.WARN);
        assertThat(service(Map.of("LIVEKIT_CAN_UPDATE_OWN_METADATA", "false")).matrix())
                .get()
                .extracting(MatrixConfig::canUpdateOwnMetadata)
                .isEqualTo(false);
        assertThat(service(Map.of("LIVEKIT_INSECURE_SKIP_VERIFY_TLS", SkipVerify.MAGIC))
                        .matrix())
                .get()
                .extracting(matrix -> matrix.trust().verify())
                .isEqualTo(false);
        assertThat(service(Map.of("LIVEKIT_INSECURE_SKIP_VERIFY_TLS", "true")).matrix())
                .get()
                .extracting(matrix -> matrix.trust().verify())
                .isEqualTo(true);
    }

    @Test
    void aTokenServiceSaysWhatIsMissingAndWhatHasNoEffect() throws Exception {
        assertThatThrownBy(() -> TokenServiceCommand.read(Map.of("LIVEKIT_KEY", "one"), ""))
                .hasMessageContaining("LIVEKIT_KEY and LIVEKIT_SECRET belong together");
        assertThatThrownBy(() -> service(Map.of("LIVEKIT_JWT_PORT", "1", "LIVEKIT_JWT_BIND", ":2")))
                .hasMessageContaining("LIVEKIT_JWT_BIND and LIVEKIT_JWT_PORT");
        assertThatThrownBy(() -> TokenServiceCommand.read(Map.of("LIVEKIT_KEY", "one", "LIVEKIT_SECRET", SECRET), ""))
                .hasMessageContaining("LIVEKIT_FULL_ACCESS_HOMESERVERS");
        Map<String, String> environment = new HashMap<>(ENVIRONMENT);
        environment.put("LIVEKIT_REDIS_URL", "redis://somewhere");
        assertThat(TokenServiceCommand.read(environment, "").warnings())
                .singleElement(InstanceOfAssertFactories.STRING)
                .contains("LIVEKIT_REDIS_URL has no effect");
    }

    @Test
    void aServerTakesThemTooButAUrlAloneOpensNoDoor() throws Exception {
        MatrixEnvironment all = MatrixEnvironment.ofServer(ENVIRONMENT, false);
        ServerConfig config = ConfigReader.read("", all.overrides(), false).config();
        assertThat(config.http().port()).isEqualTo(7880);
        assertThat(config.keys()).containsOnlyKeys("one");
        assertThat(config.matrix()).isPresent();

        assertThat(MatrixEnvironment.ofServer(Map.of("LIVEKIT_URL", "wss://sfu.example"), true)
                        .overrides())
                .isEmpty();
        Map<String, String> environment = new HashMap<>(ENVIRONMENT);
        environment.put("LIVEKIT_JWT_PORT", "8080");
        assertThat(MatrixEnvironment.ofServer(environment, true).warnings())
                .singleElement(InstanceOfAssertFactories.STRING)
                .contains("LIVEKIT_JWT_PORT has no effect");
    }

    @Test
    void aHealthCheckAsksWhereTheServerListens() throws Exception {
        assertThat(HealthcheckCommand.url(service(Map.of()).http())).hasToString("http://127.0.0.1:8080/healthz");
        assertThat(HealthcheckCommand.url(
                        service(Map.of("LIVEKIT_JWT_BIND", "[::1]:9001")).http()))
                .hasToString("http://[0:0:0:0:0:0:0:1]:9001/healthz");
    }

    private static ServerConfig service(Map<String, String> more) throws Exception {
        Map<String, String> environment = new HashMap<>(ENVIRONMENT);
        if (more.keySet().stream().anyMatch(name -> name.contains("FILE"))) {
            environment.remove("LIVEKIT_KEY");
            environment.remove("LIVEKIT_SECRET");
        }
        environment.putAll(more);
        return TokenServiceCommand.read(environment, "").config();
    }

    private static MatrixConfig read(String yaml) throws InvalidConfigException {
        return ConfigReader.read(KEYS + yaml, Map.of(), false).config().matrix().orElseThrow();
    }

    private static ServerName server(String name) {
        return ServerName.parse(name).orElseThrow();
    }
}
