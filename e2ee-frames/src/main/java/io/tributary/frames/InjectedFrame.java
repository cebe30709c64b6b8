package io.tributary.frames;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Set;

/// Frames that LiveKit's server puts in a track itself, at mute and at the end: blank, in the clear, with a trailer
/// that it announces on joining. Only the few blank frames are let through, or a server could show anything.
final class InjectedFrame {
    /// SHA-256 of the blank frames that LiveKit's clients accept.
    private static final Set<String> BLANK = Set.of(
            // Opus, 80 bytes of silence
            "aad8d31fc56b2802ca500e58c2fb9d0b29ad71bb7cb52cd6530251eade188988",
            // VP8, a key frame of 8 × 8
            "ef0161653d8b2b23aad46624b420af1d03ce48950e9fc85718028f91b50f9219",
            // H.264, the parameter sets and the slice of 2 × 2, each alone
            "f0a0e09647d891d6d50aa898bce7108090375d0d55e50a2bb21147afee558e44",
            "61d9665eed71b6d424ae9539330a3bdd5cb386d4d781c808219a6e36750493a7",
            "faffc26b68a2fc09096fa20f3351e706398b6f838a7500c8063472c2e476e90d");

    private InjectedFrame() {}

    static boolean isMarked(byte[] frame, byte[] trailer) {
        int start = frame.length - trailer.length;
        return trailer.length > 0
                && start >= 0
                && Arrays.equals(frame, start, frame.length, trailer, 0, trailer.length);
    }

    static boolean isBlank(byte[] frame) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(frame);
            return BLANK.contains(HexFormat.of().formatHex(hash));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
