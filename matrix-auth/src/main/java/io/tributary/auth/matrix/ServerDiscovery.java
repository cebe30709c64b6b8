package io.tributary.auth.matrix;

import io.tributary.transport.http.NameLookup;
import io.tributary.transport.http.OutboundHttp;
import io.tributary.transport.http.ServiceRecord;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/// Finds the machine behind a homeserver's name (Matrix server-server API, "Resolving server names"):
///
/// ```
///   trusted by the operator ─────────────────────────────► its base URL
///   address                 ─────────────────────────────► address : port or 8448
///   name with a port        ─────────────────────────────► name : port
///   name ─► well-known ─► address, or name with a port  ─► as above, for what it says
///     │         └───────► name ─┐
///     └─────────────────────────┴─► SRV _matrix-fed ─► SRV _matrix ─► name : 8448
/// ```
/// The certificate is for the name after well-known and before SRV. Delegation is followed once.
public final class ServerDiscovery {
    /// RFC 6335 names of the service, the present one first.
    private static final List<String> SERVICES = List.of("_matrix-fed._tcp.", "_matrix._tcp.");

    private static final int FEDERATION_PORT = 8448;

    /// Targets of SRV records that are looked at.
    private static final int MAX_TARGETS = 4;

    /// Two name servers' worth of silence.
    private static final Duration SRV_LOOKUP = Duration.ofSeconds(3);

    private final NameLookup names;
    private final CheckedHttp http;
    private final WellKnown wellKnown;
    private final Map<ServerName, URI> trusted;
    private final RandomGenerator random;

    /// @param trusted base URLs that need no looking for
    /// @param random any thread's
    public ServerDiscovery(
            OutboundHttp http,
            NameLookup names,
            AddressRules rules,
            Map<ServerName, URI> trusted,
            Executor blocking,
            Timekeeper time,
            RandomGenerator random) {
        this.names = names;
        this.http = new CheckedHttp(http, names, rules);
        this.wellKnown = new WellKnown(this.http, blocking, time, random);
        this.trusted = Map.copyOf(trusted);
        this.random = random;
    }

    /// Blocks, until the deadline at most.
    public Discovery find(ServerName name, Deadline deadline) {
        URI base = trusted.get(name);
        if (base != null) {
            return trusted(base, deadline);
        }
        if (name.host() instanceof ServerName.Host.Dns host && name.port().isEmpty()) {
            Optional<ServerName> delegate = wellKnown.delegate(host, deadline);
            return delegate.isPresent() ? delegated(delegate.get(), deadline) : bySrv(host, deadline);
        }
        return direct(name, deadline);
    }

    CheckedHttp http() {
        return http;
    }

    WellKnown wellKnown() {
        return wellKnown;
    }

    /// What a certificate for this name's host is for: no port, no brackets.
    static String certificateName(ServerName name) {
        return switch (name.host()) {
            case ServerName.Host.Dns(String host) -> host;
            case ServerName.Host.Literal(InetAddress address) -> address.getHostAddress();
        };
    }

    private Discovery delegated(ServerName to, Deadline deadline) {
        return to.host() instanceof ServerName.Host.Dns host && to.port().isEmpty()
                ? bySrv(host, deadline)
                : direct(to, deadline);
    }

    private Discovery direct(ServerName name, Deadline deadline) {
        int port = name.port().orElse(FEDERATION_PORT);
        return http.at(name.host(), certificateName(name), name.value(), port, deadline);
    }

    private Discovery bySrv(ServerName.Host.Dns host, Deadline deadline) {
        for (String service : SERVICES) {
            // What can't be found out is taken for absent: the host itself may well be there.
            List<ServiceRecord> records = deadline.sooner(SRV_LOOKUP)
                    .await(names.services(service + host.name()))
                    .orElse(List.of());
            if (!records.isEmpty()) {
                return targets(records, host, deadline);
            }
        }
        return http.at(host, host.name(), host.name(), FEDERATION_PORT, deadline);
    }

    private Discovery targets(List<ServiceRecord> records, ServerName.Host.Dns host, Deadline deadline) {
        List<Destination> destinations = new ArrayList<>();
        Discovery lost = new Discovery.Lost(ServerTrouble.NOT_FOUND, "SRV says that nobody is there");
        for (ServiceRecord target : ordered(records)) {
            Optional<ServerName> name = ServerName.parse(target.target());
            if (name.isEmpty()) {
                continue;
            }
            switch (http.at(name.get().host(), host.name(), host.name(), target.port(), deadline)) {
                case Discovery.Found found -> destinations.addAll(found.destinations());
                case Discovery.Lost trouble -> lost = trouble;
            }
        }
        return destinations.isEmpty() ? lost : new Discovery.Found(destinations);
    }

    /// The order of RFC 2782: by priority, and within one by chance in proportion to weight.
    private List<ServiceRecord> ordered(List<ServiceRecord> records) {
        List<ServiceRecord> left = new ArrayList<>(records);
        left.sort(Comparator.comparingInt(ServiceRecord::priority));
        List<ServiceRecord> ordered = new ArrayList<>();
        while (!left.isEmpty() && ordered.size() < MAX_TARGETS) {
            int priority = left.getFirst().priority();
            List<ServiceRecord> equals =
                    left.stream().filter(one -> one.priority() == priority).toList();
            int total = equals.stream().mapToInt(ServiceRecord::weight).sum();
            int pick = random.nextInt(total + 1);
            ServiceRecord next = equals.getLast();
            for (ServiceRecord one : equals) {
                pick -= one.weight();
                if (pick <= 0) {
                    next = one;
                    break;
                }
            }
            ordered.add(next);
            left.remove(next);
        }
        return ordered;
    }

    private Discovery trusted(URI base, Deadline deadline) {
        boolean tls = "https".equalsIgnoreCase(base.getScheme());
        int port = base.getPort() >= 0 ? base.getPort() : tls ? 443 : 80;
        List<InetAddress> addresses = http.local(base.getHost(), deadline);
        if (addresses.isEmpty()) {
            return new Discovery.Lost(ServerTrouble.NOT_FOUND, "no address of " + base.getHost());
        }
        String path = base.getRawPath() == null ? "" : base.getRawPath().replaceFirst("/+$", "");
        String certificateName = base.getHost().replaceAll("^\\[|]$", "");
        return Discovery.Found.one(
                new Destination(tls, certificateName, base.getRawAuthority(), port, addresses, path));
    }
}
