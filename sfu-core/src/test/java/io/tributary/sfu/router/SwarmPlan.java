package io.tributary.sfu.router;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// What happens in a random call, as data: the same plan does the same, and a part of a plan is a plan.
///
/// @param steps each means something in any call: whom and what it is about is a number to be taken modulo whoever
/// is there
record SwarmPlan(long seed, List<Step> steps) {
    private static final int STEPS = 20;

    enum Act {
        JOIN,
        LEAVE,
        PUBLISH_CAMERA,
        PUBLISH_SCALABLE_CAMERA,
        PUBLISH_MICROPHONE,
        UNPUBLISH,
        SUBSCRIBE,
        UNSUBSCRIBE,
        DEMAND,
        HALVE_FRAMES,
        PAUSE,
        MUTE,
        UNMUTE,
        LOSE_UP,
        LOSE_DOWN,
        REORDER,
        MEND,
        RESTART,
        MOVE,
        LOSE_PICTURE
    }

    /// One thing that happens, and how long until the next.
    record Step(Act act, int who, int what, int thenMillis) {
        @Override
        public String toString() {
            return act + "(" + who + "," + what + ") " + thenMillis + "ms";
        }
    }

    SwarmPlan {
        steps = List.copyOf(steps);
    }

    /// The plan of a seed.
    static SwarmPlan of(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("Xoshiro256PlusPlus").create(seed);
        var steps = new ArrayList<Step>();
        steps.add(new Step(Act.PUBLISH_CAMERA, 0, 0, 20));
        steps.add(new Step(Act.SUBSCRIBE, 1, random.nextInt(100), 100));
        steps.add(new Step(Act.PUBLISH_MICROPHONE, 1, 0, 20));
        steps.add(new Step(Act.SUBSCRIBE, 0, random.nextInt(100), 100));
        steps.add(new Step(Act.PUBLISH_SCALABLE_CAMERA, 2, 0, 20));
        steps.add(new Step(Act.SUBSCRIBE, 1, 1, 300));
        while (steps.size() < STEPS) {
            Act act = Act.values()[random.nextInt(Act.values().length)];
            steps.add(new Step(act, random.nextInt(100), random.nextInt(100), random.nextInt(200)));
        }
        return new SwarmPlan(seed, steps);
    }

    SwarmPlan without(int step) {
        var fewer = new ArrayList<>(steps);
        fewer.remove(step);
        return new SwarmPlan(seed, fewer);
    }
}
