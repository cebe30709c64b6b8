package io.tributary.transport.codec;

import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.RtpPacket;

/// Reads what one incoming stream's packets tell without a key. One for each stream and loop, because a codec
/// may say once what holds for all packets after it. The one place that knows a codec's bytes: whoever selects
/// layers looks at [FrameFacts] only.
public sealed interface PayloadReader permits AudioReader, Vp8Reader, H264Reader, Vp9Reader, Av1Reader, H265Reader {
    /// A reader of frames that are as their encoder made them.
    static PayloadReader of(Codec codec) {
        return of(codec, Integer.MAX_VALUE);
    }

    /// A reader of frames that may be encrypted. Only VP8 needs to know: what the others read is written by the
    /// packetizer, which has to have it in the clear.
    ///
    /// @param clearBytes at the beginning of each frame, as its encoder wrote them; of a shorter frame all
    static PayloadReader of(Codec codec, int clearBytes) {
        return switch (codec) {
            case OPUS -> new AudioReader();
            case VP8 -> new Vp8Reader(clearBytes >= Vp8Payload.READ_BYTES);
            case H264 -> new H264Reader();
            case VP9 -> new Vp9Reader();
            case AV1 -> new Av1Reader();
            case H265 -> new H265Reader();
        };
    }

    /// Fills `facts` from a packet. Packets may come late and more than once: what an older one says holds for
    /// it, and changes nothing for the newer ones.
    ///
    /// @param extendedSeq the packet's, extended
    /// @return false when the payload cannot be read; `facts` then are those of a packet that tells nothing
    boolean read(RtpPacket packet, long extendedSeq, FrameFacts facts);
}
