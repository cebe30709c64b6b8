package io.tributary.transport.netty;

import java.net.InetSocketAddress;

/// Sends through one socket. Loop only; never blocks: what the socket doesn't take is dropped and counted.
interface DatagramWriter {
    /// Takes a copy of the bytes.
    void write(InetSocketAddress remote, byte[] array, int offset, int length);

    /// Sends what was written.
    void flush();

    /// Gives back what the writer holds; the socket is closed by others.
    void close();
}
