package io.tributary.transport.web;

import io.tributary.transport.http.OutboundHttp;
import io.tributary.transport.http.OutboundReply;
import io.tributary.transport.http.OutboundReply.Failure;
import io.tributary.transport.http.OutboundRequest;
import io.tributary.transport.http.OutboundTrust;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http1ClientConfig;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientConfig;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;

/// [OutboundHttp] by Vert.x, which can connect to one thing, ask for another by SNI, and say a third as Host.
///
/// A connection serves one exchange. Handshakes are cheap against what waits behind them, and what a name led to once
/// says nothing about where it leads now.
public final class OutboundClient implements OutboundHttp, AutoCloseable {
    /// Answers are short; a server that needs more headers than this isn't one that was meant.
    private static final int MAX_HEADERS_BYTES = 16 << 10;

    private static final int MAX_STATUS_LINE_BYTES = 4 << 10;

    /// For TCP alone, and short enough that a second address gets its turn.
    private static final Duration CONNECT_TIMEOUT = Duration.ofMillis(2500);

    private static final long HANDSHAKE_TIMEOUT_MILLIS = 5000;

    /// Callers bound themselves; the library's own bound must not turn into a queue before theirs.
    private static final int CONNECTIONS_PER_ADDRESS = 4096;

    private final Vertx vertx;
    private final HttpClient client;

    private OutboundClient(Vertx vertx, HttpClient client) {
        this.vertx = vertx;
        this.client = client;
    }

    public static OutboundClient open(OutboundTrust trust) {
        ClientSSLOptions tls = tls(trust);
        Vertx vertx =
                Vertx.builder().with(IoThreads.options(IoThreads.OF_A_CLIENT)).build();
        HttpClient client = vertx.httpClientBuilder()
                .with(new HttpClientConfig()
                        .setVersions(HttpVersion.HTTP_1_1)
                        .setConnectTimeout(CONNECT_TIMEOUT)
                        .setVerifyHost(trust.verify())
                        .setDecompressionEnabled(false)
                        .setHttp1Config(new Http1ClientConfig()
                                .setKeepAlive(false)
                                .setMaxHeaderSize(MAX_HEADERS_BYTES)
                                .setMaxInitialLineLength(MAX_STATUS_LINE_BYTES)))
                .with(new PoolOptions().setHttp1MaxSize(CONNECTIONS_PER_ADDRESS))
                .with(tls)
                .build();
        return new OutboundClient(vertx, client);
    }

    @Override
    public CompletionStage<OutboundReply> get(OutboundRequest request) {
        var exchange = new OutboundExchange(vertx, request);
        exchange.start(client);
        return exchange.reply();
    }

    /// Exchanges under way fail.
    @Override
    public void close() {
        IoThreads.end(vertx, client.close());
    }

    private static ClientSSLOptions tls(OutboundTrust trust) {
        var options = new ClientSSLOptions()
                .setUseAlpn(false)
                .setSslHandshakeTimeout(HANDSHAKE_TIMEOUT_MILLIS)
                .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
        if (!trust.verify()) {
            return options.setTrustAll(true).setHostnameVerificationAlgorithm("");
        }
        options.setHostnameVerificationAlgorithm("HTTPS");
        try {
            return options.setTrustOptions(TrustOptions.wrap(authorities(trust.furtherRoots())));
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("the runtime's own authorities cannot be read", e);
        }
    }

    /// The runtime's authorities and `further` ones, as one.
    private static TrustManagerFactory authorities(List<X509Certificate> further)
            throws GeneralSecurityException, IOException {
        TrustManagerFactory usual = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        usual.init((KeyStore) null);
        if (further.isEmpty()) {
            return usual;
        }
        KeyStore all = KeyStore.getInstance(KeyStore.getDefaultType());
        all.load(null, null);
        int count = 0;
        for (TrustManager manager : usual.getTrustManagers()) {
            if (manager instanceof X509TrustManager x509) {
                for (X509Certificate root : x509.getAcceptedIssuers()) {
                    all.setCertificateEntry("usual-" + count++, root);
                }
            }
        }
        for (X509Certificate root : further) {
            all.setCertificateEntry("further-" + count++, root);
        }
        TrustManagerFactory both = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        both.init(all);
        return both;
    }

    /// What a failure of the library is called here.
    static Failure failure(Throwable cause, boolean connected) {
        Throwable at = cause;
        for (int depth = 0; at != null && depth < 8; depth++) {
            if (at instanceof javax.net.ssl.SSLException) {
                return Failure.CERTIFICATE;
            }
            at = at.getCause();
        }
        return connected ? Failure.BROKEN : Failure.UNREACHABLE;
    }
}
