package io.tributary.transport.sim;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// One RTCP packet of a compound as a value, written and read apart from the server's code on purpose.
///
/// @param format the count or feedback format in the first byte
/// @param body what follows the four-byte header
@SuppressWarnings("ArrayRecordComponent") // nobody compares or changes it
public record SimRtcp(int type, int format, byte[] body) {
    public static final int SENDER_REPORT = 200;
    public static final int RECEIVER_REPORT = 201;
    public static final int SDES = 202;
    public static final int TRANSPORT_FEEDBACK = 205;
    public static final int PAYLOAD_FEEDBACK = 206;
    public static final int NACK = 1;
    public static final int TWCC = 15;
    public static final int PLI = 1;
    public static final int FIR = 4;

    /// What a receiver says of one stream; `lost` is cumulative.
    public record ReportBlock(int ssrc, int fraction, int lost, int highest, int jitter, int lsr, int dlsr) {}

    public boolean is(int wantedType, int wantedFormat) {
        return type == wantedType && format == wantedFormat;
    }

    public int senderSsrc() {
        return ByteBuffer.wrap(body).getInt();
    }

    public int mediaSsrc() {
        return ByteBuffer.wrap(body).getInt(4);
    }

    public List<ReportBlock> reportBlocks() {
        ByteBuffer in = ByteBuffer.wrap(body);
        in.position(type == SENDER_REPORT ? 24 : 4);
        List<ReportBlock> blocks = new ArrayList<>();
        for (int i = 0; i < format; i++) {
            int ssrc = in.getInt();
            int loss = in.getInt();
            blocks.add(new ReportBlock(
                    ssrc, loss >>> 24, loss << 8 >> 8, in.getInt(), in.getInt(), in.getInt(), in.getInt()));
        }
        return blocks;
    }

    /// The sequence numbers that a NACK asks for.
    public List<Integer> missing() {
        ByteBuffer in = ByteBuffer.wrap(body).position(8);
        List<Integer> seqs = new ArrayList<>();
        while (in.hasRemaining()) {
            int pid = in.getShort() & 0xFFFF;
            int mask = in.getShort() & 0xFFFF;
            seqs.add(pid);
            for (int bit = 0; bit < 16; bit++) {
                if ((mask >>> bit & 1) != 0) {
                    seqs.add((pid + 1 + bit) & 0xFFFF);
                }
            }
        }
        return seqs;
    }

    public static List<SimRtcp> decode(byte[] compound) {
        ByteBuffer in = ByteBuffer.wrap(compound);
        List<SimRtcp> packets = new ArrayList<>();
        while (in.remaining() >= 4) {
            int format = in.get() & 0x1F;
            int type = in.get() & 0xFF;
            byte[] body = new byte[4 * (in.getShort() & 0xFFFF)];
            in.get(body);
            packets.add(new SimRtcp(type, format, body));
        }
        return packets;
    }

    public byte[] encode() {
        return ByteBuffer.allocate(4 + body.length)
                .put((byte) (0x80 | format))
                .put((byte) type)
                .putShort((short) (body.length / 4))
                .put(body)
                .array();
    }

    public static byte[] receiverReport(int senderSsrc, ReportBlock... blocks) {
        ByteBuffer out = ByteBuffer.allocate(4 + 24 * blocks.length).putInt(senderSsrc);
        for (ReportBlock block : blocks) {
            out.putInt(block.ssrc).putInt(block.fraction << 24 | (block.lost & 0xFFFFFF));
            out.putInt(block.highest).putInt(block.jitter).putInt(block.lsr).putInt(block.dlsr);
        }
        return new SimRtcp(RECEIVER_REPORT, blocks.length, out.array()).encode();
    }

    public static byte[] senderReport(int ssrc, long ntpTime, int timestampTicks, int packets, int octets) {
        ByteBuffer out = ByteBuffer.allocate(24).putInt(ssrc).putLong(ntpTime).putInt(timestampTicks);
        return new SimRtcp(SENDER_REPORT, 0, out.putInt(packets).putInt(octets).array()).encode();
    }

    public static byte[] pli(int senderSsrc, int mediaSsrc) {
        ByteBuffer out = ByteBuffer.allocate(8).putInt(senderSsrc).putInt(mediaSsrc);
        return new SimRtcp(PAYLOAD_FEEDBACK, PLI, out.array()).encode();
    }

    public static byte[] fir(int senderSsrc, int mediaSsrc, int commandSeq) {
        ByteBuffer out = ByteBuffer.allocate(16).putInt(senderSsrc).putInt(0).putInt(mediaSsrc);
        return new SimRtcp(PAYLOAD_FEEDBACK, FIR, out.putInt(commandSeq << 24).array()).encode();
    }

    /// One PID with an empty mask for each number.
    public static byte[] nack(int senderSsrc, int mediaSsrc, int... seqs) {
        ByteBuffer out =
                ByteBuffer.allocate(8 + 4 * seqs.length).putInt(senderSsrc).putInt(mediaSsrc);
        Arrays.stream(seqs).forEach(seq -> out.putShort((short) seq).putShort((short) 0));
        return new SimRtcp(TRANSPORT_FEEDBACK, NACK, out.array()).encode();
    }

    @Override
    public String toString() {
        return "SimRtcp[" + type + "/" + format + ", " + body.length + " bytes]";
    }
}
