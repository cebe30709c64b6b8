package io.tributary.sfu.room;

/// Bounds of what one participant may ask of a room, and a room's rhythms.
final class RoomLimits {
    static final int LONGEST_IDENTITY = 256;
    static final int LONGEST_ROOM_NAME = 256;
    static final int LONGEST_NAME = 256;
    static final int LARGEST_METADATA_BYTES = 512 * 1024;

    /// Keys and values together.
    static final int LARGEST_ATTRIBUTES_BYTES = 64 * 1024;

    /// Client ids and stream names are UUIDs in practice.
    static final int LONGEST_CID = 256;

    /// As livekit-server; a client publishes one to four.
    static final int MOST_PENDING_TRACKS = 20;

    /// Pending and published; far above what people publish, far below what would trouble the room.
    static final int MOST_TRACKS = 100;

    /// Requests for a cid that is still in use, waiting for it to end.
    static final int MOST_QUEUED_TRACKS = 3;

    /// Client ids remembered because they may not be published; the oldest goes.
    static final int MOST_REFUSED_CIDS = MOST_TRACKS;

    /// Ours have 15 characters.
    static final int LONGEST_TRACK_SID = 64;

    /// People named in one subscription permission: each is looked at for each subscriber of each track.
    static final int MOST_TRACK_PERMISSIONS = 1_000;

    /// Three simulcast layers exist; a request with more is a mistake.
    static final int MOST_LAYERS = 8;

    /// Wanted tracks that are not there (yet), per participant.
    static final int MOST_MISSING_TRACKS = 100;

    static final int MOST_AUDIO_FEATURES = 32;

    /// Identities that a room remembers; the oldest goes, and then has to come back with the renewal it was sent.
    static final int MOST_ACQUAINTED = 10_000;

    /// Joined, but no media connection.
    static final long JOIN_TIMEOUT_MICROS = 60_000_000;

    /// A wanted track that nobody published.
    static final long TRACK_NOT_FOUND_MICROS = 60_000_000;

    /// Comings and goings of those who publish nothing are told together.
    static final long BATCH_MICROS = 3_000_000;

    /// A tile that is being resized says so many times a second.
    static final long SETTINGS_DEBOUNCE_MICROS = 100_000;

    /// Subscribers come and go: a layer is paused only when nobody wanted it for a while.
    static final long QUALITY_DOWNGRADE_MICROS = 5_000_000;

    /// Counts of people in the room are news, but not urgent.
    static final long ROOM_UPDATE_MICROS = 5_000_000;

    private RoomLimits() {}
}
