package io.tributary.load.media;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.RtpHeaderWriter;

/// The header extensions of one published track, as the server's answer allows them.
public final class SentExtensions {
    /// Speech at an ordinary level: voice activity, -30 dBov (RFC 6464 §3).
    private static final byte[] SPEECH = {(byte) (0x80 | 30)};

    private final ExtensionMap map;
    private final byte[] mid;
    private final byte[] cname;
    private final TransportNumbers numbers;
    private final byte[] two = new byte[2];

    /// @param numbers the connection's, shared by its tracks
    public SentExtensions(ExtensionMap map, String mid, String cname, TransportNumbers numbers) {
        this.map = map;
        this.mid = mid.getBytes(US_ASCII);
        this.cname = cname.getBytes(US_ASCII);
        this.numbers = numbers;
    }

    byte[] cname() {
        return cname;
    }

    /// @param rid empty without simulcast
    /// @param known whether the server can tell the stream by its SSRC
    void append(RtpHeaderWriter header, String rid, boolean known) {
        if (!known) {
            append(header, HeaderExtension.MID, mid);
            if (!rid.isEmpty()) {
                append(header, HeaderExtension.RID, rid.getBytes(US_ASCII));
            }
        }
        append(header, HeaderExtension.AUDIO_LEVEL, SPEECH);
        if (map.has(HeaderExtension.TRANSPORT_CC)) {
            int number = numbers.next();
            two[0] = (byte) (number >>> 8);
            two[1] = (byte) number;
            append(header, HeaderExtension.TRANSPORT_CC, two);
        }
    }

    private void append(RtpHeaderWriter header, HeaderExtension extension, byte[] value) {
        int id = map.id(extension);
        if (id != 0) {
            header.append(id, value, 0, value.length);
        }
    }
}
