package io.tributary.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.dns.DefaultDnsQuestion;
import io.netty.handler.codec.dns.DefaultDnsRecordDecoder;
import io.netty.handler.codec.dns.DnsRawRecord;
import io.netty.handler.codec.dns.DnsRecord;
import io.netty.handler.codec.dns.DnsRecordType;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsErrorCauseException;
import io.netty.resolver.dns.DnsNameResolver;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsNameResolverChannelStrategy;
import io.netty.resolver.dns.DnsNameResolverTimeoutException;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import io.netty.resolver.dns.DnsServerAddressStreamProviders;
import io.netty.resolver.dns.NoopAuthoritativeDnsServerCache;
import io.netty.resolver.dns.NoopDnsCache;
import io.netty.resolver.dns.NoopDnsCnameCache;
import io.netty.resolver.dns.SequentialDnsServerAddressStreamProvider;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import io.tributary.transport.http.NameLookup;
import io.tributary.transport.http.ServiceRecord;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/// Names by Netty's resolver, which waits for nobody's thread: a slow name server costs whoever asked, and no one else.
/// The machine's own way of looking names up blocks a thread of the system for as long as a stranger's name server
/// likes.
public final class DnsLookup implements NameLookup, AutoCloseable {
    /// One question to one name server. Twice that, over two servers, still leaves time for the rest of a request.
    private static final long QUERY_TIMEOUT_MILLIS = 1500;

    /// Aliases followed and servers asked for one name.
    private static final int MAX_QUERIES = 8;

    /// Records of one answer that are looked at; more than that are nobody's servers.
    private static final int MAX_RECORDS = 32;

    /// RFC 2782: priority, weight, port, and a target of at least one byte.
    private static final int SRV_HEAD_BYTES = 6;

    private final MultiThreadIoEventLoopGroup group;
    private final DnsNameResolver complete;
    private final DnsNameResolver local;

    private DnsLookup(DnsServerAddressStreamProvider servers) {
        group = new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("dns", true), NioIoHandler.newFactory());
        complete = builder(servers).searchDomains(List.of()).ndots(1).build();
        local = builder(servers).build();
    }

    /// Asks the name servers of this machine.
    public static DnsLookup ofTheMachine() {
        return new DnsLookup(DnsServerAddressStreamProviders.platformDefault());
    }

    /// Asks these name servers, in this order.
    public static DnsLookup of(List<InetSocketAddress> servers) {
        return new DnsLookup(new SequentialDnsServerAddressStreamProvider(servers));
    }

    @Override
    public CompletionStage<List<InetAddress>> addresses(String name, Scope scope) {
        var answer = new CompletableFuture<List<InetAddress>>();
        DnsNameResolver resolver = scope == Scope.COMPLETE ? complete : local;
        resolver.resolveAll(name).addListener((Future<List<InetAddress>> asked) -> {
            if (asked.isSuccess()) {
                answer.complete(
                        asked.getNow().stream().distinct().limit(MAX_RECORDS).toList());
            } else {
                settle(answer, asked.cause());
            }
        });
        return answer;
    }

    @Override
    public CompletionStage<List<ServiceRecord>> services(String name) {
        var answer = new CompletableFuture<List<ServiceRecord>>();
        DefaultDnsQuestion question;
        try {
            question = new DefaultDnsQuestion(name, DnsRecordType.SRV);
        } catch (IllegalArgumentException e) {
            // Labels with the service's in front may outgrow a name of the DNS; then there is nothing by it.
            answer.complete(List.of());
            return answer;
        }
        complete.resolveAll(question).addListener((Future<List<DnsRecord>> asked) -> {
            if (asked.isSuccess()) {
                answer.complete(read(asked.getNow()));
            } else {
                settle(answer, asked.cause());
            }
        });
        return answer;
    }

    /// Questions under way fail.
    @Override
    public void close() {
        complete.close();
        local.close();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(2, TimeUnit.SECONDS);
    }

    /// Without the library's caches, which have no bound on the number of names.
    private DnsNameResolverBuilder builder(DnsServerAddressStreamProvider servers) {
        return new DnsNameResolverBuilder(group.next())
                .datagramChannelType(NioDatagramChannel.class)
                // A port of its own for each name: an answer has to guess it (RFC 5452 §9.2), and none is open
                // meanwhile.
                .datagramChannelStrategy(DnsNameResolverChannelStrategy.ChannelPerResolution)
                .socketChannelType(NioSocketChannel.class)
                .nameServerProvider(servers)
                .queryTimeoutMillis(QUERY_TIMEOUT_MILLIS)
                .maxQueriesPerResolve(MAX_QUERIES)
                .resolveCache(NoopDnsCache.INSTANCE)
                .cnameCache(NoopDnsCnameCache.INSTANCE)
                .authoritativeDnsServerCache(NoopAuthoritativeDnsServerCache.INSTANCE)
                .decodeIdn(false);
    }

    private static List<ServiceRecord> read(List<DnsRecord> records) {
        List<ServiceRecord> services = new ArrayList<>();
        for (DnsRecord dnsRecord : records) {
            if (services.size() < MAX_RECORDS
                    && dnsRecord instanceof DnsRawRecord raw
                    && raw.type().equals(DnsRecordType.SRV)) {
                read(raw.content()).ifPresent(services::add);
            }
            ReferenceCountUtil.release(dnsRecord);
        }
        return List.copyOf(services);
    }

    private static Optional<ServiceRecord> read(ByteBuf content) {
        if (content.readableBytes() <= SRV_HEAD_BYTES) {
            return Optional.empty();
        }
        int priority = content.readUnsignedShort();
        int weight = content.readUnsignedShort();
        int port = content.readUnsignedShort();
        try {
            String target = DefaultDnsRecordDecoder.decodeName(content);
            String bare = target.endsWith(".") ? target.substring(0, target.length() - 1) : target;
            return Optional.of(new ServiceRecord(priority, weight, port, bare));
        } catch (CorruptedFrameException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    private static <T> void settle(CompletableFuture<List<T>> answer, Throwable cause) {
        if (saysThereIsNone(cause)) {
            answer.complete(List.of());
        } else {
            answer.completeExceptionally(cause);
        }
    }

    /// The library says "unknown host" for names that don't exist and for name servers that don't answer; what it was
    /// is behind it.
    private static boolean saysThereIsNone(Throwable cause) {
        boolean unknown = false;
        Throwable at = cause;
        for (int depth = 0; at != null && depth < 8; depth++) {
            if (at instanceof DnsNameResolverTimeoutException) {
                return false;
            }
            if (at instanceof DnsErrorCauseException error) {
                return error.getCode().equals(DnsResponseCode.NXDOMAIN)
                        || error.getCode().equals(DnsResponseCode.NOERROR);
            }
            unknown |= at instanceof UnknownHostException;
            at = at.getCause();
        }
        return unknown;
    }
}
