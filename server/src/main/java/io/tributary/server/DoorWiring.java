package io.tributary.server;

import io.tributary.auth.access.RoomAdmission;
import io.tributary.auth.endpoint.TokenDoor;
import io.tributary.auth.matrix.Timekeeper;
import io.tributary.sfu.token.TokenIssuer;
import io.tributary.transport.netty.DnsLookup;
import io.tributary.transport.web.OutboundClient;
import java.time.InstantSource;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;

/// The Matrix door with what it needs of the world outside.
final class DoorWiring {
    private static final Timekeeper TIME = new Timekeeper() {
        @Override
        public long nowMillis() {
            return System.nanoTime() / 1_000_000;
        }

        @Override
        public void pause(long millis) throws InterruptedException {
            TimeUnit.MILLISECONDS.sleep(millis);
        }
    };

    private DoorWiring() {}

    /// @param hasRoom whether there is memory for newcomers
    /// @param open gets what has to be closed at the end
    static TokenDoor open(
            MatrixConfig config,
            RoomAdmission rooms,
            TokenIssuer issuer,
            BooleanSupplier hasRoom,
            InstantSource clock,
            Executor blocking,
            RandomGenerator random,
            Deque<AutoCloseable> open) {
        OutboundClient http = OutboundClient.open(config.trust());
        open.push(http);
        DnsLookup names = DnsLookup.ofTheMachine();
        open.push(names);
        return new TokenDoor(
                config.door(),
                config.door().policy(),
                rooms,
                new DoorTokens(issuer, clock, config.canUpdateOwnMetadata()),
                hasRoom,
                http,
                names,
                blocking,
                TIME,
                random);
    }
}
