package io.tributary.transport.io;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/// One datagram in a pooled heap array: `array[offset, offset + length)` are its bytes, the rest of the array is slack
/// that headers may grow into at the front and tags at the back.
///
/// The caller lends; whoever keeps a buffer past the return calls [#retain] and later [#release]. The last release
/// gives
/// the buffer back to the [PacketPool] it came from, from any thread. The bytes belong to the loop that took the
/// buffer;
/// another loop that holds a reference only reads them.
public final class PacketBuffer {
    /// Room for an Ethernet-sized datagram (1,500), an SRTP tag and trailer, and headers that grow when rewritten.
    public static final int CAPACITY = 2048;

    /// Where a received datagram starts, so that a header rewritten in place has slack in front of it.
    public static final int HEADROOM = 128;

    private static final VarHandle REFERENCES;

    static {
        try {
            REFERENCES = MethodHandles.lookup().findVarHandle(PacketBuffer.class, "references", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final PacketPool pool;
    private final byte[] array = new byte[CAPACITY];
    private int offset = HEADROOM;
    private int length;

    @SuppressWarnings("unused") // through REFERENCES
    private volatile int references;

    PacketBuffer(PacketPool pool) {
        this.pool = pool;
    }

    void reset() {
        offset = HEADROOM;
        length = 0;
        REFERENCES.setRelease(this, 1);
    }

    public byte[] array() {
        return array;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    /// Index after the last byte.
    public int end() {
        return offset + length;
    }

    public void set(int newOffset, int newLength) {
        assert newOffset >= 0 && newLength >= 0 && newOffset + newLength <= CAPACITY : newOffset + "+" + newLength;
        offset = newOffset;
        length = newLength;
    }

    public void length(int newLength) {
        set(offset, newLength);
    }

    public int references() {
        return (int) REFERENCES.getAcquire(this);
    }

    public PacketBuffer retain() {
        int before = (int) REFERENCES.getAndAdd(this, 1);
        if (before <= 0) {
            throw new IllegalStateException("retained a packet buffer that was already released");
        }
        return this;
    }

    public void release() {
        int before = (int) REFERENCES.getAndAdd(this, -1);
        if (before == 1) {
            pool.giveBack(this);
        } else if (before < 1) {
            throw new IllegalStateException("released a packet buffer more often than it was retained");
        }
    }
}
