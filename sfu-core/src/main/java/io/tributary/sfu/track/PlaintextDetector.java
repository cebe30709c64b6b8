package io.tributary.sfu.track;

import io.tributary.frames.LiveKitTrailer;
import io.tributary.frames.SFrameHeader;
import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.rtp.RtpPacket;

/// Notices when a track that announced encryption is not encrypted: its frames lack what each encrypted frame carries
/// in
/// the clear. Nothing is looked at but the two bytes that end a LiveKit frame, or the header that begins an SFrame.
///
/// One odd frame proves nothing and one lucky frame excuses nothing: of the last [#WINDOW_FRAMES] frames of a layer
/// [#ALARM_FRAMES] have to be odd.
final class PlaintextDetector {
    static final int WINDOW_FRAMES = 16;
    static final int ALARM_FRAMES = 12;

    private static final int WINDOW = (1 << WINDOW_FRAMES) - 1;

    private final FrameProtection protection;
    private final boolean audio;

    /// For each layer a bit for each of its last frames, 1 for odd.
    private final int[] odd;

    private boolean alarmed;

    PlaintextDetector(TrackSpec spec) {
        protection = spec.protection();
        audio = spec.codec().kind() == MediaKind.AUDIO;
        odd = new int[spec.layers()];
    }

    /// Whether anything can be told about tracks like this. An SFrame's header is looked for where packets begin
    /// with the frame; in front of the others are NAL units' headers, or the lengths of AV1's elements.
    static boolean worksFor(TrackSpec spec) {
        return switch (spec.protection()) {
            case NONE -> false;
            case LIVEKIT -> true;
            case SFRAME ->
                switch (spec.codec()) {
                    case OPUS, VP8, VP9 -> true;
                    case H264, H265, AV1 -> false;
                };
        };
    }

    /// Whether this packet gives the alarm, once for the track.
    boolean alarms(int layer, RtpPacket packet, FrameFacts facts) {
        if (alarmed || !shows(packet, facts)) {
            return false;
        }
        odd[layer] = (odd[layer] << 1 | (looksEncrypted(packet, facts) ? 0 : 1)) & WINDOW;
        alarmed = Integer.bitCount(odd[layer]) >= ALARM_FRAMES;
        return alarmed;
    }

    /// Whether the packet holds the telling end of a frame. Clients leave empty frames as they are.
    private boolean shows(RtpPacket packet, FrameFacts facts) {
        if (packet.payloadLength() <= facts.descriptorLength) {
            return false;
        }
        return switch (protection) {
            case NONE -> false;
            case LIVEKIT -> audio || packet.marker();
            case SFRAME -> audio || facts.startsFrame;
        };
    }

    private boolean looksEncrypted(RtpPacket packet, FrameFacts facts) {
        int offset = packet.payloadOffset() + facts.descriptorLength;
        int length = packet.payloadLength() - facts.descriptorLength;
        return protection == FrameProtection.LIVEKIT
                ? LiveKitTrailer.isEndOf(packet.array(), offset, length)
                : SFrameHeader.isStartOf(packet.array(), offset, length);
    }
}
