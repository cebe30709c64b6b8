package io.tributary.sfu.router;

import java.nio.ByteBuffer;

/// A camera of whatever codec, as those have to know it who judge what became of its packets.
sealed interface Film permits Camera, ScalableCamera {
    /// A packet as it was sent.
    ///
    /// @param layer simulcast or spatial
    /// @param packets of its frame, or of its layer's share of the picture
    /// @param ssrc of its stream
    /// @param number of the packet in its stream, counted from 0
    /// @param top whether it is part of what those get who want the highest layer
    /// @param payload all of it
    record Capture(
            int layer,
            int temporalLayer,
            boolean layerSync,
            long atMicros,
            int packets,
            int ssrc,
            long number,
            boolean top,
            ByteBuffer payload) {}

    /// What was sent with this body: a number that counts all of a camera's packets.
    Capture capture(long body);

    /// The body that a payload names, sent or received.
    long body(ByteBuffer payload);

    /// The picture id.
    int picture(ByteBuffer payload);

    /// Whether a picture begins here that refers to none.
    boolean startsKeyframe(ByteBuffer payload);

    /// Whether picture ids count what is received, rather than what was sent.
    boolean countsPictures();

    /// Clears what a forwarder may write: picture id, TL0PICIDX, KEYIDX. Everything else is the publisher's.
    void blank(ByteBuffer payload);

    /// Ends it for good.
    void stop();
}
