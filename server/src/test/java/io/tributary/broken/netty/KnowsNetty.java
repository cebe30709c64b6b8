package io.tributary.broken.netty;

import io.netty.buffer.ByteBuf;

/// Holds a buffer of Netty's.
public final class KnowsNetty {
    private KnowsNetty() {}

    public static int readable(ByteBuf buffer) {
        return buffer.readableBytes();
    }
}
