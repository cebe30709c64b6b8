package io.tributary.auth.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/// What calls and devices are called at the SFU. Clients compute the same names from the room's events, so they are
/// exactly so (MSC4195): unpadded standard base64 of the SHA-256 over the canonical JSON of a list of strings.
public final class CallNames {
    /// The call that a room has in clients without slots.
    public static final String ROOM_SLOT = "m.call#ROOM";

    private static final String HEX = "0123456789abcdef";

    private CallNames() {}

    /// The SFU's room for a call.
    public static String room(String matrixRoom, String slot) {
        return hash(matrixRoom, slot);
    }

    /// A participant who is announced in a sticky event.
    public static String member(String user, String device, String member) {
        return hash(user, device, member);
    }

    /// A participant who is announced in a state event.
    public static String legacyMember(String user, String device) {
        return user + ":" + device;
    }

    /// Whether another user's identity could be had with this device: `@a:b` with the device `8448:X` would be
    /// `@a:b:8448` with the device `X`. Devices of real clients look different.
    public static boolean isAmbiguous(String device) {
        int colon = device.indexOf(':');
        return colon > 0 && colon <= 5 && device.substring(0, colon).chars().allMatch(c -> c >= '0' && c <= '9');
    }

    /// Whether every character of `text` has UTF-8, which halves of surrogate pairs have not.
    public static boolean isEncodable(String text) {
        return text.codePoints().noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
    }

    static String hash(String... parts) {
        try {
            byte[] json = canonicalJson(parts).getBytes(StandardCharsets.UTF_8);
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(json);
            return Base64.getEncoder().withoutPadding().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is in every JDK", e);
        }
    }

    /// Canonical JSON of a list of strings: the shortest escapes, and none where none is needed.
    static String canonicalJson(String... parts) {
        var json = new StringBuilder("[");
        for (int i = 0; i < parts.length; i++) {
            if (!isEncodable(parts[i])) {
                throw new IllegalArgumentException("half a surrogate pair has no UTF-8");
            }
            if (i > 0) {
                json.append(',');
            }
            json.append('"');
            parts[i].chars().forEach(c -> escape(json, (char) c));
            json.append('"');
        }
        return json.append(']').toString();
    }

    private static void escape(StringBuilder json, char c) {
        switch (c) {
            case '"' -> json.append("\\\"");
            case '\\' -> json.append("\\\\");
            case '\b' -> json.append("\\b");
            case '\f' -> json.append("\\f");
            case '\n' -> json.append("\\n");
            case '\r' -> json.append("\\r");
            case '\t' -> json.append("\\t");
            default -> {
                if (c < 0x20) {
                    json.append("\\u00").append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 0xF));
                } else {
                    json.append(c);
                }
            }
        }
    }
}
