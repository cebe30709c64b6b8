package io.tributary.transport.codec;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.RtpPacket;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AudioLevelTest {
    @Test
    void readsLevelAndVoiceFromThePacket() {
        int octet = levelOf("90 60 0001 00000000 00000001 bede 0001 30 9e 0000 ff");
        assertThat(AudioLevel.level(octet)).isEqualTo(30);
        assertThat(AudioLevel.voice(octet)).isTrue();
        int silence = levelOf("90 60 0001 00000000 00000001 bede 0001 30 7f 0000 ff");
        assertThat(AudioLevel.level(silence)).isEqualTo(AudioLevel.SILENCE);
        assertThat(AudioLevel.voice(silence)).isFalse();
    }

    @Test
    void aPacketWithoutOneOrWithAnEmptyOneHasNone() {
        assertThat(levelOf("80 60 0001 00000000 00000001 ff")).isEqualTo(AudioLevel.NONE);
        assertThat(levelOf("90 60 0001 00000000 00000001 1000 0001 0300 0000 ff"))
                .isEqualTo(AudioLevel.NONE);
    }

    private static int levelOf(String hex) {
        byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
        PacketBuffer buffer = new PacketPool().take();
        buffer.length(bytes.length);
        System.arraycopy(bytes, 0, buffer.array(), buffer.offset(), bytes.length);
        var packet = new RtpPacket();
        assertThat(packet.wrap(buffer, new ExtensionMap(Map.of(HeaderExtension.AUDIO_LEVEL, 3))))
                .isTrue();
        return AudioLevel.of(packet);
    }
}
