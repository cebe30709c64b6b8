package io.tributary.sfu.forward;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class KeyframeAllowanceTest {
    private static final long SECOND = 1_000_000;

    private final KeyframeAllowance allowance = new KeyframeAllowance();

    @Test
    void askingAgainForWhatDidNotComeIsFree() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(allowance.onLoss(i * 10_000L)).isTrue();
        }
    }

    @Test
    void askingAfterEachThatCameIsNot() {
        int granted = 0;
        for (long now = 0; now < 10 * SECOND; now += SECOND / 10) {
            granted += allowance.onLoss(now) ? 1 : 0;
            allowance.onKeyframe();
        }
        assertThat(granted).isBetween(KeyframeAllowance.LOSS_BURST, KeyframeAllowance.LOSS_BURST + 5);
    }

    @Test
    void switchingToAndFroIsNotEither() {
        int granted = 0;
        for (int i = 0; i < 100; i++) {
            granted += allowance.onSwitch(i * SECOND / 10, i % 2) ? 1 : 0;
            allowance.onKeyframe();
        }
        assertThat(granted).isBetween(KeyframeAllowance.SWITCH_BURST, KeyframeAllowance.SWITCH_BURST + 10);
    }

    @Test
    void waitingForOneLayerIsFree() {
        for (int i = 0; i < 1_000; i++) {
            assertThat(allowance.onSwitch(0, 2)).isTrue();
        }
    }
}
