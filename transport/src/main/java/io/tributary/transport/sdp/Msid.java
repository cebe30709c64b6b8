package io.tributary.transport.sdp;

/// A track and the stream it belongs to (RFC 8830 §2).
///
/// @param streamId `-` for a track of no stream
/// @param trackId empty where the line names none
public record Msid(String streamId, String trackId) {
    @Override
    public String toString() {
        return trackId.isEmpty() ? streamId : streamId + " " + trackId;
    }
}
