package io.tributary.transport.dtls;

import io.tributary.transport.io.PacketBuffer;
import java.io.InterruptedIOException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bouncycastle.tls.DatagramTransport;
import org.jspecify.annotations.Nullable;

/// What Bouncy Castle takes for a socket: a bounded queue in, a consumer out. One thread offers, one receives; either
/// may close.
final class DatagramQueue implements DatagramTransport {
    /// Two client flights with their retransmissions; beyond that the handshake's thread is not running.
    static final int MAX_QUEUED = 64;

    /// Fits every path that carries IPv6 (1,280 minus IP, UDP and a TURN channel's header), as libwebrtc's limit.
    static final int SEND_LIMIT_BYTES = 1200;

    private static final byte[] CLOSED = new byte[0];

    private final LinkedBlockingQueue<byte[]> queue = new LinkedBlockingQueue<>(MAX_QUEUED);
    private final Consumer<byte[]> output;
    private volatile boolean closed;

    DatagramQueue(Consumer<byte[]> output) {
        this.output = output;
    }

    /// Hands over a datagram; false where there is no room.
    boolean offer(byte[] datagram) {
        return !closed && queue.offer(datagram);
    }

    boolean isEmpty() {
        return queue.isEmpty();
    }

    /// Wakes the receiver, now and whenever it tries again.
    @Override
    public void close() {
        closed = true;
        queue.clear();
        queue.offer(CLOSED);
    }

    @Override
    public int getReceiveLimit() {
        return PacketBuffer.CAPACITY;
    }

    @Override
    public int getSendLimit() {
        return SEND_LIMIT_BYTES;
    }

    /// -1 when nothing came in time; 0 ms wait forever.
    @Override
    public int receive(byte[] buffer, int offset, int length, int waitMillis) throws InterruptedIOException {
        byte[] datagram = next(waitMillis);
        if (datagram == null) {
            return -1;
        }
        int received = Math.min(length, datagram.length);
        System.arraycopy(datagram, 0, buffer, offset, received);
        return received;
    }

    private byte @Nullable [] next(int waitMillis) throws InterruptedIOException {
        // The one IOException that Bouncy Castle does not answer with an internal_error alert.
        if (closed) {
            throw new InterruptedIOException("closed");
        }
        byte[] datagram;
        try {
            datagram = waitMillis == 0 ? queue.take() : queue.poll(waitMillis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
        if (datagram == CLOSED) {
            throw new InterruptedIOException("closed");
        }
        return datagram;
    }

    @Override
    public void send(byte[] buffer, int offset, int length) {
        byte[] datagram = new byte[length];
        System.arraycopy(buffer, offset, datagram, 0, length);
        output.accept(datagram);
    }
}
