package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import livekit.LivekitModels.DisconnectReason;
import livekit.LivekitRtc.LeaveRequest;
import livekit.LivekitRtc.SignalResponse.MessageCase;
import org.junit.jupiter.api.Test;

/// What a signal that ends the process sets off; [ShutdownTest] shows the time it is given.
class GracefulCloseTest {
    @Test
    void sendsEverybodyElsewhereAndIsQuick() {
        var server = TestServer.start();
        try (var ann = SignalClient.joinWithOffer(server, "ann");
                var bob = SignalClient.joinWithOffer(server, "bob")) {
            long before = System.nanoTime();
            server.close();
            long tookNanos = System.nanoTime() - before;

            for (var client : new SignalClient[] {ann, bob}) {
                LeaveRequest leave = client.await(MessageCase.LEAVE).getLeave();
                assertThat(leave.getAction()).isEqualTo(LeaveRequest.Action.RECONNECT);
                assertThat(leave.getReason()).isEqualTo(DisconnectReason.SERVER_SHUTDOWN);
                assertThat(client.awaitClose()).isEqualTo(1000);
            }
            assertThat(Duration.ofNanos(tookNanos)).isLessThan(Duration.ofSeconds(5));
        }
    }
}
