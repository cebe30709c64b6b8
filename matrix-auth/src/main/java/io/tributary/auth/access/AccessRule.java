package io.tributary.auth.access;

/// One line of a rule list: whom it is for, and what they get. In the patterns `*` stands for any characters, `?` for
/// one; `*` alone fits everything.
///
/// @param name for logs and metrics, one of its own in the list
/// @param homeserver pattern of the server's name, whatever the case
/// @param user pattern of the whole user id
/// @param room pattern of the Matrix room id as the client names it
/// @param maxParticipants as [AccessDecision#maxParticipants]
/// @param maxRooms as [AccessDecision#maxRooms]
public record AccessRule(
        String name, String homeserver, String user, String room, Access access, int maxParticipants, int maxRooms) {
    boolean fits(AccessRequest request) {
        return matches(homeserver, request.homeserver().key(), true)
                && matches(user, request.user().value(), false)
                && matches(room, request.room(), false);
    }

    AccessDecision decision() {
        return new AccessDecision(access, name, maxParticipants, maxRooms);
    }

    /// Goes back to the last star alone, so a rule costs at most pattern times text.
    private static boolean matches(String glob, String text, boolean anyCase) {
        int g = 0;
        int t = 0;
        int star = -1;
        int starText = 0;
        while (t < text.length()) {
            if (g < glob.length() && glob.charAt(g) == '*') {
                star = g++;
                starText = t;
            } else if (g < glob.length() && (glob.charAt(g) == '?' || same(glob.charAt(g), text.charAt(t), anyCase))) {
                g++;
                t++;
            } else if (star >= 0) {
                g = star + 1;
                t = ++starText;
            } else {
                return false;
            }
        }
        while (g < glob.length() && glob.charAt(g) == '*') {
            g++;
        }
        return g == glob.length();
    }

    private static boolean same(char a, char b, boolean anyCase) {
        return a == b || anyCase && Character.toLowerCase(a) == Character.toLowerCase(b);
    }
}
