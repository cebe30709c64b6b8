package io.tributary.transport.netty;

import io.tributary.transport.io.Outlet;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/// Sends through one socket. Loop only; never blocks.
interface DatagramWriter extends AutoCloseable {
    /// Takes a copy of the bytes: control traffic, which is kept longest when the socket is full.
    void write(InetSocketAddress remote, byte[] array, int offset, int length);

    /// Null where there is no memory to write to.
    @Nullable
    Outlet outlet(InetSocketAddress remote);

    /// Sends what was written.
    void flush();

    /// Whether something waits for the socket to take it, so that [#flush] should be called again soon.
    boolean holding();

    /// Gives back what the writer holds; the socket is closed by others.
    @Override
    void close();
}
