package io.tributary.transport.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HandshakeBudgetTest {
    private final HandshakeBudget budget = new HandshakeBudget(10, 3);
    private final List<Peer> agedOut = new ArrayList<>();

    @Test
    void anAddressHasItsShareAndNoMore() {
        for (int i = 0; i < 3; i++) {
            assertThat(budget.begin(0, address("192.0.2.1"), new Peer())).isTrue();
        }
        assertThat(budget.begin(0, address("192.0.2.1"), new Peer())).isFalse();
        assertThat(budget.begin(0, address("192.0.2.2"), new Peer())).isTrue();
        assertThat(budget.inFlight()).isEqualTo(4);
    }

    @Test
    void allTogetherHaveAShare() {
        for (int i = 0; i < 10; i++) {
            assertThat(budget.begin(0, address("192.0.2." + i), new Peer())).isTrue();
        }
        assertThat(budget.begin(0, address("192.0.2.99"), new Peer())).isFalse();
        assertThat(agedOut).isEmpty();
    }

    @Test
    void whoIsDoneMakesRoom() {
        var first = new Peer();
        budget.begin(0, address("192.0.2.1"), first);
        budget.begin(0, address("192.0.2.1"), new Peer());
        budget.begin(0, address("192.0.2.1"), new Peer());
        budget.end(first);
        budget.end(first);
        assertThat(budget.begin(0, address("192.0.2.1"), new Peer())).isTrue();
        assertThat(budget.begin(0, address("192.0.2.1"), new Peer())).isFalse();
    }

    /// Handshakes that never end hold nobody up for longer than that.
    @Test
    void whoTakesTooLongMakesRoomForTheNext() {
        var slow = new Peer();
        budget.begin(0, address("192.0.2.1"), slow);
        for (int i = 1; i < 10; i++) {
            budget.begin(1_000_000, address("192.0.2." + i * 10), new Peer());
        }
        assertThat(budget.begin(HandshakeBudget.MAX_AGE_MICROS - 1, address("192.0.2.99"), new Peer()))
                .isFalse();
        assertThat(budget.begin(HandshakeBudget.MAX_AGE_MICROS, address("192.0.2.99"), new Peer()))
                .isTrue();
        assertThat(agedOut).containsExactly(slow);
        assertThat(budget.inFlight()).isEqualTo(10);
    }

    @Test
    void nobodyAgesOutWhileThereIsRoom() {
        budget.begin(0, address("192.0.2.1"), new Peer());
        budget.begin(60_000_000, address("192.0.2.1"), new Peer());
        assertThat(agedOut).isEmpty();
    }

    @Test
    void anAddressAgesOutItsOwn() {
        var other = new Peer();
        var own = new Peer();
        budget.begin(0, address("192.0.2.2"), other);
        budget.begin(1, address("2001:db8::1"), own);
        budget.begin(2, address("2001:db8::2"), new Peer());
        budget.begin(3, address("2001:db8::3"), new Peer());
        assertThat(budget.begin(60_000_000, address("2001:db8::4"), new Peer())).isTrue();
        assertThat(agedOut).as("one /64 is one customer").containsExactly(own);
    }

    private final class Peer implements HandshakeBudget.Handshake {
        @Override
        public void onAgedOut(long nowMicros) {
            agedOut.add(this);
        }
    }

    private static InetAddress address(String ip) {
        try {
            return InetAddress.getByName(ip);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
