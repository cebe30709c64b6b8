package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.sfu.room.EncryptionRules;
import io.tributary.sfu.room.RequireE2ee;
import io.tributary.transport.netty.UdpShard.SendPath;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.srtp.SrtpProviders;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {
    private static final String SOUND_SECRET = "a-secret-of-forty-characters-0123456789a";
    private static final String KEYS = "keys:\n  one: " + SOUND_SECRET + "\n";

    @Test
    void readsWhatLiveKitsFileSays() throws Exception {
        ConfigReader.Reading reading = read("""
                port: 7000
                bind_addresses: ["127.0.0.1", "::1"]
                rtc:
                  udp_port: 7100
                  tcp_port: 0
                  node_ip: 203.0.113.5
                  use_external_ip: false
                  enable_loopback_candidate: true
                room:
                  auto_create: false
                  empty_timeout: 60
                  departure_timeout: 5
                  max_participants: 12
                prometheus_port: 6789
                logging:
                  level: warn
                  json: false
                """ + KEYS);
        ServerConfig config = reading.config();

        assertThat(config.http().port()).isEqualTo(7000);
        assertThat(config.http().bindAddresses()).containsExactly(address("127.0.0.1"), address("::1"));
        assertThat(config.media().udpPorts()).isEqualTo(new UdpPorts(7100, 7100));
        assertThat(config.media().advertised()).containsExactly(address("203.0.113.5"));
        assertThat(config.media().loopbackCandidates()).isTrue();
        assertThat(config.rooms())
                .isEqualTo(new ServerConfig.RoomDefaults(
                        false,
                        Duration.ofSeconds(60),
                        Duration.ofSeconds(5),
                        12,
                        List.of(Codec.values()),
                        Duration.ofMinutes(5),
                        EncryptionRules.DEFAULTS));
        assertThat(config.prometheus()).isEqualTo(new ServerConfig.Prometheus(6789, "", new ApiSecret("")));
        assertThat(config.logLevel()).isEqualTo(LogLevel.WARN);
        // Its node_ip is far and its sockets are near; everything else is as it should be.
        assertThat(reading.warnings()).singleElement().asString().contains("rtc.bind_addresses");
    }

    @Test
    void takesTheCodecsOfAListThatNamesOthersToo() throws Exception {
        ServerConfig config = read("""
                room:
                  enabled_codecs:
                    - mime: audio/opus
                    - mime: audio/red
                    - mime: video/H264
                      fmtp_line: profile-level-id=42e01f
                    - mime: video/vp8
                """ + KEYS).config();
        assertThat(config.rooms().enabledCodecs()).containsExactly(Codec.OPUS, Codec.H264, Codec.VP8);
    }

    @Test
    void refusesACodecThatItNeverHeardOf() {
        assertThatThrownBy(() -> read("""
                room:
                  enabled_codecs: [{mime: video/h266}]
                """ + KEYS)).hasMessageContaining("video/h266");
    }

    @Test
    void fillsInLiveKitsDefaults() throws Exception {
        ConfigReader.Reading reading = read(KEYS);
        ServerConfig config = reading.config();

        assertThat(config.http()).isEqualTo(new ServerConfig.Http(7880, List.of()));
        assertThat(config.media())
                .isEqualTo(new ServerConfig.Media(
                        ConfigKeys.DEFAULT_UDP_PORTS,
                        List.of(),
                        List.of(),
                        false,
                        SendPath.SEGMENTS,
                        SrtpProviders.Choice.AUTO));
        assertThat(config.rooms().autoCreate()).isTrue();
        assertThat(config.rooms().emptyTimeout()).isEqualTo(Duration.ofMinutes(5));
        assertThat(config.rooms().departureTimeout()).isEqualTo(Duration.ofSeconds(20));
        assertThat(config.rooms().maxParticipants()).isZero();
        assertThat(config.prometheus().isServed()).isFalse();
        assertThat(config.logLevel()).isEqualTo(LogLevel.INFO);
        assertThat(reading.warnings()).isEmpty();
    }

    @Test
    void whoEncryptsIsChosenByName() throws Exception {
        assertThat(read("rtc: {srtp_ciphers: ipsec-mb}\n" + KEYS)
                        .config()
                        .media()
                        .ciphers())
                .isEqualTo(SrtpProviders.Choice.IPSEC_MB);
        assertThat(read("rtc: {srtp_ciphers: JDK}\n" + KEYS).config().media().ciphers())
                .isEqualTo(SrtpProviders.Choice.JDK);
        assertThatThrownBy(() -> read("rtc: {srtp_ciphers: rot13}\n" + KEYS))
                .hasMessageContaining("rtc.srtp_ciphers")
                .hasMessageContaining("rot13");
    }

    @Test
    void readsBothSpellingsOfTheMetricsPort() throws Exception {
        ConfigReader.Reading section = read("prometheus: {port: 6789, username: me, password: mine}\n" + KEYS);

        assertThat(section.config().prometheus())
                .isEqualTo(new ServerConfig.Prometheus(6789, "me", new ApiSecret("mine")));
        assertThat(section.config().prometheus().toString()).doesNotContain("mine");
        assertThat(section.warnings()).isEmpty();
        assertThat(read("prometheus_port: 6790\nprometheus: {port: 6789}\n" + KEYS)
                        .config()
                        .prometheus()
                        .port())
                .isEqualTo(6790);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{username: me}", "{password: mine}"})
    void halfOfALoginForMetricsIsAMistake(String section) {
        assertThatThrownBy(() -> read("prometheus: " + section + "\n" + KEYS))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("prometheus.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "prot: 1|prot is not known and has no effect; did you mean port?",
                "rtc: {udp_prot: 1}|rtc.udp_prot is not known and has no effect; did you mean rtc.udp_port?",
                "udp_port: 1|udp_port is not known and has no effect; did you mean rtc.udp_port?",
                "zzzzzzzz: 1|zzzzzzzz is not known and has no effect",
            })
    void namesAnUnknownKeyAndTheNearestKnownOne(String yaml, String warning) throws Exception {
        assertThat(read(yaml + "\n" + KEYS).warnings()).containsExactly(warning);
    }

    @Test
    void namesLiveKitsKeysThatMeanNothingHere() throws Exception {
        assertThat(read("redis: {address: 'localhost:6379'}\nrtc: {tcp_port: 7881}\n" + KEYS)
                        .warnings())
                .hasSize(2)
                .allMatch(warning -> warning.contains("has no effect: LiveKit knows it, Tributary does not"))
                .anyMatch(warning -> warning.startsWith("redis "))
                .anyMatch(warning -> warning.startsWith("rtc.tcp_port "));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "port: 65536|port: 65536 is not allowed; allowed is a port number; 0 for any free one",
                "port: http|port: http is not allowed",
                "port: [1]|port: a list is not allowed",
                "bind_addresses: [localhost]|bind_addresses: localhost is not allowed; allowed is a list of IP",
                "rtc: {udp_port: 7890-7882}|rtc.udp_port: 7890-7882 is not allowed",
                "rtc: {udp_port: '7,8'}|rtc.udp_port: 7,8 is not allowed",
                "rtc: {port_range_start: 5}|rtc.port_range_end: 5 to 0 is not allowed",
                "rtc: {port_range_start: 9, port_range_end: 5}|rtc.port_range_end: 9 to 5 is not allowed",
                "rtc: {node_ip: example.org}|rtc.node_ip: example.org is not allowed",
                "room: {auto_create: maybe}|room.auto_create: maybe is not allowed; allowed is true or false",
                "room: {empty_timeout: -1}|room.empty_timeout: -1 is not allowed",
                "room: {empty_timeout: 500ms}|room.empty_timeout: 500ms is not allowed; allowed is seconds, or a duration",
                "room: {empty_timeout: 400h}|room.empty_timeout: 400h is not allowed",
                "room: {max_participants: 1.5}|room.max_participants: 1.5 is not allowed",
                "room: {token_refresh_interval: 10m}|room.token_refresh_interval: 10m is not allowed",
                "logging: {level: loud}|logging.level: loud is not allowed; allowed is debug, info, warn or error",
            })
    void refusesAValueWithItsKeyAndWhatIsAllowed(String yaml, String problem) {
        assertThatThrownBy(() -> read(yaml + "\n" + KEYS))
                .isInstanceOfSatisfying(
                        InvalidConfigException.class,
                        refused -> assertThat(refused.problems())
                                .singleElement()
                                .asString()
                                .startsWith(problem));
    }

    @Test
    void namesAllMistakesAtOnce() {
        assertThatThrownBy(() -> read("port: -1\nroom: {auto_create: 7}\n" + KEYS))
                .isInstanceOfSatisfying(
                        InvalidConfigException.class,
                        refused -> assertThat(refused.problems()).hasSize(2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "keys: {one: 12345}",
                "keys: hunter2-hunter2",
                "keys: [hunter2-hunter2]",
                "keys: {one: {two: hunter2}}",
                "keys:\n  one: hunter2\n one: hunter2",
                "keys: {one: hunter2, one: hunter2}",
                "{hunter2",
            })
    void neverQuotesASecretInAProblem(String yaml) {
        assertThatThrownBy(() -> read(yaml))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageNotContaining("hunter2")
                .hasMessageNotContaining("12345");
    }

    @Test
    void readsWhereEncryptionIsRequired() throws Exception {
        ConfigReader.Reading reading = read(KEYS + """
                room:
                  require_e2ee: never
                  require_e2ee_by_name:
                    "secret-*": always
                    "*": auto
                """);
        assertThat(reading.warnings()).isEmpty();
        assertThat(reading.config().rooms().encryption())
                .isEqualTo(new EncryptionRules(
                        List.of(
                                new EncryptionRules.ForRooms("secret-*", RequireE2ee.ALWAYS),
                                new EncryptionRules.ForRooms("*", RequireE2ee.AUTO)),
                        RequireE2ee.NEVER));
        assertThatThrownBy(() -> read(KEYS + "room: {require_e2ee: please, require_e2ee_by_name: {a: yes}}"))
                .isInstanceOfSatisfying(
                        InvalidConfigException.class,
                        refused -> assertThat(refused.problems()).hasSize(2));
    }

    @Test
    void refusesToStartWithoutAKey() {
        assertThatThrownBy(() -> read("port: 7000"))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("keys: there is none")
                .hasMessageContaining("generate-keys");
    }

    @Test
    void keepsTheOrderOfKeysBecauseTheFirstSigns() throws Exception {
        ServerConfig config = ConfigReader.read(
                        "",
                        Map.of(
                                ConfigKeys.KEYS,
                                List.of("zed: " + SOUND_SECRET + "\n# note\nann: '" + SOUND_SECRET + "'")),
                        false)
                .config();

        assertThat(config.keys().keySet()).containsExactly("zed", "ann");
        assertThat(config.signingKey()).isEqualTo("zed");
        assertThat(config.keys()).containsEntry("ann", new ApiSecret(SOUND_SECRET));
    }

    @Test
    void readsAKeyFileThatOnlyItsOwnerCanRead(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("keys"), "one: " + SOUND_SECRET + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> read("key_file: " + file))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageContaining("everybody can read");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(read("key_file: " + file).config().keys()).containsOnlyKeys("one");
    }

    @Test
    void warnsOfASecretThatCanBeGuessedWithoutNamingIt() throws Exception {
        assertThat(read("keys: {one: hunter2}").warnings())
                .singleElement()
                .asString()
                .contains("keys.one")
                .doesNotContain("hunter2");
    }

    @Test
    void printsNoSecret() throws Exception {
        assertThat(read(KEYS).config().toString()).contains("one").doesNotContain(SOUND_SECRET);
    }

    @Test
    void developmentModeStaysOnThisMachineWithTheWellKnownKey() throws Exception {
        ConfigReader.Reading reading = ConfigReader.read("", Map.of(), true);

        assertThat(reading.config().http().bindAddresses()).allMatch(InetAddress::isLoopbackAddress);
        assertThat(reading.config().media().loopbackCandidates()).isTrue();
        assertThat(reading.config().hasWellKnownKey()).isTrue();
        assertThat(reading.warnings()).singleElement().asString().contains("devkey");
    }

    @Test
    void developmentModeKeepsWhatIsConfigured() throws Exception {
        ServerConfig config = ConfigReader.read("bind_addresses: ['::']\n" + KEYS, Map.of(), true)
                .config();

        assertThat(config.http().bindAddresses()).isEmpty();
        assertThat(config.keys()).containsOnlyKeys("one");
        assertThat(config.hasWellKnownKey()).isFalse();
    }

    @Test
    void theCommandLineWinsOverTheFile() throws Exception {
        ServerConfig config = ConfigReader.read(
                        "rtc: {udp_port: 7100}\n" + KEYS,
                        Map.of(
                                ConfigKeys.UDP_PORT,
                                List.of("7200-7203"),
                                ConfigKeys.BIND_ADDRESSES,
                                List.of("127.0.0.1", "127.0.0.2")),
                        false)
                .config();

        assertThat(config.media().udpPorts()).isEqualTo(new UdpPorts(7200, 7203));
        assertThat(config.http().bindAddresses()).hasSize(2);
        assertThat(config.media().bindAddresses()).hasSize(2);
    }

    @Test
    void mediaMayBeBoundApartFromHttp() throws Exception {
        ServerConfig config =
                read("bind_addresses: ['127.0.0.1']\nrtc: {bind_addresses: ['::'], node_ip: 203.0.113.5}\n" + KEYS)
                        .config();

        assertThat(config.http().bindAddresses()).containsExactly(address("127.0.0.1"));
        assertThat(config.media().bindAddresses()).isEmpty();
        assertThat(config.media().loopbackCandidates()).isFalse();
    }

    @Test
    void aPortOfItsOwnWinsOverTheRange() throws Exception {
        assertThat(read("rtc: {port_range_start: 50000, port_range_end: 60000}\n" + KEYS)
                        .config()
                        .media()
                        .udpPorts())
                .isEqualTo(new UdpPorts(50_000, 60_000));
        assertThat(read("rtc: {udp_port: 7882, port_range_start: 50000, port_range_end: 60000}\n" + KEYS)
                        .config()
                        .media()
                        .udpPorts())
                .isEqualTo(new UdpPorts(7882, 7882));
    }

    @Test
    void everyLoopHasAPortOfItsOwn() {
        assertThat(new UdpPorts(7882, 7882).forLoops(8)).containsExactly(7882);
        assertThat(new UdpPorts(7882, 7900).forLoops(2)).containsExactly(7882, 7883);
        assertThat(new UdpPorts(7882, 7883).forLoops(8)).containsExactly(7882, 7883);
    }

    private static ConfigReader.Reading read(String yaml) throws InvalidConfigException {
        return ConfigReader.read(yaml, Map.of(), false);
    }

    private static InetAddress address(String literal) {
        return InetAddress.ofLiteral(literal);
    }
}
