package io.tributary.transport.codec;

import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.RtpPacket;

/// The audio level that clients send beside each packet, readable under end-to-end encryption (RFC 6464 §3).
public final class AudioLevel {
    /// The packet carries none.
    public static final int NONE = -1;

    /// In -dBov: digital silence.
    public static final int SILENCE = 127;

    private AudioLevel() {}

    /// The extension's byte, for [#level] and [#voice]; or [#NONE].
    public static int of(RtpPacket packet) {
        int found = packet.find(HeaderExtension.AUDIO_LEVEL);
        return found < 0 || (found & 0xFF) == 0 ? NONE : packet.array()[found >>> 8] & 0xFF;
    }

    /// In -dBov: 0 is the loudest, 127 silence.
    public static int level(int octet) {
        return octet & 0x7F;
    }

    /// Whether the sender believes that this is speech.
    public static boolean voice(int octet) {
        return (octet & 0x80) != 0;
    }
}
