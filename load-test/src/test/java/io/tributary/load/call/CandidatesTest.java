package io.tributary.load.call;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.load.net.ClientSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CandidatesTest {
    @Test
    void readsAHostCandidate() {
        long endpoint = Candidates.endpoint("candidate:287 1 udp 2130706431 203.0.113.9 27882 typ host ufrag ybHj");

        assertThat(ClientSocket.name(endpoint)).isEqualTo("203.0.113.9:27882");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "candidate:1 2 udp 1 203.0.113.9 27882 typ host",
                "candidate:1 1 tcp 1 203.0.113.9 7881 typ host tcptype passive",
                "candidate:1 1 udp 1 2001:db8::1 27882 typ host",
                "candidate:1 1 udp 1 example.local 27882 typ host",
                "candidate:1 1 udp 1 203.0.113.9 0 typ host",
                "candidate:1 1 udp 1 203.0.113.9 port typ host"
            })
    void passesOverWhatItCannotUse(String line) {
        assertThat(Candidates.endpoint(line)).isZero();
    }

    @Test
    void readsTheLineOfATrickledCandidate() {
        assertThat(Candidates.of("{\"candidate\":\"candidate:1 1 udp\",\"sdpMid\":\"0\"}"))
                .isEqualTo("candidate:1 1 udp");
        assertThat(Candidates.of("no JSON")).isEmpty();
    }
}
