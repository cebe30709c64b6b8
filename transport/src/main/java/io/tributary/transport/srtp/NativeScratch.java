package io.tributary.transport.srtp;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// A thread's native memory through which packets pass to a native library and back.
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
    private static final int CONTEXT = 64;
    private static final int DATA = CONTEXT + IpsecMb.CONTEXT_BYTES;

    private static final ThreadLocal<NativeScratch> OF_THREAD = ThreadLocal.withInitial(NativeScratch::new);

    private final MemorySegment memory = Arena.ofAuto().allocate(DATA + DATA_BYTES, 64);

    /// Where the IV goes, where OpenSSL says how much it wrote, where a MAC or tag comes out, what ipsec-mb takes notes
    /// in, and where data begins.
    final long iv = memory.address() + IV;

    final long outLength = memory.address() + OUT_LENGTH;
    final long result = memory.address() + RESULT;
    final long context = memory.address() + CONTEXT;
    final long data = memory.address() + DATA;

    private NativeScratch() {}

    static NativeScratch ofThread() {
        return OF_THREAD.get();
    }

    /// Native code writes a tag behind the text without asking whether that is still ours.
    static void requireRoom(int length) {
        Objects.checkFromIndexSize(0, length, DATA_BYTES);
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

    /// Whether the 16 bytes at `at` are the result, in the same time wherever they differ.
    boolean resultIs(int at) {
        long first = memory.get(JAVA_LONG_UNALIGNED, RESULT) ^ memory.get(JAVA_LONG_UNALIGNED, DATA + at);
        long second = memory.get(JAVA_LONG_UNALIGNED, RESULT + Long.BYTES)
                ^ memory.get(JAVA_LONG_UNALIGNED, DATA + at + Long.BYTES);
        return (first | second) == 0;
    }
}
