package io.tributary.sfu.router;

import io.tributary.transport.ice.IceCandidate;
import io.tributary.transport.io.DatagramSink;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.loop.MediaLoop;
import java.util.List;

/// One media loop with its sockets, as the plane needs it: a Netty loop with its UDP shard in a server, a simulated one
/// in tests.
///
/// @param pool the buffers that datagrams come in and that the loop's peers write theirs to; taken from on the loop
/// only
/// @param sink where the loop's peers send
/// @param candidates the loop's sockets as peers reach them
/// @param inlet where the sockets put what they receive
public record MediaShard(
        MediaLoop loop, PacketPool pool, DatagramSink sink, List<IceCandidate> candidates, DatagramInlet inlet) {
    public MediaShard {
        candidates = List.copyOf(candidates);
    }
}
