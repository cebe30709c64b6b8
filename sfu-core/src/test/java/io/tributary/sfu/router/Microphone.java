package io.tributary.sfu.router;

import io.tributary.frames.LiveKitTrailer;
import io.tributary.transport.sim.SimRtcp;
import io.tributary.transport.sim.SimRtp;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.TreeMap;

/// An Opus sender of 20 ms packets that say how loud they are.
final class Microphone {
    private static final long PACKET_MICROS = 20_000;

    final Call.Person person;
    final String mid;
    int ssrc;
    int dbov = 127;
    boolean running = true;

    /// Of the key that packets name, as LiveKit's encrypted ones do.
    int keyIndex;

    int sent;
    private int seq;
    private boolean stopped;

    Microphone(Call.Person person, String mid, int ssrc) {
        this.person = person;
        this.mid = mid;
        this.ssrc = ssrc;
        seq = person.call.world.random().nextInt(1 << 16);
    }

    void start() {
        person.call.world.every(PACKET_MICROS, () -> {
            if (!stopped && running) {
                send();
            }
            return !stopped;
        });
        person.call.world.every(1_000_000, () -> {
            if (!stopped) {
                long now = person.call.world.nowMicros();
                person.client.sendRtcp(SimRtcp.senderReport(ssrc, Camera.ntpTime(now), timestampTicks(now), 1, 1));
            }
            return !stopped;
        });
    }

    /// Goes on under another SSRC with other numbers.
    void restart(int newSsrc) {
        ssrc = newSsrc;
        seq = person.call.world.random().nextInt(1 << 16);
    }

    void stop() {
        stopped = true;
    }

    private static int timestampTicks(long micros) {
        return (int) (micros * 48 / 1_000);
    }

    /// The packet that counts as the `number`th, as it is sent now.
    ByteBuffer payload(long number) {
        return Noise.fill(ByteBuffer.allocate(40).putLong(number), number)
                .put(38, (byte) LiveKitTrailer.IV_SIZE_BYTES)
                .put(39, (byte) keyIndex);
    }

    private void send() {
        Map<Integer, byte[]> extensions = new TreeMap<>();
        extensions.put(Call.AUDIO_LEVEL_ID, new byte[] {(byte) dbov});
        byte[] payload = payload(sent++).array();
        int ticks = timestampTicks(person.call.world.nowMicros());
        person.client.send(new SimRtp(false, Call.OPUS, seq++ & 0xFFFF, ticks, ssrc, extensions, payload, 0));
    }
}
