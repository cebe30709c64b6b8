package io.tributary.server;

import io.tributary.auth.matrix.SkipVerify;
import java.util.List;

/// The keys of the section `matrix`, in the manual's order.
final class MatrixKeys {
    private static final String NUMBER = "a number, 1 or more";
    private static final String RATE = "a number a minute; 0 for no limit";

    static final ConfigKey SECTION = new ConfigKey(
            "matrix", "a section", "there is no way in for Matrix users", "Lets users of Matrix homeservers in.");
    static final ConfigKey URL = new ConfigKey(
            "matrix.url",
            "a ws or wss URL",
            "none; needed where there is a section `matrix`",
            "Where clients reach this server, given to them with each token; what `LIVEKIT_URL` is to lk-jwt-service.");
    static final ConfigKey FULL_ACCESS = new ConfigKey(
            "matrix.full_access_homeservers",
            "a list of Matrix server names, also as a text with commas or spaces; `*` alone for everybody",
            "none; needed where there is a section `matrix`",
            "Homeservers whose users make rooms and publish. Server names are what follows the colon in user ids.");
    static final ConfigKey FEDERATED_PUBLISH = new ConfigKey(
            "matrix.federated_publish",
            "never, legacy-only or allowlist",
            "never",
            "Whether users of other homeservers may publish into rooms that exist. `legacy-only`: those who use the"
                    + " older endpoint `/sfu/get`, whose calls have no media of theirs otherwise. `allowlist`: users of"
                    + " `matrix.federated_publish_homeservers`.");
    static final ConfigKey FEDERATED_PUBLISHERS = new ConfigKey(
            "matrix.federated_publish_homeservers",
            "as `matrix.full_access_homeservers`",
            "none",
            "See `matrix.federated_publish`.");
    static final ConfigKey RULES = new ConfigKey(
            "matrix.rules",
            "a list of rules: `name`, `access` (full, restricted or deny), and of `homeserver`, `user`, `room`,"
                    + " `max_participants`, `max_rooms` what applies",
            "none; `matrix.full_access_homeservers` decides",
            "Asked in order before `matrix.full_access_homeservers`; the first that fits decides. `homeserver`, `user`"
                    + " and `room` are patterns in which `*` stands for anything and `?` for one character. A homeserver"
                    + " that a rule writes in full, and does not deny, is one that is named here for `matrix.limits`.");
    static final ConfigKey TRUSTED_SERVERS = new ConfigKey(
            "matrix.trusted_servers",
            "a mapping of Matrix server names to http or https URLs",
            "none; every homeserver is looked for as the federation does",
            "Where to ask a homeserver without looking for it, on whatever address: your own, inside your network.");
    static final ConfigKey CA_FILE = new ConfigKey(
            "matrix.ca_file",
            "the name of a file with certificates, PEM",
            "none",
            "Authorities that are believed besides those of the Java runtime.");
    static final ConfigKey INSECURE = new ConfigKey(
            "matrix.insecure_skip_verify_tls",
            SkipVerify.MAGIC,
            "certificates are checked",
            "Takes any certificate of anybody. For tests and for nothing else: everybody is whoever they say.");
    static final ConfigKey ALLOWED_NETWORKS = new ConfigKey(
            "matrix.allowed_networks",
            "a list of networks such as 10.1.0.0/16",
            "public addresses only",
            "Addresses that homeservers may be asked at although they are private.");
    static final ConfigKey TRUSTED_PROXIES = new ConfigKey(
            "matrix.trusted_proxies",
            "a list of networks; an empty one for nobody",
            "loopback and private addresses",
            "Whose `X-Forwarded-For` is believed when requests are counted by address.");
    static final ConfigKey STRICT_JSON = new ConfigKey(
            "matrix.strict_json",
            "true or false",
            "false",
            "Whether a field that is not known refuses a token request, as with lk-jwt-service.");
    static final ConfigKey OWN_METADATA = new ConfigKey(
            "matrix.can_update_own_metadata",
            "true or false",
            "true",
            "Whether participants may change their name, metadata and attributes.");
    static final ConfigKey FIRST_USE = new ConfigKey(
            "matrix.first_use",
            "seconds, or a duration such as 30s, 30m; 10s to 1h",
            "30m",
            "How long after it was given out a token lets its bearer join for the first time. Whoever has been in the"
                    + " room comes back with it until it expires.");
    static final ConfigKey SOURCE_BURST =
            new ConfigKey("matrix.limits.source_burst", NUMBER, "2500", "Token requests of one address at once.");
    static final ConfigKey SOURCE_RATE = new ConfigKey(
            "matrix.limits.source_per_minute", RATE, "600", "Token requests of one address (of one /64 for IPv6).");
    static final ConfigKey USER_BURST =
            new ConfigKey("matrix.limits.user_burst", NUMBER, "60", "Token requests of one user at once.");
    static final ConfigKey USER_RATE =
            new ConfigKey("matrix.limits.user_per_minute", RATE, "60", "Token requests of one user.");
    static final ConfigKey SERVER_BURST = new ConfigKey(
            "matrix.limits.server_burst",
            NUMBER,
            "1000",
            "Verifications at once at one homeserver that is not named in this section.");
    static final ConfigKey SERVER_RATE = new ConfigKey(
            "matrix.limits.server_per_minute", RATE, "600", "Verifications at one homeserver that is not named here.");
    static final ConfigKey PATIENCE = new ConfigKey(
            "matrix.limits.patience",
            "a duration such as 5s; up to 5s",
            "5s",
            "How long a request over one of these limits is delayed before it is refused.");
    static final ConfigKey BODY_BYTES =
            new ConfigKey("matrix.limits.max_body_bytes", NUMBER, "65536", "The size of a token request.");
    static final ConfigKey PENDING = new ConfigKey(
            "matrix.limits.max_pending",
            NUMBER,
            "5000",
            "Token requests at work at the same time; more are refused at once.");
    static final ConfigKey OUTBOUND = new ConfigKey(
            "matrix.limits.max_outbound",
            NUMBER,
            "256",
            "Verifications at the same time at homeservers that are not named here.");
    static final ConfigKey OUTBOUND_KNOWN = new ConfigKey(
            "matrix.limits.max_outbound_known",
            NUMBER,
            "64",
            "The same at those that are named here; one of them gets half of it.");
    static final ConfigKey OUTBOUND_PER_SERVER = new ConfigKey(
            "matrix.limits.max_outbound_per_server",
            NUMBER,
            "8",
            "Verifications at the same time at one homeserver that is not named here.");

    /// Which of them there are; the section itself is none of them.
    static final List<ConfigKey> ALL = List.of(
            URL,
            FULL_ACCESS,
            FEDERATED_PUBLISH,
            FEDERATED_PUBLISHERS,
            RULES,
            TRUSTED_SERVERS,
            CA_FILE,
            INSECURE,
            ALLOWED_NETWORKS,
            TRUSTED_PROXIES,
            STRICT_JSON,
            OWN_METADATA,
            FIRST_USE,
            SOURCE_BURST,
            SOURCE_RATE,
            USER_BURST,
            USER_RATE,
            SERVER_BURST,
            SERVER_RATE,
            PATIENCE,
            BODY_BYTES,
            PENDING,
            OUTBOUND,
            OUTBOUND_KNOWN,
            OUTBOUND_PER_SERVER);

    private MatrixKeys() {}
}
