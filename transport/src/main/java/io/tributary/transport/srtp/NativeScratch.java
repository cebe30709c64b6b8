package io.tributary.transport.srtp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// A thread's native memory through which packets pass to OpenSSL and back.
///
/// Handing heap arrays over directly would save two copies of a packet, some 40 ns, but needs a [MemorySegment]
/// object for each piece of it; whether the compiler removes those depends on what it inlines, and was seen to
/// fail. One scratch per thread stays in the cache, however many keys the thread has.
final class NativeScratch {
    /// Any UDP datagram; memory never touched costs nothing.
    static final int DATA_BYTES = 1 << 16;

    private static final int IV = 0;
    private static final int OUT_LENGTH = 16;
    private static final int RESULT = 24;
    private static final int DATA = 64;

    private static final ThreadLocal<NativeScratch> OF_THREAD = ThreadLocal.withInitial(NativeScratch::new);

    private final MemorySegment memory = Arena.ofAuto().allocate(DATA + DATA_BYTES, 64);

    /// Where the IV goes, where OpenSSL says how much it wrote, where a MAC comes out, and where data begins.
    final long iv = memory.address() + IV;

    final long outLength = memory.address() + OUT_LENGTH;
    final long result = memory.address() + RESULT;
    final long data = memory.address() + DATA;

    private NativeScratch() {}

    static NativeScratch ofThread() {
        return OF_THREAD.get();
    }

    void putIv(byte[] source) {
        MemorySegment.copy(source, 0, memory, JAVA_BYTE, IV, source.length);
    }

    void put(byte[] source, int offset, int length, int at) {
        MemorySegment.copy(source, offset, memory, JAVA_BYTE, DATA + at, length);
    }

    void get(int at, byte[] target, int offset, int length) {
        MemorySegment.copy(memory, JAVA_BYTE, DATA + at, target, offset, length);
    }

    void getResult(byte[] target, int length) {
        MemorySegment.copy(memory, JAVA_BYTE, RESULT, target, 0, length);
    }
}
