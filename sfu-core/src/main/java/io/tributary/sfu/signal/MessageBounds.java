package io.tributary.sfu.signal;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Set;

/// How much of a protobuf message may be anything but long texts. Two bytes on the wire can be an object of its own,
/// fifty times as large, once they are read, so this is asked before. Stateless; any thread.
final class MessageBounds {
    /// All that clients send beside SDP and metadata: the subscriptions of a room of a thousand tracks take 50 kB.
    static final int MOST_BYTES_OF_PARTS = 128 << 10;

    private MessageBounds() {}

    /// Whether the fields of `message` besides `texts` are small enough together.
    ///
    /// @param texts numbers of the fields that are, or hold, one long text
    /// @throws IOException when it is no protobuf message
    static boolean admit(byte[] message, Set<Integer> texts) throws IOException {
        if (message.length <= MOST_BYTES_OF_PARTS) {
            return true;
        }
        CodedInputStream fields = CodedInputStream.newInstance(message);
        int partBytes = 0;
        for (int tag = fields.readTag(); tag != 0; tag = fields.readTag()) {
            int from = fields.getTotalBytesRead();
            fields.skipField(tag);
            if (!texts.contains(WireFormat.getTagFieldNumber(tag))) {
                partBytes += fields.getTotalBytesRead() - from;
            }
        }
        return partBytes <= MOST_BYTES_OF_PARTS;
    }
}
