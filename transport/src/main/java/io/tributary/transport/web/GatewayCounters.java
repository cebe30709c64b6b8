package io.tributary.transport.web;

import java.util.concurrent.atomic.AtomicLong;

/// What went through the gateway, for people. Any thread.
public final class GatewayCounters {
    final AtomicLong openConnections = new AtomicLong();
    final AtomicLong refusedConnections = new AtomicLong();
    final AtomicLong requests = new AtomicLong();
    final AtomicLong invalidRequests = new AtomicLong();
    final AtomicLong oversizedBodies = new AtomicLong();
    final AtomicLong slowBodies = new AtomicLong();
    final AtomicLong cutOffRequests = new AtomicLong();
    final AtomicLong upgrades = new AtomicLong();
    final AtomicLong openWebSockets = new AtomicLong();
    final AtomicLong routeFailures = new AtomicLong();
    final AtomicLong slowReaders = new AtomicLong();
    final AtomicLong refusedMessages = new AtomicLong();
    final AtomicLong undecidedUpgrades = new AtomicLong();

    /// WebSockets among them.
    public long openConnections() {
        return openConnections.get();
    }

    /// Connections closed because there were too many.
    public long refusedConnections() {
        return refusedConnections.get();
    }

    /// Requests that reached us whole enough to be routed, upgrades among them.
    public long requests() {
        return requests.get();
    }

    /// Requests that were no HTTP, or whose request line or headers were over their bounds.
    public long invalidRequests() {
        return invalidRequests.get();
    }

    /// Requests refused for a body over the bound.
    public long oversizedBodies() {
        return oversizedBodies.get();
    }

    /// Requests whose body did not come in time.
    public long slowBodies() {
        return slowBodies.get();
    }

    /// Connections closed because all requests under way together were too large.
    public long cutOffRequests() {
        return cutOffRequests.get();
    }

    /// WebSockets that came to be.
    public long upgrades() {
        return upgrades.get();
    }

    public long openWebSockets() {
        return openWebSockets.get();
    }

    /// Routes and listeners that threw: our bugs.
    public long routeFailures() {
        return routeFailures.get();
    }

    /// WebSockets closed because the client read too slowly.
    public long slowReaders() {
        return slowReaders.get();
    }

    /// WebSockets closed for a message over the bound, or for bytes that were no WebSocket frame at all.
    public long refusedMessages() {
        return refusedMessages.get();
    }

    /// Upgrades that no route decided in time.
    public long undecidedUpgrades() {
        return undecidedUpgrades.get();
    }
}
