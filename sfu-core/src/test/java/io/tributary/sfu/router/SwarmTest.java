package io.tributary.sfu.router;

import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Random calls: people come and go, publish, subscribe, switch layers, mute, restart, move, over links that lose and
/// reorder. What must hold is in [SwarmCall] and [SwarmViewer]. A failing plan is shortened before it is shown.
class SwarmTest {
    private static final int SEEDS = 500;
    private static final int BLOCK = 50;

    static LongStream blocks() {
        long only = Long.getLong("sim.seed", -1);
        return only >= 0 ? LongStream.of(only) : LongStream.iterate(1, first -> first <= SEEDS, first -> first + BLOCK);
    }

    @ParameterizedTest(name = "seeds from {0}")
    @MethodSource("blocks")
    void holdsWhateverHappens(long first) {
        int count = Long.getLong("sim.seed") == null ? BLOCK : 1;
        for (long seed = first; seed < first + count; seed++) {
            SwarmPlan plan = SwarmPlan.of(seed);
            Throwable failure = failure(plan);
            if (failure != null) {
                throw explained(plan, failure);
            }
        }
    }

    private static @Nullable Throwable failure(SwarmPlan plan) {
        try {
            new SwarmCall(plan.seed()).run(plan);
            return null;
        } catch (RuntimeException | AssertionError e) {
            return e;
        }
    }

    /// Leaves out of the plan whatever it fails without.
    private static AssertionError explained(SwarmPlan plan, Throwable failure) {
        SwarmPlan shortest = plan;
        Throwable last = failure;
        for (int i = shortest.steps().size() - 1; i >= 0; i--) {
            SwarmPlan shorter = shortest.without(i);
            Throwable still = failure(shorter);
            if (still != null) {
                shortest = shorter;
                last = still;
            }
        }
        return new AssertionError(
                "seed " + plan.seed() + ": " + last.getMessage() + "\nit takes: " + shortest.steps()
                        + "\nagain: mvn -pl sfu-core -am test -Dtest=SwarmTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dsim.seed=" + plan.seed(),
                last);
    }
}
