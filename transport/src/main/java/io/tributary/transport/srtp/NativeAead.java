package io.tributary.transport.srtp;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// What AES-GCM in native code is alike in, whoever does it: packets on the heap go there through the thread's
/// [NativeScratch] and back, and nothing is written beyond the memory that it was given.
abstract class NativeAead implements AeadCipher {
    @Override
    public final void seal(
            byte[] iv, byte[] aad, int aadOffset, int aadLength, byte[] text, int textOffset, int textLength) {
        NativeScratch scratch = NativeScratch.ofThread();
        NativeScratch.requireRoom(aadLength + textLength + TAG_BYTES);
        scratch.put(aad, aadOffset, aadLength, 0);
        scratch.put(text, textOffset, textLength, aadLength);
        seal(iv, scratch, scratch.data, aadLength, textLength);
        scratch.get(aadLength, text, textOffset, textLength + TAG_BYTES);
    }

    @Override
    public final void seal(byte[] iv, MemorySegment memory, long at, int aadLength, int textLength) {
        Objects.checkFromIndexSize(at, aadLength + textLength + TAG_BYTES, memory.byteSize());
        seal(iv, NativeScratch.ofThread(), memory.address() + at, aadLength, textLength);
    }

    @Override
    public final boolean open(
            byte[] iv, byte[] aad, int aadOffset, int aadLength, byte[] text, int textOffset, int textLength) {
        NativeScratch scratch = NativeScratch.ofThread();
        scratch.put(aad, aadOffset, aadLength, 0);
        scratch.put(text, textOffset, textLength + TAG_BYTES, aadLength);
        boolean authentic = open(iv, scratch, aadLength, textLength);
        if (authentic) {
            scratch.get(aadLength, text, textOffset, textLength);
        }
        return authentic;
    }

    /// Seals what stands at the address `packet`: associated data, text behind it, and room for the tag behind that.
    ///
    /// @throws IllegalStateException after [#close]
    abstract void seal(byte[] iv, NativeScratch scratch, long packet, int aadLength, int textLength);

    /// Opens what stands at [NativeScratch#data]: associated data, text, tag.
    ///
    /// @throws IllegalStateException after [#close]
    abstract boolean open(byte[] iv, NativeScratch scratch, int aadLength, int textLength);
}
