package io.tributary.transport.sim;

import io.tributary.transport.dtls.DtlsEndpoint;
import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.srtp.SrtpKeys;
import io.tributary.transport.srtp.SrtpProfile;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// DTLS without the cryptography: the client's one message says which profile and which keys, the server's one message
/// says that it heard. Both are records of type handshake, so they travel as DTLS does.
public final class ScriptedDtls implements DtlsEndpoint {
    private static final byte HANDSHAKE = 22;
    private static final byte HELLO = 1;
    private static final byte HEARD = 2;
    private static final byte BYE = 3;
    private static final int HELLO_BYTES = 2 + 2 + 8;

    private final Listener listener;
    private boolean expected;
    private boolean connected;
    private @Nullable SrtpKeys heard;

    private ScriptedDtls(Listener listener) {
        this.listener = listener;
    }

    /// What a client sends first.
    public static byte[] hello(SrtpProfile profile, long keySeed) {
        return ByteBuffer.allocate(HELLO_BYTES)
                .put(HANDSHAKE)
                .put(HELLO)
                .putShort((short) profile.wireId())
                .putLong(keySeed)
                .array();
    }

    /// How a client says goodbye.
    public static byte[] bye() {
        return new byte[] {HANDSHAKE, BYE};
    }

    /// Whether a datagram is the server's answer to [#hello].
    public static boolean isHeard(byte[] datagram) {
        return datagram.length == 2 && datagram[0] == HANDSHAKE && datagram[1] == HEARD;
    }

    /// The keys that a hello stands for.
    public static SrtpKeys keys(SrtpProfile profile, long keySeed) {
        byte[] exported = new byte[profile.exportBytes()];
        new SplittableRandom(keySeed).nextBytes(exported);
        return new SrtpKeys(profile, exported);
    }

    @Override
    public void receive(PacketBuffer datagram) {
        ByteBuffer in = ByteBuffer.wrap(datagram.array(), datagram.offset(), datagram.length());
        if (in.remaining() < 2 || in.get() != HANDSHAKE) {
            return;
        }
        byte type = in.get();
        if (type == BYE) {
            listener.onDtlsClosed("closed by the peer");
        } else if (type == HELLO && in.remaining() == HELLO_BYTES - 2) {
            heard = keys(SrtpProfile.of(in.getShort()).orElseThrow(), in.getLong());
            answer();
        }
    }

    @Override
    public void expect(Fingerprint remote) {
        expected = true;
        answer();
    }

    @Override
    public void close() {
        expected = false;
    }

    private void answer() {
        @Nullable SrtpKeys keys = heard;
        if (!expected || keys == null) {
            return;
        }
        listener.onDtlsOutput(new byte[] {HANDSHAKE, HEARD}); // again for a repeated hello: the answer may be lost
        if (!connected) {
            connected = true;
            listener.onDtlsConnected(keys);
        }
    }

    /// Makes scripted endpoints.
    public static final class Factory implements DtlsEndpoint.Factory {
        @Override
        public DtlsEndpoint create(Listener listener) {
            return new ScriptedDtls(listener);
        }

        @Override
        public Fingerprint localFingerprint() {
            return new Fingerprint("sha-256", "53:49:4D");
        }
    }
}
