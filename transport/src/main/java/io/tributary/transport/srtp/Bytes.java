package io.tributary.transport.srtp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Big-endian words in byte arrays.
final class Bytes {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private Bytes() {}

    static int getInt(byte[] array, int at) {
        return (int) INT.get(array, at);
    }

    static void putInt(byte[] array, int at, int value) {
        INT.set(array, at, value);
    }

    static int getShort(byte[] array, int at) {
        return (array[at] & 0xFF) << 8 | (array[at + 1] & 0xFF);
    }
}
