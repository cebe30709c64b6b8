package io.tributary.transport.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;

/// The short form of fuzzing, for every build: the checked-in inputs of a target, changed at random from a seed.
/// Nothing may be thrown, and no input may make a parser allocate more than its size explains.
public final class Mutations {
    private static final int ROUNDS = 3_000;

    /// What one input may cost besides its own size: a parser of packets needs none of it.
    public static final long ALLOCATION_BYTES = 64 << 10;

    /// Text and protobuf become objects; sixty-four times their size is more than any needs, and no bomb.
    private static final long ALLOCATION_PER_INPUT_BYTE = 64;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Mutations() {}

    /// A parser, fed with one input.
    public interface Target {
        void accept(byte[] input);
    }

    /// Runs `target`, a parser of packets or text, over mutations of the inputs of the fuzz test `method` in `owner`.
    public static void run(Class<?> owner, String method, Target target) throws IOException {
        run(owner, method, ALLOCATION_BYTES, target);
    }

    /// As above, for a parser that may allocate `allocationBytes` whatever the input's size.
    public static void run(Class<?> owner, String method, long allocationBytes, Target target) throws IOException {
        long seed = Long.getLong("test.seed", 20_261_121);
        List<byte[]> corpus = corpus(owner, method);
        var random = new Random(seed);
        for (byte[] input : corpus) {
            feed(target, input, allocationBytes, "checked-in input");
        }
        for (int round = 0; round < ROUNDS; round++) {
            byte[] input = mutate(corpus.get(random.nextInt(corpus.size())), corpus, random);
            feed(target, input, allocationBytes, "seed " + seed + ", round " + round);
        }
    }

    private static void feed(Target target, byte[] input, long allocationBytes, String what) {
        long limit = allocationBytes + ALLOCATION_PER_INPUT_BYTE * input.length;
        long allocated = allocatedBy(target, input, what);
        if (allocated > limit) {
            // Loading a class counts too, the first time.
            allocated = allocatedBy(target, input, what);
        }
        assertThat(allocated)
                .as("%s: bytes allocated for %s", what, HexFormat.of().formatHex(input))
                .isLessThanOrEqualTo(limit);
    }

    private static long allocatedBy(Target target, byte[] input, String what) {
        long thread = Thread.currentThread().threadId();
        long before = THREADS.getThreadAllocatedBytes(thread);
        try {
            target.accept(input);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(what + ": " + HexFormat.of().formatHex(input), e);
        }
        return THREADS.getThreadAllocatedBytes(thread) - before;
    }

    private static List<byte[]> corpus(Class<?> owner, String method) throws IOException {
        var corpus = new ArrayList<byte[]>();
        Path inputs = Path.of(
                "src/test/resources",
                owner.getPackageName().replace('.', '/'),
                owner.getSimpleName() + "Inputs",
                method);
        try (DirectoryStream<Path> files = Files.newDirectoryStream(inputs)) {
            for (Path file : files) {
                corpus.add(Files.readAllBytes(file));
            }
        }
        assertThat(corpus).as("inputs in %s", inputs).isNotEmpty();
        corpus.sort(Arrays::compare); // directories have no order
        return corpus;
    }

    private static byte[] mutate(byte[] original, List<byte[]> corpus, Random random) {
        byte[] input = original.clone();
        for (int change = random.nextInt(6); change >= 0; change--) {
            input = switch (random.nextInt(6)) {
                case 0 -> Arrays.copyOf(input, random.nextInt(input.length + 1));
                case 1 -> spliced(input, corpus.get(random.nextInt(corpus.size())), random);
                case 2 -> spliced(input, new byte[random.nextInt(9)], random);
                default -> touched(input, random);
            };
        }
        return input;
    }

    private static byte[] touched(byte[] input, Random random) {
        if (input.length > 0) {
            int at = random.nextInt(input.length);
            input[at] = switch (random.nextInt(3)) {
                case 0 -> (byte) random.nextInt();
                case 1 -> (byte) (input[at] ^ 1 << random.nextInt(8));
                default -> (byte) (random.nextBoolean() ? 0xFF : 0);
            };
        }
        return input;
    }

    private static byte[] spliced(byte[] input, byte[] other, Random random) {
        int from = random.nextInt(other.length + 1);
        int count = Math.min(random.nextInt(64), other.length - from);
        int at = random.nextInt(input.length + 1);
        byte[] result = Arrays.copyOf(input, input.length + count);
        System.arraycopy(input, at, result, at + count, input.length - at);
        System.arraycopy(other, from, result, at, count);
        return result;
    }
}
