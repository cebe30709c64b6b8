package io.tributary.frames;

import io.tributary.frames.Opened.Plain;
import io.tributary.frames.Opened.Refusal;
import io.tributary.frames.Opened.Refused;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Decrypts what any number of senders made, by the key ids in their frames, each frame once (RFC 9605 §4.4.4,
/// §9.3).
///
/// One thread at a time.
public final class SFrameReceiver {
    /// Room for every participant of a large call with an old and a new key each.
    public static final int MAX_KEYS = 4096;

    private record Source(SFrameCipher cipher, ReplayGuard replays) {}

    private final SFrameSuite suite;
    private final Map<Long, Source> byKeyId = new HashMap<>();

    public SFrameReceiver(SFrameSuite suite) {
        this.suite = suite;
    }

    /// Takes a key, in place of the one that had its id. False, and nothing changes, when there are [#MAX_KEYS]
    /// already.
    public boolean add(long keyId, byte[] baseKey) {
        if (byKeyId.size() >= MAX_KEYS && !byKeyId.containsKey(keyId)) {
            return false;
        }
        byKeyId.put(keyId, new Source(new SFrameCipher(suite, keyId, baseKey), new ReplayGuard()));
        return true;
    }

    /// Forgets a key; frames that name it are refused from now on.
    public void remove(long keyId) {
        byKeyId.remove(keyId);
    }

    /// @param metadata what the sender authenticated beside the frame
    public Opened open(byte[] metadata, byte[] sframe) {
        Optional<SFrameHeader> parsed = SFrameHeader.parse(sframe);
        if (parsed.isEmpty()) {
            return new Refused(Refusal.MALFORMED);
        }
        SFrameHeader header = parsed.get();
        Source source = byKeyId.get(header.keyId());
        if (source == null) {
            return new Refused(Refusal.UNKNOWN_KEY);
        }
        if (!source.replays.isFresh(header.counter())) {
            return new Refused(Refusal.REPLAYED);
        }
        Opened opened = source.cipher.open(header, metadata, sframe);
        if (opened instanceof Plain) {
            source.replays.note(header.counter());
        }
        return opened;
    }
}
