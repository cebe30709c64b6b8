package io.tributary.load.call;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ShapeTest {
    @ParameterizedTest
    @CsvSource({"1x30, 31, 60", "1x100, 101, 200", "audio10x50, 60, 500", "4x12, 12, 88", "idle50, 50, 0"})
    void isSoManyParticipantsAndSubscriptions(String form, int participants, int subscriptions) {
        Shape shape = Shape.parse(form).orElseThrow();

        assertThat(shape.roles()).hasSize(participants);
        assertThat(shape.subscriptions()).isEqualTo(subscriptions);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "1x", "0x3", "13x12", "1x5001", "idle3x4", "1x99999", "audiox3", "1x-3"})
    void refusesWhatIsNone(String form) {
        assertThat(Shape.parse(form)).isEmpty();
    }

    @Test
    void somebodyIsNotSubscribedToThemselves() {
        Shape shape = Shape.parse("4x12").orElseThrow();

        assertThat(shape.subscriptionsOf(shape.roles().getFirst())).isEqualTo(6);
        assertThat(shape.subscriptionsOf(shape.roles().getLast())).isEqualTo(8);
    }
}
