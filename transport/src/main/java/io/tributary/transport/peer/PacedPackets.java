package io.tributary.transport.peer;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.loop.Timed;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.RtpPacket;
import org.jspecify.annotations.Nullable;

/// Video packets of one connection that wait for their slice: the rest of frames too large to be sent at once, oldest
/// first. Audio, reports and retransmissions never come here, and go past whatever waits.
///
/// ```
/// key frame of 34   ▉▉▉▉▉▉▉▉▉▉ ── 1.5 ms ── ▉▉▉▉▉▉▉▉▉▉ ── 1.5 ms ── ▉▉▉▉▉▉▉▉▉▉ ── 1.5 ms ── ▉▉▉▉
/// audio                       ▪                        ▪
/// ```
/// Numbers that tell when a packet left (transport-wide sequence, send time) are given to it when it leaves.
final class PacedPackets {
    /// Packets that leave a stream, or this queue, within one slice. A frame of 720p has six.
    static final int SLICE_PACKETS = 10;

    /// 1.5 ms is one slice of 10 packets at 64 Mbit/s, and a tenth of the time between frames at 60 a second.
    static final long SLICE_MICROS = 1_500;

    /// In how many slices the queue is to be empty: more than 20 ms late, the next frame is there. Slices grow for it.
    private static final int SLICES = 13;

    /// Packets that wait at once: a key frame of half a megabyte. Beyond it the oldest leave before their time, which
    /// is counted.
    static final int MAX_WAITING = 512;

    private static final int FIRST_CAPACITY = 64;

    private final RtpPacket source = new RtpPacket();
    private final PacingCounter counter;
    private @Nullable Waiting[] ring = new @Nullable Waiting[0];
    private int first;
    private int size;
    private int slicePackets;
    private boolean closed;
    private long nextSliceMicros = Timed.NEVER;

    PacedPackets(PacingCounter counter) {
        this.counter = counter;
    }

    /// Takes a packet in, and a reference to its buffer.
    void add(long nowMicros, OutgoingRtpStream stream, RtpPacket packet, OutgoingHeader header) {
        if (size == MAX_WAITING) {
            counter.leavesEarly();
            leave(nowMicros);
        }
        if (closed) {
            return; // by what went wrong with the one that left
        }
        if (size == 0) {
            nextSliceMicros = nowMicros + SLICE_MICROS;
        }
        if (size == ring.length) {
            grow();
        }
        Waiting waiting = at(size);
        waiting.stream = stream;
        waiting.buffer = packet.buffer().retain();
        waiting.extensions = packet.extensions();
        waiting.header.copy(header);
        stream.waiting++;
        size++;
        slicePackets = Math.max(SLICE_PACKETS, (size + SLICES - 1) / SLICES);
    }

    boolean isEmpty() {
        return size == 0;
    }

    /// [Timed#NEVER] while nothing waits.
    long nextDeadlineMicros() {
        return nextSliceMicros;
    }

    /// Sends the slice that is due.
    void onDeadline(long nowMicros) {
        for (int i = 0; i < slicePackets && size > 0; i++) {
            leave(nowMicros);
        }
        nextSliceMicros = size == 0 ? Timed.NEVER : nowMicros + SLICE_MICROS;
        if (size == 0 && ring.length > FIRST_CAPACITY) {
            ring = new @Nullable Waiting[0];
        }
    }

    /// Gives up what waits, and whatever comes.
    void close() {
        closed = true;
        while (size > 0) {
            take().release();
        }
        nextSliceMicros = Timed.NEVER;
        ring = new @Nullable Waiting[0];
    }

    private void leave(long nowMicros) {
        Waiting waiting = at(0);
        OutgoingRtpStream stream = waiting.stream;
        PacketBuffer buffer = take();
        try {
            if (stream != null && source.wrap(buffer, waiting.extensions)) {
                stream.leave(nowMicros, source, waiting.header);
            }
        } finally {
            buffer.release();
        }
    }

    /// Removes the oldest, whose buffer is the caller's to release.
    private PacketBuffer take() {
        Waiting waiting = at(0);
        PacketBuffer buffer = waiting.buffer;
        OutgoingRtpStream stream = waiting.stream;
        if (buffer == null || stream == null) {
            throw new IllegalStateException("nothing waits where something should");
        }
        waiting.buffer = null;
        waiting.stream = null;
        stream.waiting--;
        first = (first + 1) & (ring.length - 1);
        size--;
        return buffer;
    }

    private void grow() {
        var larger = new @Nullable Waiting[Math.max(FIRST_CAPACITY, 2 * ring.length)];
        for (int i = 0; i < larger.length; i++) {
            larger[i] = i < size ? at(i) : new Waiting();
        }
        ring = larger;
        first = 0;
    }

    private Waiting at(int index) {
        Waiting waiting = ring[(first + index) & (ring.length - 1)];
        if (waiting == null) {
            throw new IllegalStateException("no place " + index);
        }
        return waiting;
    }

    /// A place in the queue.
    private static final class Waiting {
        final OutgoingHeader header = new OutgoingHeader();

        @Nullable
        OutgoingRtpStream stream;

        @Nullable
        PacketBuffer buffer;

        ExtensionMap extensions = ExtensionMap.EMPTY;
    }
}
