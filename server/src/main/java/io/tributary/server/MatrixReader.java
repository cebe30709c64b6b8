package io.tributary.server;

import io.tributary.auth.access.Access;
import io.tributary.auth.access.AccessRule;
import io.tributary.auth.access.FederatedPublish;
import io.tributary.auth.access.HomeserverAllowlist;
import io.tributary.auth.access.RuleListPolicy;
import io.tributary.auth.endpoint.DoorLimits;
import io.tributary.auth.endpoint.DoorSettings;
import io.tributary.auth.endpoint.Rate;
import io.tributary.auth.matrix.Network;
import io.tributary.auth.matrix.ServerName;
import io.tributary.auth.matrix.SkipVerify;
import io.tributary.transport.http.OutboundTrust;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Reads the section `matrix`.
final class MatrixReader {
    private static final int MOST = 1_000_000;
    private static final Duration LONGEST_PATIENCE = Duration.ofSeconds(5);
    private static final Set<String> RULE_FIELDS =
            Set.of("name", "access", "homeserver", "user", "room", "max_participants", "max_rooms");

    private final ConfigDocument document;

    private MatrixReader(ConfigDocument document) {
        this.document = document;
    }

    /// What the document says about Matrix, if it does. Mistakes are in the document's problems, and the result is of
    /// no use then.
    static Optional<MatrixConfig> read(ConfigDocument document) {
        if (!document.has(MatrixKeys.SECTION)) {
            return Optional.empty();
        }
        return Optional.of(new MatrixReader(document).read());
    }

    private MatrixConfig read() {
        DoorSettings door = new DoorSettings(
                url(),
                fullAccess(),
                rules(),
                federatedPublish(),
                trustedServers(),
                networks(MatrixKeys.ALLOWED_NETWORKS, List.of()),
                networks(MatrixKeys.TRUSTED_PROXIES, DoorSettings.USUAL_PROXIES),
                document.flag(MatrixKeys.STRICT_JSON, false),
                limits());
        return new MatrixConfig(
                door,
                new OutboundTrust(!skipsVerification(), authorities()),
                document.flag(MatrixKeys.OWN_METADATA, true),
                document.duration(
                        MatrixKeys.FIRST_USE, Duration.ofSeconds(10), Duration.ofHours(1), Duration.ofMinutes(30)));
    }

    private String url() {
        String text = document.text(MatrixKeys.URL).orElse("");
        if (text.isEmpty()) {
            document.problem(MatrixKeys.URL.path() + ": there is none, and clients would not find this server;"
                    + " allowed is " + MatrixKeys.URL.allowed());
        } else if (!isUrl(text, Set.of("ws", "wss", "http", "https"))) {
            document.problem(MatrixKeys.URL, text);
        }
        return text;
    }

    private HomeserverAllowlist fullAccess() {
        if (!document.has(MatrixKeys.FULL_ACCESS)) {
            document.problem(MatrixKeys.FULL_ACCESS.path() + ": there is none, and nobody could begin a call; allowed"
                    + " is " + MatrixKeys.FULL_ACCESS.allowed());
        }
        return allowlist(MatrixKeys.FULL_ACCESS);
    }

    private HomeserverAllowlist allowlist(ConfigKey key) {
        try {
            return HomeserverAllowlist.parse(String.join(",", document.texts(key)));
        } catch (IllegalArgumentException e) {
            document.problem(key.path() + ": " + e.getMessage());
            return HomeserverAllowlist.parse("");
        }
    }

    private FederatedPublish federatedPublish() {
        HomeserverAllowlist publishers = allowlist(MatrixKeys.FEDERATED_PUBLISHERS);
        return switch (document.text(MatrixKeys.FEDERATED_PUBLISH).orElse("never")) {
            case "never" -> FederatedPublish.NEVER;
            case "legacy-only" -> FederatedPublish.LEGACY_ONLY;
            case "allowlist" -> FederatedPublish.allowlist(publishers);
            case String other -> {
                document.problem(MatrixKeys.FEDERATED_PUBLISH, other);
                yield FederatedPublish.NEVER;
            }
        };
    }

    private List<AccessRule> rules() {
        List<AccessRule> rules = new ArrayList<>();
        for (Map<String, String> fields : document.mappings(MatrixKeys.RULES)) {
            rule(fields, rules.size() + 1).ifPresent(rules::add);
        }
        try {
            new RuleListPolicy(rules, HomeserverAllowlist.parse(""));
        } catch (IllegalArgumentException e) {
            document.problem(MatrixKeys.RULES.path() + ": " + e.getMessage());
        }
        return rules;
    }

    private Optional<AccessRule> rule(Map<String, String> fields, int number) {
        String name = fields.getOrDefault("name", "rule " + number);
        for (String field : fields.keySet()) {
            if (!RULE_FIELDS.contains(field)) {
                document.problem(MatrixKeys.RULES, "the field " + field + " of " + name);
            }
        }
        Access access = switch (fields.getOrDefault("access", "none")) {
            case "full" -> Access.FULL;
            case "restricted" -> Access.RESTRICTED;
            case "deny" -> Access.DENIED;
            case String other -> {
                document.problem(MatrixKeys.RULES, "the access " + other + " of " + name);
                yield Access.DENIED;
            }
        };
        return Optional.of(new AccessRule(
                name,
                fields.getOrDefault("homeserver", "*"),
                fields.getOrDefault("user", "*"),
                fields.getOrDefault("room", "*"),
                access,
                ceiling(fields, "max_participants", name),
                ceiling(fields, "max_rooms", name)));
    }

    private int ceiling(Map<String, String> fields, String field, String rule) {
        String text = fields.getOrDefault(field, "0");
        if (!text.matches("\\d{1,6}")) {
            document.problem(MatrixKeys.RULES, "the " + field + " of " + rule);
            return 0;
        }
        return Integer.parseInt(text);
    }

    private Map<ServerName, URI> trustedServers() {
        Map<ServerName, URI> servers = new LinkedHashMap<>();
        document.mapping(MatrixKeys.TRUSTED_SERVERS).forEach((name, url) -> {
            Optional<ServerName> server = ServerName.parse(name);
            if (server.isEmpty() || !isUrl(url, Set.of("http", "https"))) {
                document.problem(MatrixKeys.TRUSTED_SERVERS, name + ": " + url);
            } else {
                servers.put(server.get(), URI.create(url));
            }
        });
        return servers;
    }

    private List<Network> networks(ConfigKey key, List<Network> fallback) {
        if (!document.has(key)) {
            return fallback;
        }
        List<Network> networks = new ArrayList<>();
        for (String text : document.texts(key)) {
            Network.parse(text).ifPresentOrElse(networks::add, () -> document.problem(key, text));
        }
        return networks;
    }

    /// Anything but the exact words is no mistake to start with: who has half of it wants certificates checked.
    private boolean skipsVerification() {
        return document.text(MatrixKeys.INSECURE).filter(SkipVerify::isAsked).isPresent();
    }

    private List<X509Certificate> authorities() {
        Optional<String> name = document.text(MatrixKeys.CA_FILE);
        if (name.isEmpty()) {
            return List.of();
        }
        List<X509Certificate> authorities = new ArrayList<>();
        try (InputStream in = Files.newInputStream(Path.of(name.get()))) {
            for (Certificate certificate :
                    CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                if (certificate instanceof X509Certificate x509) {
                    authorities.add(x509);
                }
            }
        } catch (IOException | CertificateException e) {
            document.problem(MatrixKeys.CA_FILE, name.get() + ", which cannot be read as certificates,");
            return List.of();
        }
        if (authorities.isEmpty()) {
            document.problem(MatrixKeys.CA_FILE, name.get() + ", which holds no certificate,");
        }
        return authorities;
    }

    private DoorLimits limits() {
        DoorLimits usual = DoorLimits.usual();
        return new DoorLimits(
                rate(MatrixKeys.SOURCE_BURST, MatrixKeys.SOURCE_RATE, usual.perSource()),
                rate(MatrixKeys.USER_BURST, MatrixKeys.USER_RATE, usual.perUser()),
                rate(MatrixKeys.SERVER_BURST, MatrixKeys.SERVER_RATE, usual.perServer()),
                document.duration(MatrixKeys.PATIENCE, Duration.ZERO, LONGEST_PATIENCE, usual.patience()),
                atLeastOne(MatrixKeys.BODY_BYTES, usual.maxBodyBytes()),
                atLeastOne(MatrixKeys.PENDING, usual.maxPending()),
                atLeastOne(MatrixKeys.OUTBOUND, usual.maxOutbound()),
                atLeastOne(MatrixKeys.OUTBOUND_KNOWN, usual.maxOutboundKnown()),
                atLeastOne(MatrixKeys.OUTBOUND_PER_SERVER, usual.maxOutboundPerServer()),
                usual.verification(),
                usual.total());
    }

    private Rate rate(ConfigKey burst, ConfigKey perMinute, Rate usual) {
        return new Rate(atLeastOne(burst, usual.burst()), document.number(perMinute, 0, MOST, usual.perMinute()));
    }

    private int atLeastOne(ConfigKey key, int usual) {
        return document.number(key, 1, MOST, usual);
    }

    private static boolean isUrl(String text, Set<String> schemes) {
        try {
            URI uri = new URI(text);
            return uri.getScheme() != null
                    && schemes.contains(uri.getScheme().toLowerCase(Locale.ROOT))
                    && uri.getHost() != null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
