package io.tributary.transport.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionBoundTest {
    @ParameterizedTest
    @CsvSource({
        "65536, 200, 49152", // three quarters
        "1024, 100, 768",
        "512, 100, 316", // less, so that those who are told, and some more, fit beside what is open
        "64, 60, 1",
        "9223372036854775807, 100, 2147483647"
    })
    void leavesDescriptorsForEverythingElse(long descriptors, long open, int most) {
        assertThat(ConnectionBound.of(descriptors, open)).isEqualTo(most);
    }
}
