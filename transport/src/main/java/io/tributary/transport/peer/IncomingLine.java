package io.tributary.transport.peer;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.transport.rtp.RtpPacket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One m-line on which the peer sends, in the form that packets are looked up in.
final class IncomingLine {
    private static final int PAYLOAD_TYPES = 128;

    final IncomingMedia media;
    final IncomingMediaSink sink;

    /// At most one for each rid, and one for each declared SSRC.
    final List<IncomingRtpStream> streams = new ArrayList<>();

    private final byte[] mid;
    private final byte[][] rids;
    private final @Nullable PayloadFormat[] byPayloadType = new @Nullable PayloadFormat[PAYLOAD_TYPES];
    private final @Nullable PayloadFormat[] byRepairType = new @Nullable PayloadFormat[PAYLOAD_TYPES];

    IncomingLine(IncomingMedia media, IncomingMediaSink sink) {
        this.media = media;
        this.sink = sink;
        mid = media.mid().getBytes(UTF_8);
        rids = media.rids().stream().map(rid -> rid.getBytes(UTF_8)).toArray(byte[][]::new);
        for (PayloadFormat format : media.formats()) {
            byPayloadType[format.payloadType()] = format;
            if (format.rtxPayloadType() >= 0) {
                byRepairType[format.rtxPayloadType()] = format;
            }
        }
    }

    /// The clock of its timestamps: all formats of a kind that we speak share one.
    int clockRateHz() {
        return media.formats().isEmpty()
                ? 1
                : media.formats().getFirst().codec().clockRateHz();
    }

    /// The format of media packets with this payload type.
    @Nullable
    PayloadFormat format(int payloadType) {
        return byPayloadType[payloadType];
    }

    /// The format whose retransmissions have this payload type.
    @Nullable
    PayloadFormat repairedFormat(int payloadType) {
        return byRepairType[payloadType];
    }

    /// Whether this peer is asked for key frames by FIR.
    boolean keyframesByFir() {
        return !media.formats().isEmpty() && media.formats().getFirst().fir();
    }

    boolean carries(int payloadType) {
        return byPayloadType[payloadType] != null || byRepairType[payloadType] != null;
    }

    /// @param element where the MID lies, as [RtpPacket#find] tells it
    boolean hasMid(RtpPacket packet, int element) {
        return equal(mid, packet, element);
    }

    /// The rid that lies at `element`, or null when this line has none such.
    @Nullable
    String rid(RtpPacket packet, int element) {
        for (int i = 0; i < rids.length; i++) {
            if (equal(rids[i], packet, element)) {
                return media.rids().get(i);
            }
        }
        return null;
    }

    @Nullable
    IncomingRtpStream stream(String rid) {
        for (IncomingRtpStream stream : streams) {
            if (stream.rid().equals(rid)) {
                return stream;
            }
        }
        return null;
    }

    private static boolean equal(byte[] text, RtpPacket packet, int element) {
        int from = element >>> 8;
        return Arrays.equals(text, 0, text.length, packet.array(), from, from + (element & 0xFF));
    }
}
