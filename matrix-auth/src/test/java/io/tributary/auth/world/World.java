package io.tributary.auth.world;

import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import io.tributary.auth.matrix.Timekeeper;
import io.tributary.transport.http.NameLookup;
import io.tributary.transport.http.OutboundHttp;
import io.tributary.transport.http.OutboundReply;
import io.tributary.transport.http.OutboundRequest;
import io.tributary.transport.http.OutboundTrust;
import io.tributary.transport.http.ServiceRecord;
import io.tributary.transport.web.OutboundClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;

/// A small internet on loopback: names, addresses of documentation ranges, and real TLS servers behind them. What is
/// asked of an address goes to the port that its server really has; SNI, certificates and Host are as they would be.
public final class World implements OutboundHttp, NameLookup, AutoCloseable {
    /// A clock that goes, and waits for real.
    public static final Timekeeper CLOCK = new Timekeeper() {
        @Override
        public long nowMillis() {
            return System.nanoTime() / 1_000_000;
        }

        @Override
        public void pause(long millis) throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(millis);
        }
    };

    /// One request as a server saw it.
    public record Seen(String at, String sni, String host, String path) {}

    public final TestAuthority authority = new TestAuthority();
    public final List<Seen> seen = new CopyOnWriteArrayList<>();

    /// What was asked to connect to, whether somebody was there or not.
    public final List<String> connects = new CopyOnWriteArrayList<>();

    public final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
    private final OutboundClient client;
    private final Map<String, Integer> ports = new ConcurrentHashMap<>();
    private final Map<String, List<String>> addresses = new ConcurrentHashMap<>();
    private final Map<String, List<ServiceRecord>> services = new ConcurrentHashMap<>();
    private final List<AutoCloseable> open = new ArrayList<>();

    public World() {
        this(true);
    }

    public World(boolean verify) {
        client = OutboundClient.open(new OutboundTrust(verify, verify ? List.of(authority.root()) : List.of()));
    }

    /// What `name` resolves to.
    public World name(String name, String... literals) {
        addresses.put(name, List.of(literals));
        return this;
    }

    public World service(String name, ServiceRecord... records) {
        services.put(name, List.of(records));
        return this;
    }

    /// A TLS server at `address` and `port`, with a certificate for `names`.
    public World server(String address, int port, HttpHandler handler, String... names) {
        try {
            String at = at(InetAddress.ofLiteral(address), port);
            HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 512);
            server.setHttpsConfigurator(new HttpsConfigurator(authority.server(names)));
            server.setExecutor(blocking);
            server.createContext("/", exchange -> {
                seen.add(new Seen(
                        at,
                        sni((HttpsExchange) exchange),
                        String.valueOf(exchange.getRequestHeaders().getFirst("Host")),
                        exchange.getRequestURI().toString()));
                handler.handle(exchange);
            });
            server.start();
            open.add(() -> server.stop(0));
            ports.put(at, server.getAddress().getPort());
            return this;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// A TLS server that speaks bytes rather than HTTP: `script` writes what it likes to the socket.
    public World raw(String address, int port, Consumer<java.net.Socket> script, String... names) {
        try {
            ServerSocket listener = authority
                    .server(names)
                    .getServerSocketFactory()
                    .createServerSocket(0, 512, InetAddress.getLoopbackAddress());
            open.add(listener);
            ports.put(at(InetAddress.ofLiteral(address), port), listener.getLocalPort());
            blocking.execute(() -> {
                while (!listener.isClosed()) {
                    try {
                        var socket = listener.accept();
                        blocking.execute(() -> script.accept(socket));
                    } catch (IOException e) {
                        return;
                    }
                }
            });
            return this;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Answers one path with one text, and everything else with 404.
    public static HttpHandler text(String path, int status, String body, String... headers) {
        return exchange -> {
            boolean here = exchange.getRequestURI().getPath().equals(path);
            for (int i = 0; here && i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            byte[] bytes = (here ? body : "").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(here ? status : 404, bytes.length == 0 ? -1 : bytes.length);
            try (exchange) {
                exchange.getResponseBody().write(bytes);
            }
        };
    }

    /// A homeserver that knows one token.
    public static HttpHandler homeserver(String token, String user) {
        return exchange -> {
            boolean right =
                    ("access_token=" + token).equals(exchange.getRequestURI().getRawQuery());
            String path = "/_matrix/federation/v1/openid/userinfo";
            (right
                            ? text(path, 200, "{\"sub\":\"" + user + "\"}")
                            : text(path, 401, "{\"errcode\":\"M_UNKNOWN_TOKEN\",\"error\":\"?\"}"))
                    .handle(exchange);
        };
    }

    public static HttpHandler wellKnown(String delegate) {
        return text("/.well-known/matrix/server", 200, "{\"m.server\":\"" + delegate + "\"}");
    }

    public long asked(String pathPrefix) {
        return seen.stream().filter(one -> one.path().startsWith(pathPrefix)).count();
    }

    /// A request by this world's client, with the authorities it trusts, to a server of another world.
    public CompletionStage<OutboundReply> through(World other, OutboundRequest request) {
        ports.putAll(other.ports);
        return get(request);
    }

    @Override
    public CompletionStage<OutboundReply> get(OutboundRequest request) {
        InetSocketAddress to = request.address();
        String at = at(to.getAddress(), to.getPort());
        connects.add(at);
        Integer port = ports.get(at);
        if (port == null) {
            return CompletableFuture.completedFuture(
                    new OutboundReply.Failed(OutboundReply.Failure.UNREACHABLE, "nobody there"));
        }
        return client.get(new OutboundRequest(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                request.tls(),
                request.serverName(),
                request.host(),
                request.pathAndQuery(),
                request.maxBodyBytes(),
                request.timeoutMillis()));
    }

    @Override
    public CompletionStage<List<InetAddress>> addresses(String name, Scope scope) {
        return CompletableFuture.completedFuture(addresses.getOrDefault(name, List.of()).stream()
                .map(InetAddress::ofLiteral)
                .toList());
    }

    @Override
    public CompletionStage<List<ServiceRecord>> services(String name) {
        return CompletableFuture.completedFuture(services.getOrDefault(name, List.of()));
    }

    @Override
    public void close() {
        open.forEach(one -> {
            try {
                one.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        client.close();
        blocking.shutdownNow();
    }

    private static String at(InetAddress address, int port) {
        return Arrays.toString(address.getAddress()) + ":" + port;
    }

    /// As [Seen#at] has it.
    public static String at(String literal, int port) {
        return at(InetAddress.ofLiteral(literal), port);
    }

    private static String sni(HttpsExchange exchange) {
        return exchange.getSSLSession() instanceof ExtendedSSLSession session
                ? session.getRequestedServerNames().stream()
                        .map(name -> new SNIHostName(name.getEncoded()).getAsciiName())
                        .findFirst()
                        .orElse("")
                : "";
    }
}
