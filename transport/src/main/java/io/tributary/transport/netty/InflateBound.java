package io.tributary.transport.netty;

import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.websocketx.extensions.WebSocketServerExtensionHandler;
import io.netty.handler.codec.http.websocketx.extensions.compression.PerMessageDeflateServerExtensionHandshaker;

/// Bounds what a compressed WebSocket message may unfold to (RFC 7692).
///
/// The HTTP library bounds the frame as it travels but not as it unfolds, and deflate reaches a thousand to one: two
/// megabytes from one client would become two gigabytes of ours.
public final class InflateBound {
    private static final String EXTENSIONS = "webSocketExtensionHandler";
    private static final int COMPRESSION_LEVEL = 6;

    private InflateBound() {}

    /// Puts bounded extensions in the place of the unbounded ones. On the channel's thread, before the upgrade.
    public static void install(ChannelHandlerContext channel, int maxMessageBytes) {
        var deflate = new PerMessageDeflateServerExtensionHandshaker(
                COMPRESSION_LEVEL,
                true,
                PerMessageDeflateServerExtensionHandshaker.MAX_WINDOW_SIZE,
                true,
                true,
                maxMessageBytes);
        channel.pipeline().replace(EXTENSIONS, EXTENSIONS, new WebSocketServerExtensionHandler(deflate));
    }
}
