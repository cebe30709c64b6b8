package io.tributary.auth.matrix;

import io.tributary.transport.http.NameLookup;
import io.tributary.transport.http.OutboundHttp;
import io.tributary.transport.http.OutboundReply;
import io.tributary.transport.http.OutboundRequest;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The only way out: a name is looked up once, its addresses are checked, and exactly those are connected to. Whoever
/// answers the next question about that name differently has answered too late.
final class CheckedHttp {
    /// Addresses of one name that are tried, each with its own time to connect.
    private static final int MAX_ADDRESSES = 4;

    /// What a look-up may take, two name servers included.
    private static final Duration LOOKUP = Duration.ofSeconds(4);

    private final OutboundHttp http;
    private final NameLookup names;
    private final AddressRules rules;

    CheckedHttp(OutboundHttp http, NameLookup names, AddressRules rules) {
        this.http = http;
        this.names = names;
        this.rules = rules;
    }

    /// A destination over TLS at `host`, if it has an address that may be connected to.
    ///
    /// @param target whose addresses; mostly `certificateName`, otherwise an SRV record's target
    Discovery at(ServerName.Host target, String certificateName, String hostHeader, int port, Deadline deadline) {
        if (!AddressRules.allowsPort(port)) {
            return new Discovery.Lost(ServerTrouble.NOT_ALLOWED, "port " + port);
        }
        List<InetAddress> found = switch (target) {
            case ServerName.Host.Literal(InetAddress address) -> List.of(address);
            case ServerName.Host.Dns(String name) -> addresses(name, NameLookup.Scope.COMPLETE, deadline);
        };
        if (found.isEmpty()) {
            return new Discovery.Lost(ServerTrouble.NOT_FOUND, "no address of " + certificateName);
        }
        List<InetAddress> allowed =
                found.stream().filter(rules::allows).limit(MAX_ADDRESSES).toList();
        if (allowed.isEmpty()) {
            return new Discovery.Lost(ServerTrouble.NOT_ALLOWED, "no public address of " + certificateName);
        }
        return Discovery.Found.one(new Destination(true, certificateName, hostHeader, port, allowed, ""));
    }

    /// Addresses of what the operator wrote, whatever they are.
    List<InetAddress> local(String host, Deadline deadline) {
        Optional<ServerName> literal =
                ServerName.parse(host).filter(name -> name.host() instanceof ServerName.Host.Literal);
        if (literal.isPresent() && literal.get().host() instanceof ServerName.Host.Literal(InetAddress address)) {
            return List.of(address);
        }
        return addresses(host, NameLookup.Scope.LOCAL, deadline).stream()
                .limit(MAX_ADDRESSES)
                .toList();
    }

    /// Asks at each address until one is connected to.
    OutboundReply get(Destination destination, String pathAndQuery, int maxBodyBytes, Deadline deadline) {
        OutboundReply last = new OutboundReply.Failed(OutboundReply.Failure.TIMEOUT, "no time left");
        for (InetAddress address : destination.addresses()) {
            if (deadline.isOver()) {
                break;
            }
            long leftMillis = deadline.leftMillis();
            var request = new OutboundRequest(
                    new InetSocketAddress(address, destination.port()),
                    destination.tls(),
                    destination.certificateName(),
                    destination.host(),
                    destination.basePath() + pathAndQuery,
                    maxBodyBytes,
                    leftMillis);
            last = deadline.await(http.get(request))
                    .orElse(new OutboundReply.Failed(OutboundReply.Failure.TIMEOUT, "no answer in time"));
            boolean unreachable = last instanceof OutboundReply.Failed(OutboundReply.Failure failure, String _)
                    && failure == OutboundReply.Failure.UNREACHABLE;
            if (!unreachable) {
                return last;
            }
        }
        return last;
    }

    private List<InetAddress> addresses(String name, NameLookup.Scope scope, Deadline deadline) {
        return deadline.sooner(LOOKUP).await(names.addresses(name, scope)).orElse(List.of());
    }
}
