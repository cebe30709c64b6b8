package io.tributary.server;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Every key that means something here, in the manual's order, and those of LiveKit's `config.yaml` that mean
/// nothing here yet: naming them tells an operator more than "unknown" would.
public final class ConfigKeys {
    static final int LAST_PORT = 65_535;

    /// Media loops are one per core; more ports than this would be for machines that were never tried.
    static final int MAX_MEDIA_LOOPS = 64;

    static final UdpPorts DEFAULT_UDP_PORTS = new UdpPorts(7882, 7882 + MAX_MEDIA_LOOPS - 1);

    static final ConfigKey PORT = new ConfigKey(
            "port",
            "a port number; 0 for any free one",
            "7880",
            "HTTP and WebSocket: signalling, the call page, health.");
    static final ConfigKey BIND_ADDRESSES = new ConfigKey(
            "bind_addresses",
            "a list of IP addresses of this machine",
            "all addresses",
            "The addresses to listen on, for HTTP and, unless `rtc.bind_addresses` says otherwise, for media. Nothing"
                    + " listens anywhere else.");
    static final ConfigKey KEYS = new ConfigKey(
            "keys",
            "a mapping of key names to secrets, or lines of `name: secret`",
            "none; the server does not start without one",
            "API keys. A token is accepted when one of them signed it; the first signs the tokens this server"
                    + " issues. Secrets of 32 characters or more: `generate-keys` makes them.");
    static final ConfigKey KEY_FILE = new ConfigKey(
            "key_file",
            "the name of a file that only its owner can read",
            "none",
            "A file with lines of `name: secret`, read when `keys` is absent.");
    static final ConfigKey LOG_LEVEL =
            new ConfigKey("log_level", "debug, info, warn or error", "info", "The older spelling of `logging.level`.");
    static final ConfigKey LOGGING_LEVEL = new ConfigKey(
            "logging.level",
            "debug, info, warn or error",
            "info",
            "How much is logged, to standard error, one line an event.");
    static final ConfigKey UDP_PORT = new ConfigKey(
            "rtc.udp_port",
            "a port number, or a range `first-last`",
            "7882 and up, one for each core",
            "Media. One port opens exactly that port, and one media loop. A range gives each media loop a port of"
                    + " its own: as many loops as the machine has cores or the range has ports.");
    static final ConfigKey PORT_RANGE_START = new ConfigKey(
            "rtc.port_range_start",
            "a port number",
            "none",
            "With `rtc.port_range_end` another way to write a range of `rtc.udp_port`, which wins when both are given.");
    static final ConfigKey PORT_RANGE_END = new ConfigKey(
            "rtc.port_range_end",
            "a port number, `rtc.port_range_start` or higher",
            "none",
            "See `rtc.port_range_start`.");
    static final ConfigKey RTC_BIND_ADDRESSES = new ConfigKey(
            "rtc.bind_addresses",
            "a list of IP addresses of this machine; an empty one for all",
            "those of `bind_addresses`",
            "Tributary's own. The addresses to receive media on, where a reverse proxy in front of HTTP makes them"
                    + " differ.");
    static final ConfigKey NODE_IP = new ConfigKey(
            "rtc.node_ip",
            "an IP address, or a list of them",
            "the machine's own addresses",
            "The address that clients reach this server's media at, when address translation stands between: named"
                    + " in candidates in place of the machine's own.");
    static final ConfigKey ENABLE_LOOPBACK_CANDIDATE = new ConfigKey(
            "rtc.enable_loopback_candidate",
            "true or false",
            "true when only loopback addresses are bound",
            "Whether candidates name 127.0.0.1 and ::1 too, for clients on this machine.");
    static final ConfigKey UDP_SEND = new ConfigKey(
            "rtc.udp_send",
            "segments, sendmmsg or portable",
            "segments",
            "Tributary's own. How media leaves: packets of a frame in one piece that the kernel or the network card"
                    + " cuts, each packet by itself but many in one system call, or one by one. What this machine"
                    + " cannot do falls back to the next; a network card that mishandles segments is a reason to ask"
                    + " for less.");
    static final ConfigKey SRTP_CIPHERS = new ConfigKey(
            "rtc.srtp_ciphers",
            "auto, ipsec-mb, openssl or jdk",
            "auto",
            "Tributary's own. The library that encrypts media: OpenSSL where it is there and the JDK elsewhere, or one of"
                    + " them by name. `ipsec-mb` (Debian: libipsec-mb1) takes half the time or less, on x86 processors."
                    + " What cannot be had falls back to `auto` with a warning.");
    static final ConfigKey AUTO_CREATE = new ConfigKey(
            "room.auto_create",
            "true or false",
            "true",
            "Whether joining a room that does not exist makes it; otherwise only a token with `roomCreate` does.");
    static final ConfigKey EMPTY_TIMEOUT = new ConfigKey(
            "room.empty_timeout",
            "seconds, or a duration such as 30s, 5m, 1h",
            "300",
            "How long a room stays when nobody has joined it yet.");
    static final ConfigKey DEPARTURE_TIMEOUT = new ConfigKey(
            "room.departure_timeout",
            "seconds, or a duration such as 30s, 5m, 1h",
            "20",
            "How long a room stays after the last participant has left.");
    static final ConfigKey MAX_PARTICIPANTS = new ConfigKey(
            "room.max_participants", "a number; 0 for no limit", "0", "How many participants a room takes.");
    static final ConfigKey ENABLED_CODECS = new ConfigKey(
            "room.enabled_codecs",
            "a list of sections with a `mime` each: audio/opus, video/vp8, video/h264, video/vp9, video/av1,"
                    + " video/h265",
            "all of them",
            "What may be published. Clients that would send another codec send the first of these that they can. An"
                    + " `fmtp_line` is not needed: profiles are agreed with each client. `audio/red`, `video/rtx` and"
                    + " the telephone codecs may be listed too, and change nothing.");
    static final ConfigKey REQUIRE_E2EE = new ConfigKey(
            "room.require_e2ee",
            "auto, always or never",
            "auto",
            "Tributary's own. Whether tracks must be encrypted end to end. `auto`: where the first track of a room is,"
                    + " all later ones must be. `always`: all must be, and what turns out plain is muted. Whoever creates a"
                    + " room by the API may say otherwise for it, by `require_e2ee` in the room's metadata, where that is a JSON object.");
    static final ConfigKey REQUIRE_E2EE_BY_NAME = new ConfigKey(
            "room.require_e2ee_by_name",
            "a mapping of room names, with `*` and `?`, to auto, always or never",
            "none",
            "Tributary's own. `require_e2ee` for rooms whose whole name matches; the first that does decides.");
    static final ConfigKey TOKEN_REFRESH_INTERVAL = new ConfigKey(
            "room.token_refresh_interval",
            "seconds, or a duration such as 30s, 5m, 1h; 1s to 9m",
            "5m",
            "Tributary's own. How often a participant is sent a fresh token; a refreshed token lives 10 minutes or"
                    + " more, so it has to be sooner.");

    static final ConfigKey PROMETHEUS_PORT = new ConfigKey(
            "prometheus_port",
            "a port number; 0 for none",
            "no metrics are served",
            "Where `/metrics` is served for Prometheus, over HTTP on the addresses of `bind_addresses`. Anybody who"
                    + " reaches that port can read how many people are in calls, so let only Prometheus reach it, or"
                    + " set a password.");
    static final ConfigKey PROMETHEUS_SECTION_PORT = new ConfigKey(
            "prometheus.port",
            "a port number; 0 for none",
            "`prometheus_port`",
            "The newer spelling of `prometheus_port`; that one wins when both are given.");
    static final ConfigKey PROMETHEUS_USERNAME = new ConfigKey(
            "prometheus.username",
            "a name, together with `prometheus.password`",
            "none; anybody may read the metrics",
            "Who may read the metrics, by HTTP's basic authentication.");
    static final ConfigKey PROMETHEUS_PASSWORD = new ConfigKey(
            "prometheus.password",
            "a password, together with `prometheus.username`",
            "none; anybody may read the metrics",
            "See `prometheus.username`.");

    /// Which of them there are.
    public static final List<ConfigKey> ALL = joined(
            PORT,
            BIND_ADDRESSES,
            KEYS,
            KEY_FILE,
            LOG_LEVEL,
            LOGGING_LEVEL,
            UDP_PORT,
            PORT_RANGE_START,
            PORT_RANGE_END,
            RTC_BIND_ADDRESSES,
            NODE_IP,
            ENABLE_LOOPBACK_CANDIDATE,
            UDP_SEND,
            SRTP_CIPHERS,
            AUTO_CREATE,
            EMPTY_TIMEOUT,
            DEPARTURE_TIMEOUT,
            MAX_PARTICIPANTS,
            ENABLED_CODECS,
            REQUIRE_E2EE,
            REQUIRE_E2EE_BY_NAME,
            TOKEN_REFRESH_INTERVAL,
            PROMETHEUS_PORT,
            PROMETHEUS_SECTION_PORT,
            PROMETHEUS_USERNAME,
            PROMETHEUS_PASSWORD);

    private static List<ConfigKey> joined(ConfigKey... keys) {
        return Stream.concat(Stream.of(keys), MatrixKeys.ALL.stream()).toList();
    }

    /// Keys and whole sections that LiveKit reads and this server does not, with what that means for the operator.
    static final Map<String, String> NOT_YET = Map.ofEntries(
            Map.entry("redis", "a node stands alone"),
            Map.entry("turn", "there is no TURN server in here; clients connect directly"),
            Map.entry("webhook", "nobody is notified"),
            Map.entry("audio", "speakers are ranked with fixed settings"),
            Map.entry("video", "fixed settings hold"),
            Map.entry("limit", "this node sets no limits of its own"),
            Map.entry("ingress", "there is no ingress"),
            Map.entry("sip", "there is no SIP"),
            Map.entry("agents", "there are no agents"),
            Map.entry("node_selector", "a node stands alone"),
            Map.entry("signal_relay", "a node stands alone"),
            Map.entry("psrpc", "a node stands alone"),
            Map.entry("region", "a node stands alone"),
            Map.entry("environment", "it changes nothing"),
            Map.entry("development", "use --dev"),
            Map.entry("api", "fixed settings hold"),
            Map.entry("metric", "no metrics are collected from clients"),
            Map.entry("trace", "no traces are sent"),
            Map.entry("node_stats", "fixed settings hold"),
            Map.entry("enable_data_tracks", "there are no data tracks"),
            Map.entry("logging.json", "log lines are text"),
            Map.entry("logging.sample", "every line is logged"),
            Map.entry("logging.pion_level", "there is one level for everything"),
            Map.entry("logging.component_levels", "there is one level for everything"),
            Map.entry("rtc.tcp_port", "media is received over UDP only"),
            Map.entry("rtc.allow_tcp_fallback", "media is received over UDP only"),
            Map.entry("rtc.force_tcp", "media is received over UDP only"),
            Map.entry("rtc.use_external_ip", "no public address is looked up; say it with rtc.node_ip"),
            Map.entry("rtc.external_ip_only", "say the address with rtc.node_ip"),
            Map.entry("rtc.stun_servers", "clients are given none"),
            Map.entry("rtc.turn_servers", "clients are given none"),
            Map.entry("rtc.use_ice_lite", "this server always is ICE-lite"),
            Map.entry("rtc.use_mdns", "candidates are never hidden behind mDNS names"),
            Map.entry("rtc.interfaces", "every interface is considered; bind_addresses narrows it"),
            Map.entry("rtc.ips", "every address is considered; bind_addresses narrows it"),
            Map.entry("rtc.congestion_control", "downlinks are not estimated"),
            Map.entry("rtc.use_send_side_bwe", "downlinks are not estimated"),
            Map.entry("rtc.pli_throttle", "key-frame requests are throttled with fixed settings"),
            Map.entry("rtc.packet_buffer_size", "the history of a track has a fixed size"),
            Map.entry("rtc.packet_buffer_size_video", "the history of a track has a fixed size"),
            Map.entry("rtc.packet_buffer_size_audio", "the history of a track has a fixed size"),
            Map.entry("rtc.batch_io", "packets are always sent in batches"),
            Map.entry("rtc.strict_acks", "it changes nothing"),
            Map.entry("rtc.reconnect_on_publication_error", "it changes nothing"),
            Map.entry("rtc.reconnect_on_subscription_error", "it changes nothing"),
            Map.entry("rtc.reconnect_on_data_channel_error", "it changes nothing"),
            Map.entry("rtc.data_channel_max_buffered_amount", "there are no data channels"),
            Map.entry("rtc.allow_timestamp_adjustment", "it changes nothing"),
            Map.entry("rtc.forward_stats", "it changes nothing"),
            Map.entry("room.enable_remote_unmute", "nobody can unmute others"),
            Map.entry("room.max_metadata_size", "fixed limits hold"),
            Map.entry("room.playout_delay", "receivers choose their own"),
            Map.entry("room.sync_streams", "receivers always synchronise a participant's tracks"),
            Map.entry("room.create_room_enabled", "tokens with `roomCreate` make rooms"),
            Map.entry("room.room_configurations", "every room begins alike"));

    /// Values of the above that ask for what happens anyway, so that nobody is warned for nothing.
    static final Map<String, String> ALREADY_SO = Map.of(
            "rtc.tcp_port", "0",
            "rtc.allow_tcp_fallback", "false",
            "rtc.use_external_ip", "false",
            "rtc.use_ice_lite", "true",
            "rtc.use_mdns", "false",
            "logging.json", "false",
            "logging.sample", "false",
            "turn.enabled", "false");

    private ConfigKeys() {}
}
