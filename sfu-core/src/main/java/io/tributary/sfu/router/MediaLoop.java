package io.tributary.sfu.router;

import io.tributary.transport.ice.IceCandidate;
import io.tributary.transport.io.DatagramReceiver;
import io.tributary.transport.io.DatagramSink;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.loop.Loop;
import java.util.List;

/// One loop with sockets, as the media plane needs it: a Netty loop with its UDP shard in a server, a simulated one in
/// tests.
public interface MediaLoop {
    Loop loop();

    /// The buffers that the loop's datagrams come in, and that its peers write theirs to.
    PacketPool pool();

    /// Where the peers of this loop send.
    DatagramSink sink();

    /// The sockets of this loop as peers reach them.
    List<IceCandidate> candidates();

    /// Starts handing what arrives at the sockets to `receiver`. Called once, on the loop.
    void receive(DatagramReceiver receiver);

    /// A way for packets from one other loop to this one. Called once for each other loop, on any thread, before
    /// anything is received.
    Lane laneTo(Exit exit);

    /// Where the sending loop puts packets in: bounded, without locks, one loop sends and one receives.
    interface Lane {
        /// Hands over the caller's reference to `packet`, to be shown to [Exit#onPacket] in order. False when the lane
        /// is full: the reference stays the caller's.
        boolean offer(Object target, PacketBuffer packet, int tag, long number);
    }

    /// Where they come out.
    interface Exit {
        /// One packet, lent, on the receiving loop.
        void onPacket(Object target, PacketBuffer packet, int tag, long number);
    }
}
