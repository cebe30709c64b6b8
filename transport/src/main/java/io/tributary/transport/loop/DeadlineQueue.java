package io.tributary.transport.loop;

import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The [Timed] things of one loop, soonest first: an indexed binary heap, so that moving one costs O(log n) and
/// allocates nothing. Loop only.
public final class DeadlineQueue {
    private static final class Entry {
        final Timed timed;
        long deadlineMicros;
        int index;

        Entry(Timed timed) {
            this.timed = timed;
        }
    }

    private final IdentityHashMap<Timed, Entry> entries = new IdentityHashMap<>();
    private @Nullable Entry[] heap = new @Nullable Entry[64];
    private int size;

    /// Adds `timed` or moves it to its present deadline.
    public void watch(Timed timed) {
        Entry entry = entries.get(timed);
        if (entry == null) {
            entry = new Entry(timed);
            entry.deadlineMicros = timed.nextDeadlineMicros();
            entries.put(timed, entry);
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, size * 2);
            }
            place(entry, size++);
            siftUp(entry.index);
        } else {
            move(entry, timed.nextDeadlineMicros());
        }
    }

    public void unwatch(Timed timed) {
        Entry entry = entries.remove(timed);
        if (entry == null) {
            return;
        }
        int hole = entry.index;
        Entry last = at(--size);
        heap[size] = null;
        if (last != entry) {
            place(last, hole);
            siftUp(last.index);
            siftDown(last.index);
        }
    }

    /// The soonest deadline, or [Timed#NEVER].
    public long nextDeadlineMicros() {
        return size == 0 ? Timed.NEVER : at(0).deadlineMicros;
    }

    /// Wakes everything due at `nowMicros`, each at most once, through `waker` so that the loop decides what a throw
    /// means.
    public void runDue(long nowMicros, Waker waker) {
        // An entry that stays due (deadline not moved) would spin: bound the turn by the number watched at its start.
        for (int budget = size; budget > 0 && size > 0 && at(0).deadlineMicros <= nowMicros; budget--) {
            Entry entry = at(0);
            waker.wake(entry.timed, nowMicros);
            if (entries.get(entry.timed) == entry) {
                long next = entry.timed.nextDeadlineMicros();
                move(entry, next <= nowMicros ? nowMicros + 1 : next);
            }
        }
    }

    /// Calls `timed.onDeadline(nowMicros)` and deals with what it throws.
    public interface Waker {
        void wake(Timed timed, long nowMicros);
    }

    private void move(Entry entry, long deadlineMicros) {
        entry.deadlineMicros = deadlineMicros;
        siftUp(entry.index);
        siftDown(entry.index);
    }

    private void siftUp(int from) {
        int i = from;
        Entry entry = at(i);
        while (i > 0) {
            int parent = (i - 1) >>> 1;
            if (at(parent).deadlineMicros <= entry.deadlineMicros) {
                break;
            }
            place(at(parent), i);
            i = parent;
        }
        place(entry, i);
    }

    private void siftDown(int from) {
        int i = from;
        Entry entry = at(i);
        while (true) {
            int child = 2 * i + 1;
            if (child >= size) {
                break;
            }
            if (child + 1 < size && at(child + 1).deadlineMicros < at(child).deadlineMicros) {
                child++;
            }
            if (at(child).deadlineMicros >= entry.deadlineMicros) {
                break;
            }
            place(at(child), i);
            i = child;
        }
        place(entry, i);
    }

    private void place(Entry entry, int index) {
        heap[index] = entry;
        entry.index = index;
    }

    private Entry at(int index) {
        return Objects.requireNonNull(heap[index]);
    }
}
