package io.tributary.transport.web;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.channel.Channel;
import io.tributary.transport.http.HttpReply;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import java.lang.management.ManagementFactory;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Keeps strangers' connections from taking the descriptors that everything else needs: one more than there may be is
/// told so and closed. I/O threads.
final class ConnectionBound {
    /// Of the process's descriptors, how many strangers may have at most, in quarters; homeservers, logs and the port
    /// for metrics live on the rest.
    private static final int QUARTERS = 3;

    /// Part of the process's descriptors that is left alone even where what is open already takes much of a quarter:
    /// out of descriptors, nobody could be told so.
    private static final int RESERVE = 16;

    /// Where the system does not say how many there are: what Linux gives a process at least.
    private static final long FEWEST_DESCRIPTORS = 1_024;

    /// Enough for a client that asks at once; who says nothing for so long hears nothing.
    static final long ANSWER_MILLIS = 2_000;

    /// Those who wait for the answer hold descriptors too. Beyond these the connection is just closed.
    static final int MOST_ANSWERED = 64;

    private final Vertx vertx;
    private final int most;
    private final GatewayCounters counters;
    private final Set<HttpConnection> refused = ConcurrentHashMap.newKeySet();

    /// @param most connections at the same time
    ConnectionBound(Vertx vertx, int most, GatewayCounters counters) {
        this.vertx = vertx;
        this.most = most;
        this.counters = counters;
    }

    /// As many as this process's limit leaves for strangers.
    static int ofDescriptors() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? of(unix.getMaxFileDescriptorCount(), unix.getOpenFileDescriptorCount())
                : of(FEWEST_DESCRIPTORS, 0);
    }

    /// @param descriptors as many as there may be
    /// @param open as many as there are, before anybody comes
    static int of(long descriptors, long open) {
        long left = descriptors - open - MOST_ANSWERED - descriptors / RESERVE;
        return (int) Math.clamp(left, 1, Math.min(Integer.MAX_VALUE, descriptors / 4 * QUARTERS));
    }

    /// A new connection.
    void onConnect(HttpConnection connection, Channel channel) {
        long open = counters.openConnections.incrementAndGet();
        channel.closeFuture().addListener(_ -> {
            counters.openConnections.decrementAndGet();
            refused.remove(connection);
        });
        if (open <= most) {
            return;
        }
        counters.refusedConnections.incrementAndGet();
        if (refused.size() >= MOST_ANSWERED) {
            connection.close();
            return;
        }
        refused.add(connection);
        vertx.setTimer(ANSWER_MILLIS, _ -> connection.close());
    }

    /// Whether the request came over a connection too many. It has been answered then.
    boolean refuses(HttpServerRequest request) {
        if (!refused.contains(request.connection())) {
            return false;
        }
        request.response().putHeader("Connection", "close");
        Dispatcher.send(request, HttpReply.text(503, "too many connections"));
        return true;
    }
}
