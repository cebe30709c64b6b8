package io.tributary.transport.dtls;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tributary.transport.fuzz.Mutations;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/// What reads a stranger's DTLS records before Bouncy Castle does. Without `JAZZER_FUZZ` the target sees the inputs
/// that are checked in.
class RecordFilterFuzzTest {
    /// Datagrams behind each other, each after its length in two bytes, because the filter remembers; the handshake
    /// ends behind an empty one.
    @FuzzTest
    void datagrams(byte[] input) {
        var filter = new RecordFilter();
        boolean finished = false;
        int at = 0;
        while (at + 2 <= input.length) {
            int length = (input[at] & 0xFF) << 8 | input[at + 1] & 0xFF;
            at += 2;
            byte[] datagram = Arrays.copyOfRange(input, at, Math.min(input.length, at + length));
            at += datagram.length;
            if (datagram.length == 0) {
                filter.finish();
                finished = true;
            }
            int admitted = filter.admit(datagram);
            assertThat(admitted).isBetween(0, datagram.length);
            if (finished) {
                assertThat(filter.admit(Arrays.copyOf(datagram, admitted)))
                        .as("the same again")
                        .isEqualTo(admitted);
            }
        }
    }

    @Test
    void standsMutationsOfItsInputs() throws IOException {
        Mutations.run(RecordFilterFuzzTest.class, "datagrams", this::datagrams);
    }
}
