package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.sfu.token.ApiKeys;
import io.tributary.sfu.token.TokenVerdict;
import io.tributary.sfu.token.TokenVerifier;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/// The command line as an operator meets it. A start that refuses stands for a port that is taken, so that nothing
/// here waits for a signal.
class TributaryTest {
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final String SECRET = "a-secret-of-forty-characters-0123456789a";

    private final List<ServerConfig> started = new ArrayList<>();
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(strings = {"", "serve"})
    void servesTheEmbeddedConfigurationWhenNothingIsSaid(String line) {
        int status = run(Map.of(), line.isEmpty() ? new String[0] : new String[] {line});

        assertThat(status).isEqualTo(1);
        assertThat(started).singleElement().satisfies(config -> {
            assertThat(config.http().port()).isEqualTo(7880);
            assertThat(config.http().bindAddresses()).isEmpty();
            assertThat(config.media().loopbackCandidates()).isTrue();
            assertThat(config.hasWellKnownKey()).isTrue();
        });
        assertThat(err.toString()).contains("error: port 7880 is taken").doesNotContain("\tat ");
    }

    @Test
    void takesLiveKitsOptionsWithoutACommand() {
        run(Map.of(), "--dev", "--udp-port", "7000", "--bind", "127.0.0.1");

        assertThat(started)
                .singleElement()
                .satisfies(config -> assertThat(config.media().udpPorts()).isEqualTo(new UdpPorts(7000, 7000)));
    }

    @Test
    void takesLiveKitsEnvironmentVariables() {
        Map<String, String> environment = Map.of(
                "LIVEKIT_CONFIG", "port: 7001",
                "LIVEKIT_KEYS", "one: " + SECRET,
                "NODE_IP", "203.0.113.9",
                "UDP_PORT", "7100-7101");
        run(environment, "serve", "--node-ip", "203.0.113.10");

        assertThat(started).singleElement().satisfies(config -> {
            assertThat(config.http().port()).isEqualTo(7001);
            assertThat(config.keys()).containsOnlyKeys("one");
            assertThat(config.media().advertised().toString()).contains("203.0.113.10");
            assertThat(config.media().udpPorts()).isEqualTo(new UdpPorts(7100, 7101));
        });
    }

    @Test
    void startsNothingWithAnInvalidConfiguration() {
        int status = run(Map.of(), "serve", "--config-body", "port: 70000", "--keys", "one: " + SECRET);

        assertThat(status).isEqualTo(2);
        assertThat(started).isEmpty();
        assertThat(err.toString()).contains("error: port: 70000 is not allowed").doesNotContain(SECRET);
    }

    @Test
    void saysWhenThereIsNoSuchFile() {
        int status = run(
                Map.of(),
                "serve",
                "--config",
                Path.of("no", "such", "file.yaml").toString());

        assertThat(status).isEqualTo(1);
        assertThat(err.toString())
                .startsWith("error: --config: there is no file")
                .doesNotContain("\tat ");
    }

    @Test
    void makesATokenThatTheServerAccepts() {
        int status = run(
                Map.of("LIVEKIT_KEYS", "one: " + SECRET),
                "create-token",
                "--room=lobby",
                "--identity=ann",
                "--name=Ann",
                "--subscribe-only",
                "--grant=roomCreate",
                "--valid-for=10m");

        assertThat(status).isZero();
        TokenVerifier verifier = new TokenVerifier(new ApiKeys(Map.of("one", SECRET)));
        assertThat(verifier.verify(out.toString().strip(), NOW.toEpochMilli()))
                .isInstanceOfSatisfying(TokenVerdict.Verified.class, verified -> {
                    assertThat(verified.token().identity().value()).isEqualTo("ann");
                    assertThat(verified.token().name()).isEqualTo("Ann");
                    assertThat(verified.token().video().room()).isEqualTo("lobby");
                    assertThat(verified.token().video().roomJoin()).isTrue();
                    assertThat(verified.token().video().roomCreate()).isTrue();
                    assertThat(verified.token().video().canPublish()).isFalse();
                    assertThat(verified.token().expiresAtSeconds())
                            .isEqualTo(NOW.getEpochSecond()
                                    + Duration.ofMinutes(10).toSeconds());
                });
    }

    @Test
    void refusesATokenWithoutARoom() {
        assertThat(run(Map.of(), "create-token", "--identity=ann")).isEqualTo(2);
        assertThat(err.toString()).contains("--room");
    }

    @Test
    void refusesAValidityThatIsNone() {
        assertThat(run(Map.of(), "create-token", "--identity=ann", "--room=lobby", "--valid-for=soon"))
                .isEqualTo(2);
        assertThat(err.toString()).contains("--valid-for: soon");
    }

    @Test
    void makesKeysThatItAcceptsItself() {
        assertThat(run(Map.of(), "generate-keys")).isZero();

        assertThat(out.toString()).matches("API Key: {2}API\\w{12}\\RAPI Secret: {2}\\w{43}\\R");
    }

    @Test
    void listsThePortsOfAConfiguration() {
        assertThat(run(Map.of(), "ports", "--dev", "--udp-port=7000")).isZero();

        assertThat(out.toString().lines()).hasSize(2).anyMatch(line -> line.startsWith("7880/tcp"));
        assertThat(out.toString()).contains("7000/udp");
    }

    @Test
    void namesItsVersionAndItsCommands() {
        assertThat(run(Map.of(), "--version")).isZero();
        assertThat(run(Map.of(), "--help")).isZero();

        assertThat(out.toString())
                .contains("tributary 0.")
                .contains("create-token")
                .contains("generate-keys");
    }

    private int run(Map<String, String> environment, String... words) {
        RunningServer.Start taken = (config, media) -> {
            started.add(config);
            throw new IOException("port " + config.http().port() + " is taken");
        };
        Tributary program = new Tributary(taken, environment, new SecureRandom(), InstantSource.fixed(NOW));
        CommandLine commandLine = program.commandLine();
        commandLine.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return program.run(words);
    }
}
