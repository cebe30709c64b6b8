package io.tributary.load.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class MedianTest {
    @Test
    void oneBadRepetitionMovesNeither() {
        Median median = Median.of(2.0, 2.2, 9.0, 2.1, 1.9);

        assertThat(median.value()).isEqualTo(2.1);
        assertThat(median.deviation()).isCloseTo(0.1, org.assertj.core.data.Offset.offset(1e-9));
    }

    @Test
    void ofAnEvenCountIsTheMiddleOfTheTwoInTheMiddle() {
        assertThat(Median.of(1, 2, 4, 8).value()).isEqualTo(3);
    }
}
