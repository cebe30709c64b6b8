package io.tributary.sfu.signal;

import io.tributary.sfu.room.ParticipantSid;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.sdp.MediaSection;
import io.tributary.transport.sdp.Msid;
import io.tributary.transport.sdp.SsrcAttributes;
import io.tributary.transport.sdp.SsrcGroup;
import java.util.List;

/// One subscription as its subscriber's SDP shows it: the identity of the track and the SSRCs that carry it there.
///
/// @param stereo whether the publisher sends stereo Opus
/// @param rtxSsrc 0 for audio
/// @param demand what to forward once an m-line is found
record Sending(
        ParticipantSid publisher,
        TrackSid track,
        Codec codec,
        boolean stereo,
        int ssrc,
        int rtxSsrc,
        LayerDemand demand) {
    MediaKind kind() {
        return codec.kind();
    }

    Sending withDemand(LayerDemand newDemand) {
        return new Sending(publisher, track, codec, stereo, ssrc, rtxSsrc, newDemand);
    }

    /// Clients read the publisher and the track out of the stream id, or the track out of the track id.
    Msid msid() {
        return new Msid(cname(), track.value());
    }

    /// The stream id is the canonical name too: audio and video of a stream share one clock. One string for all who
    /// subscribe to the track.
    String cname() {
        return (publisher.value() + "|" + track.value()).intern();
    }

    /// Writes msid, SSRCs and the retransmission group into an m-line.
    void describe(MediaSection.Builder section) {
        long primary = Integer.toUnsignedLong(ssrc);
        section.msid(msid());
        if (rtxSsrc == 0) {
            section.ssrcs(List.of(attributes(primary)));
        } else {
            long rtx = Integer.toUnsignedLong(rtxSsrc);
            section.ssrcs(List.of(attributes(primary), attributes(rtx)));
            section.ssrcGroups(List.of(new SsrcGroup(SsrcGroup.FID, List.of(primary, rtx))));
        }
    }

    private SsrcAttributes attributes(long value) {
        return new SsrcAttributes(value, cname(), List.of(msid()));
    }
}
