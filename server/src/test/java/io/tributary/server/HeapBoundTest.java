package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HeapBoundTest {
    private static final long MAX = 1_000;

    private final HeapBound bound = new HeapBound(this::used, MAX, this::collect);
    private long live;
    private long garbage;
    private int collections;
    private long nowMicros = -5_000_000_000L; // such clocks begin anywhere

    @Test
    void lookingIsAllThatAHeapWithRoomCosts() {
        live = 300;
        garbage = 549;
        seconds(3_600);

        assertThat(collections).isZero();
        assertThat(bound.admits()).isTrue();
        assertThat(bound.share()).isEqualTo(0.849);
    }

    @Test
    void garbageKeepsNobodyOut() {
        live = 500;
        for (int i = 0; i < 100; i++) {
            garbage += 100;
            seconds(1);
            assertThat(bound.refusing()).isFalse();
        }
        assertThat(collections).isBetween(10, 30);
    }

    @Test
    void refusesWhenACollectionLeavesTooMuch() {
        live = 851;
        seconds(1);

        assertThat(bound.admits()).isFalse();
        assertThat(bound.refusing()).isTrue();
        assertThat(collections).isOne();
        assertThat(bound.share()).isEqualTo(0.851);
    }

    /// Both ways around the two marks, so that a few who leave are not followed by as many who come and are refused.
    @Test
    void letsPeopleInAgainOnlyWhenThereIsSomeRoom() {
        live = 900;
        seconds(1);
        live = 760;
        seconds(60);
        assertThat(bound.admits()).isFalse();

        live = 740;
        seconds(6);
        assertThat(bound.admits()).isTrue();

        live = 840;
        garbage = 100;
        seconds(60);
        assertThat(bound.refusing()).isFalse();
    }

    /// A quiet server collects nothing by itself, and would never learn that people left.
    @Test
    void looksForWhatBecameFreeWhileItRefuses() {
        live = 900;
        seconds(1);
        live = 100;
        garbage = 800;
        seconds(6);

        assertThat(bound.admits()).isTrue();
    }

    @Test
    void collectsOnceInFiveSecondsAtMostWhileItRefuses() {
        live = 900;
        seconds(100);

        assertThat(collections).isEqualTo(20);
    }

    @Test
    void doesNotWaitForALookWhereTheHeapIsAlmostFull() {
        live = 949;
        assertThat(bound.admits()).isTrue();
        live = 950;
        assertThat(bound.admits()).isFalse();
        assertThat(bound.refusing()).isFalse();
    }

    @Test
    void looksByItselfAtThisProcess() {
        try (var own = HeapBound.watch()) {
            long deadline = System.nanoTime() + 30_000_000_000L;
            while (own.share() == 0) {
                assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
            }
            assertThat(own.share()).isBetween(0.0, 1.0);
        }
    }

    private long used() {
        return Math.min(MAX, live + garbage);
    }

    private void collect() {
        collections++;
        garbage = 0;
    }

    private void seconds(int count) {
        for (int i = 0; i < count; i++) {
            bound.look(nowMicros);
            nowMicros += 1_000_000;
        }
    }
}
