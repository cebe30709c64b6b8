package io.tributary.sfu.router;

import io.tributary.sfu.track.MirroredTrack;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketRing;
import io.tributary.transport.loop.MediaLoop;
import io.tributary.transport.loop.Polled;

/// The way of packets from one loop to another: a ring, and the bell at its far end.
final class LoopLink implements Polled {
    /// 40 ms of 100,000 packets a second: a loop that is further behind has lost its real time already, and its
    /// subscribers are better off with a gap than with yesterday's packets.
    static final int CAPACITY = 4096;

    /// So many that a ring is not polled for the sake of one, so few that sockets are looked at every millisecond.
    private static final int PACKETS_PER_TURN = 256;

    private final PacketRing<MirroredTrack<?>> ring = new PacketRing<>(CAPACITY);
    private final MediaLoop destination;

    LoopLink(MediaLoop destination) {
        this.destination = destination;
    }

    /// Sends a packet over, taking a reference of its own. Sending loop only.
    ///
    /// @return false when the ring is full
    boolean offer(MirroredTrack<?> mirror, PacketBuffer packet, int tag, long extendedSeq) {
        boolean accepted = ring.offer(mirror, packet.retain(), tag, extendedSeq);
        destination.wakeup();
        return accepted;
    }

    @Override
    public boolean hasWork() {
        return !ring.isEmpty();
    }

    @Override
    public void poll(long nowMicros) {
        ring.drain((mirror, packet, tag, seq) -> mirror.onPacket(nowMicros, packet, tag, seq), PACKETS_PER_TURN);
    }
}
