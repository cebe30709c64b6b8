package io.tributary.auth.matrix;

/// Whether certificates of homeservers are to be believed unseen. Then anybody between us and a homeserver can be any
/// of its users, so it takes exactly these words.
public final class SkipVerify {
    public static final String MAGIC = "YES_I_KNOW_WHAT_I_AM_DOING";

    private SkipVerify() {}

    public static boolean isAsked(String value) {
        return value.equals(MAGIC);
    }
}
