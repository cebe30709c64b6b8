package io.tributary.load.media;

import io.tributary.transport.rtp.RtpPacket;
import java.util.Arrays;

/// Puts the packets of one stream together to frames again. A frame of which a packet is lost or late is given up: the
/// numbers tell of the loss, and what is left cannot be opened.
final class FrameAssembly {
    /// Twice the largest that a camera makes.
    private static final int LARGEST_BYTES = 1 << 18;

    private byte[] bytes = new byte[2048];
    private int length;
    private int nextSeq;
    private boolean whole;

    /// A frame begins with the packet that comes next.
    void begin(RtpPacket packet) {
        length = 0;
        nextSeq = packet.seq();
        whole = true;
    }

    /// The packet's part of the frame.
    ///
    /// @param offset in the packet's array, behind the payload descriptor
    void add(RtpPacket packet, int offset, int partLength) {
        whole &= packet.seq() == nextSeq && length + partLength <= LARGEST_BYTES;
        if (whole) {
            if (length + partLength > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + partLength));
            }
            System.arraycopy(packet.array(), offset, bytes, length, partLength);
            length += partLength;
            nextSeq = nextSeq + 1 & 0xFFFF;
        }
    }

    /// The frame that the last packet ended, or nothing when some of it is missing.
    byte[] end() {
        byte[] frame = Arrays.copyOf(bytes, whole ? length : 0);
        whole = false;
        return frame;
    }
}
