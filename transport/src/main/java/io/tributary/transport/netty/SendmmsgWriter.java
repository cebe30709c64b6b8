package io.tributary.transport.netty;

import io.tributary.transport.io.Outlet;
import io.tributary.transport.io.PacketBuffer;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sends a turn's datagrams of one socket in as few system calls, and as few trips through the kernel, as it can.
///
/// ```
/// written    A1 B1 A2 B2 A3 b A4        (A's are of one size, A4 is shorter, b is audio)
/// messages   [A1 A2 A3 A4]  [B1 B2]  [b]         one sendmmsg(2) of three
/// ```
/// Datagrams to one destination keep their order; neighbours of one size, the last of which may be shorter, go as one
/// message that is cut by the kernel or the device (UDP_SEGMENT). What the socket does not take is dropped, but for
/// what is urgent: that is kept for some turns.
final class SendmmsgWriter implements DatagramWriter {
    /// Datagrams in one batch. A frame of ten packets to a hundred subscribers: beyond that batches are cut, and with
    /// them runs.
    static final int BATCH = 1024;

    /// Room for a batch of full packets (1,200 bytes and what is around them) and the claim that comes next.
    private static final int BATCH_BYTES = BATCH * 1280 + PacketBuffer.CAPACITY;

    /// Where datagrams begin: AES reads and writes 16 bytes at a time.
    private static final int ALIGNMENT = 16;

    /// The kernel's own bound since 4.18 (UDP_MAX_SEGMENTS; 128 in later ones).
    static final int MAX_SEGMENTS = 64;

    /// An IP packet's 65,535 less IPv6 and UDP headers, and some for a tunnel.
    static final int MAX_RUN_BYTES = 64_000;

    /// Urgent datagrams that wait for a full socket, over all destinations: a room of fifty talking for two turns.
    static final int MAX_HELD = 128;

    /// How often they are tried again. A turn in which the socket is full comes once a millisecond.
    static final int MAX_TRIES = 20;

    /// Destinations that are remembered by address; making one anew is cheap, so a full table just starts over.
    private static final int MAX_DESTINATIONS = 8192;

    /// Refusals of segmented messages by the device after which it is not asked any more.
    private static final int MAX_REFUSALS = 8;

    private static final Logger log = LoggerFactory.getLogger(SendmmsgWriter.class);

    private final Sendmmsg system;
    private final boolean ipv6;
    private final ShardCounters counters;
    private final HashMap<InetSocketAddress, Destination> destinations = new HashMap<>();
    private @Nullable Native memory;
    private boolean segmenting;
    private int refusals;
    private boolean closed;

    // The batch being written, by datagram. Those of one destination are chained.
    private final int[] at = new int[BATCH];
    private final int[] sizes = new int[BATCH];
    private final int[] nexts = new int[BATCH];
    private final boolean[] urgents = new boolean[BATCH];
    private int written;
    private int usedBytes;

    /// Destinations of the batch, in the order of their first datagrams.
    private final @Nullable Destination[] active = new @Nullable Destination[BATCH];

    private int activeCount;

    // The batch being sent, by message and by vector. What was held comes first.
    private final Destination[] messageTo = new Destination[BATCH + MAX_HELD];
    private final int[] messageVector = new int[BATCH + MAX_HELD];
    private final int[] messageVectors = new int[BATCH + MAX_HELD];
    private final boolean[] messageUrgent = new boolean[BATCH + MAX_HELD];
    private final int[] vectorAt = new int[BATCH + MAX_HELD];
    private final int[] vectorSize = new int[BATCH + MAX_HELD];
    private final int[] vectorTries = new int[BATCH + MAX_HELD];
    private int messages;
    private int vectors;

    // What is held for the next flush, in slots behind the batch.
    private final Destination[] heldTo = new Destination[MAX_HELD];
    private final int[] heldSize = new int[MAX_HELD];
    private final int[] heldTries = new int[MAX_HELD];
    private int held;

    /// @param ipv6 whether the socket is one
    /// @param segmenting whether the kernel knows UDP_SEGMENT
    @SuppressWarnings("MissingSummary")
    SendmmsgWriter(Sendmmsg system, boolean ipv6, boolean segmenting, ShardCounters counters) {
        this.system = system;
        this.ipv6 = ipv6;
        this.segmenting = segmenting;
        this.counters = counters;
    }

    @Override
    public void write(InetSocketAddress remote, byte[] array, int offset, int length) {
        Destination to = destination(remote);
        long claimed = to.claim(length);
        if (claimed != Outlet.NO_ROOM) {
            MemorySegment.copy(array, offset, to.memory(), ValueLayout.JAVA_BYTE, claimed, length);
            to.commit(length, true);
        }
    }

    @Override
    public Outlet outlet(InetSocketAddress remote) {
        return destination(remote);
    }

    @Override
    public boolean holding() {
        return held > 0;
    }

    @Override
    public void flush() {
        if (written == 0 && held == 0) {
            return;
        }
        messages = 0;
        vectors = 0;
        for (int slot = 0; slot < held; slot++) {
            addHeld(slot);
        }
        held = 0;
        for (int i = 0; i < activeCount; i++) {
            addRuns(Objects.requireNonNull(active[i]));
            active[i] = null;
        }
        activeCount = 0;
        written = 0;
        usedBytes = 0;
        sendMessages();
        Arrays.fill(messageTo, 0, messages, null); // who is gone need not be remembered
    }

    @Override
    public void close() {
        closed = true;
        written = 0;
        held = 0;
        Native batch = memory;
        if (batch != null) {
            memory = null;
            batch.arena.close();
        }
    }

    private void addHeld(int slot) {
        Destination to = heldTo[slot];
        int vector = addVector(heldAt(slot), heldSize[slot], heldTries[slot]);
        addMessage(to, vector, 1, heldSize[slot], true);
    }

    /// Turns the datagrams to `to` into messages.
    private void addRuns(Destination to) {
        int datagram = to.first;
        while (datagram != Destination.NONE) {
            int segmentBytes = sizes[datagram];
            boolean urgent = urgents[datagram];
            int maxCount = maxRun(to, segmentBytes);
            int first = addVector(at[datagram], segmentBytes, 0);
            int count = 1;
            boolean open = true;
            datagram = nexts[datagram];
            while (open
                    && count < maxCount
                    && datagram != Destination.NONE
                    && sizes[datagram] > 0 // nothing would be left of it
                    && sizes[datagram] <= segmentBytes
                    && urgents[datagram] == urgent) {
                open = sizes[datagram] == segmentBytes;
                addVector(at[datagram], sizes[datagram], 0);
                count++;
                datagram = nexts[datagram];
            }
            addMessage(to, first, count, segmentBytes, urgent);
        }
        to.first = Destination.NONE;
        to.last = Destination.NONE;
    }

    private int maxRun(Destination to, int segmentBytes) {
        boolean possible = segmenting && to.segmentable && segmentBytes > 0;
        return possible ? Math.min(MAX_SEGMENTS, MAX_RUN_BYTES / segmentBytes) : 1;
    }

    private int addVector(int offset, int sizeBytes, int tries) {
        int vector = vectors++;
        vectorAt[vector] = offset;
        vectorSize[vector] = sizeBytes;
        vectorTries[vector] = tries;
        Native batch = allocated();
        batch.arrays.vector(vector, batch.datagrams.address() + offset, sizeBytes);
        return vector;
    }

    private void addMessage(Destination to, int firstVector, int count, int segmentBytes, boolean urgent) {
        int message = messages++;
        messageTo[message] = to;
        messageVector[message] = firstVector;
        messageVectors[message] = count;
        messageUrgent[message] = urgent;
        allocated().arrays.message(message, to.address, firstVector, count, segmentBytes);
    }

    private void sendMessages() {
        MessageArrays arrays = allocated().arrays;
        int done = 0;
        int retries = 0;
        while (done < messages) {
            int sent = system.send(arrays.address(done), messages - done);
            counters.called();
            if (sent > 0) {
                for (int i = done; i < done + sent; i++) {
                    countSent(messageVector[i], messageVectors[i]);
                }
                done += sent;
                retries = 0;
                continue;
            }
            switch (-sent) {
                case Sendmmsg.EAGAIN, Sendmmsg.ENOBUFS -> {
                    counters.full();
                    holdOrDrop(done);
                    return;
                }
                // Of a signal, or of an ICMP answer to something sent before: not of this message, unless again.
                case Sendmmsg.EINTR, Sendmmsg.ECONNREFUSED -> {
                    if (++retries > 2) {
                        drop(UdpDrop.UNSENDABLE, messageVectors[done++]);
                        retries = 0;
                    }
                }
                default -> refused(done++, -sent);
            }
        }
    }

    /// This one message is at fault; the ones behind it are not.
    private void refused(int message, int errno) {
        if (messageVectors[message] == 1) {
            drop(UdpDrop.UNSENDABLE, 1);
            return;
        }
        // EIO: the device cannot checksum segments. EINVAL, EMSGSIZE: one of them is larger than this path's MTU.
        counters.refusedRun();
        Destination to = messageTo[message];
        to.segmentable = false;
        if (errno != Sendmmsg.EMSGSIZE && errno != Sendmmsg.EINVAL && ++refusals == MAX_REFUSALS) {
            segmenting = false;
            log.warn("this network device does not take segmented UDP (errno {}): sending datagrams one by one", errno);
        }
        sendSingly(message);
    }

    private void sendSingly(int message) {
        MessageArrays arrays = allocated().arrays;
        int first = messageVector[message];
        for (int vector = first; vector < first + messageVectors[message]; vector++) {
            arrays.single(message, vector);
            int sent = system.send(arrays.address(message), 1);
            counters.called();
            if (sent > 0) {
                countSent(vector, 1);
            } else if (sent == -Sendmmsg.EAGAIN || sent == -Sendmmsg.ENOBUFS) {
                counters.full();
                holdOrDrop(vector, messageTo[message], messageUrgent[message]);
            } else {
                drop(UdpDrop.UNSENDABLE, 1);
            }
        }
    }

    private void countSent(int firstVector, int count) {
        long sizeBytes = 0;
        for (int vector = firstVector; vector < firstVector + count; vector++) {
            sizeBytes += vectorSize[vector];
        }
        counters.sent(count, sizeBytes);
    }

    /// The socket is full: media that waits is worse than media that is missing, but little of what is urgent is much.
    private void holdOrDrop(int fromMessage) {
        for (int message = fromMessage; message < messages; message++) {
            int first = messageVector[message];
            for (int vector = first; vector < first + messageVectors[message]; vector++) {
                holdOrDrop(vector, messageTo[message], messageUrgent[message]);
            }
        }
    }

    private void holdOrDrop(int vector, Destination to, boolean urgent) {
        if (!urgent) {
            drop(UdpDrop.SOCKET_FULL, 1);
        } else if (held == MAX_HELD || vectorTries[vector] == MAX_TRIES) {
            drop(UdpDrop.URGENT_SOCKET_FULL, 1);
        } else {
            // Held ones come first and in order, so that a slot is never written before it was read.
            int slot = held++;
            heldTo[slot] = to;
            heldSize[slot] = vectorSize[vector];
            heldTries[slot] = vectorTries[vector] + 1;
            MemorySegment datagrams = allocated().datagrams;
            MemorySegment.copy(datagrams, vectorAt[vector], datagrams, heldAt(slot), vectorSize[vector]);
        }
    }

    private void drop(UdpDrop reason, int datagrams) {
        for (int i = 0; i < datagrams; i++) {
            counters.dropped(reason);
        }
    }

    private static int heldAt(int slot) {
        return BATCH_BYTES + slot * PacketBuffer.CAPACITY;
    }

    private Destination destination(InetSocketAddress remote) {
        Destination to = destinations.get(remote);
        if (to == null) {
            if (destinations.size() >= MAX_DESTINATIONS) {
                destinations.clear();
            }
            to = new Destination(SocketAddresses.encode(remote, ipv6));
            destinations.put(remote, to);
        }
        return to;
    }

    /// The native half, made when the first datagram is sent: many a socket never sends one.
    private Native allocated() {
        Native batch = memory;
        if (batch == null) {
            batch = new Native();
            memory = batch;
        }
        return batch;
    }

    private static final class Native {
        final Arena arena = Arena.ofConfined();
        final MessageArrays arrays = new MessageArrays(arena, BATCH + MAX_HELD);
        final MemorySegment datagrams = arena.allocate(heldAt(MAX_HELD), 64);
    }

    /// Where datagrams of this socket go, and those of this batch that go there.
    private final class Destination implements Outlet {
        static final int NONE = -1;

        /// Below this, more bytes would be added than a message of its own costs: audio, mostly.
        private static final int MIN_EVEN_BYTES = 400;

        /// What is added at most, below 3 % of any such datagram. Packetizers split a frame into parts that differ by
        /// a byte, and descriptors grow by one or two.
        private static final int MAX_ADDED_BYTES = 8;

        final byte[] address;
        int first = NONE;
        int last = NONE;

        /// Whether nothing on this path has refused segments so far.
        boolean segmentable = true;

        Destination(byte[] address) {
            this.address = address;
        }

        @Override
        public long claim(int maxBytes) {
            if (closed || address.length == 0) {
                counters.dropped(closed ? UdpDrop.CLOSED : UdpDrop.UNSENDABLE);
                return NO_ROOM;
            }
            if (written == BATCH || usedBytes + maxBytes > BATCH_BYTES) {
                flush();
            }
            return usedBytes;
        }

        @Override
        public MemorySegment memory() {
            return allocated().datagrams;
        }

        @Override
        public void commit(int sizeBytes, boolean urgent) {
            int datagram = written++;
            at[datagram] = usedBytes;
            sizes[datagram] = sizeBytes;
            nexts[datagram] = NONE;
            urgents[datagram] = urgent;
            usedBytes += (sizeBytes + ALIGNMENT - 1) & -ALIGNMENT;
            if (first == NONE) {
                active[activeCount++] = this;
                first = datagram;
            } else {
                nexts[last] = datagram;
            }
            last = datagram;
        }

        @Override
        public int evenSize(int sizeBytes, boolean more) {
            if (!segmenting || !segmentable || sizeBytes < MIN_EVEN_BYTES || !more) {
                return sizeBytes; // the last of a run may be shorter
            }
            int missing = last == NONE ? -1 : sizes[last] - sizeBytes;
            return missing >= 0 && missing <= MAX_ADDED_BYTES
                    ? sizes[last]
                    : (sizeBytes + MAX_ADDED_BYTES - 1) & -MAX_ADDED_BYTES;
        }
    }
}
