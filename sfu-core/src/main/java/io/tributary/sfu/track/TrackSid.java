package io.tributary.sfu.track;

/// A track's id as clients see it: `TR_` and more.
public record TrackSid(String value) {
    @Override
    public String toString() {
        return value;
    }
}
