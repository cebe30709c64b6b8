package io.tributary.sfu.forward;

import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.codec.Vp9Payload;
import io.tributary.transport.rtp.Codec;
import java.io.ByteArrayOutputStream;
import java.util.List;

/// Makes of a picture's packets what a decoder takes, as a receiver does (RFC 7741, RFC 9628, RFC 6184, AV1 RTP
/// payload format). Throws where they do not fit together.
final class Depacketizer {
    private static final byte[] START_CODE = {0, 0, 0, 1};
    private static final int STAP_A = 24;
    private static final int FU_A = 28;
    private static final int OBU_TEMPORAL_DELIMITER = 2;

    private Depacketizer() {}

    /// @param payloads of one picture, in order
    static byte[] picture(Codec codec, List<byte[]> payloads) {
        var out = new ByteArrayOutputStream();
        switch (codec) {
            case VP8 -> payloads.forEach(p -> out.write(p, vp8Descriptor(p), p.length - vp8Descriptor(p)));
            case VP9 -> payloads.forEach(p -> out.write(p, vp9Descriptor(p), p.length - vp9Descriptor(p)));
            case H264 -> payloads.forEach(p -> h264(p, out));
            case AV1 -> av1(payloads, out);
            case OPUS, H265 -> throw new IllegalArgumentException("not recorded: " + codec);
        }
        return out.toByteArray();
    }

    private static int vp8Descriptor(byte[] payload) {
        int at = 1;
        if ((payload[0] & 0x80) != 0) {
            int extensions = payload[at++];
            if ((extensions & 0x80) != 0) {
                at += (payload[at] & 0x80) != 0 ? 2 : 1;
            }
            at += (extensions & 0x40) != 0 ? 1 : 0;
            at += (extensions & 0x30) != 0 ? 1 : 0;
        }
        return at;
    }

    private static int vp9Descriptor(byte[] payload) {
        var facts = new FrameFacts();
        if (!Vp9Payload.parse(payload, 0, payload.length, facts)) {
            throw new AssertionError("a VP9 payload that cannot be read");
        }
        return facts.descriptorLength;
    }

    private static void h264(byte[] payload, ByteArrayOutputStream out) {
        switch (payload[0] & 0x1F) {
            case STAP_A -> {
                for (int at = 1; at < payload.length; ) {
                    int length = (payload[at] & 0xFF) << 8 | payload[at + 1] & 0xFF;
                    out.writeBytes(START_CODE);
                    out.write(payload, at + 2, length);
                    at += 2 + length;
                }
            }
            case FU_A -> {
                if ((payload[1] & 0x80) != 0) {
                    out.writeBytes(START_CODE);
                    out.write(payload[0] & 0xE0 | payload[1] & 0x1F);
                }
                out.write(payload, 2, payload.length - 2);
            }
            default -> {
                out.writeBytes(START_CODE);
                out.writeBytes(payload);
            }
        }
    }

    private static void av1(List<byte[]> payloads, ByteArrayOutputStream out) {
        out.write(OBU_TEMPORAL_DELIMITER << 3 | 0x02);
        out.write(0);
        var obu = new ByteArrayOutputStream();
        for (byte[] payload : payloads) {
            boolean continues = (payload[0] & 0x80) != 0;
            boolean goesOn = (payload[0] & 0x40) != 0;
            int elements = payload[0] >>> 4 & 0x03;
            if (continues != obu.size() > 0) {
                throw new AssertionError("an OBU without its beginning or its end");
            }
            int at = 1;
            for (int i = 1; at < payload.length; i++) {
                int length = payload.length - at;
                if (i != elements) {
                    length = 0;
                    for (int shift = 0, more = 0x80; more != 0; shift += 7) {
                        more = payload[at] & 0x80;
                        length |= (payload[at++] & 0x7F) << shift;
                    }
                }
                obu.write(payload, at, length);
                at += length;
                if (at < payload.length || !goesOn) {
                    obu(obu.toByteArray(), out);
                    obu.reset();
                }
            }
        }
        if (obu.size() > 0) {
            throw new AssertionError("an OBU without its end");
        }
    }

    /// With its size, which RTP leaves out.
    private static void obu(byte[] obu, ByteArrayOutputStream out) {
        boolean sized = (obu[0] & 0x02) != 0;
        if ((obu[0] >>> 3 & 0x0F) == OBU_TEMPORAL_DELIMITER || sized) {
            out.write(obu, 0, sized ? obu.length : 0);
            return;
        }
        int header = (obu[0] & 0x04) != 0 ? 2 : 1;
        out.write(obu[0] | 0x02);
        out.write(obu, 1, header - 1);
        int size = obu.length - header;
        while (size >= 0x80) {
            out.write(size & 0x7F | 0x80);
            size >>>= 7;
        }
        out.write(size);
        out.write(obu, header, obu.length - header);
    }
}
