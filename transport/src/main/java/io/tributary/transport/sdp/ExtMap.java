package io.tributary.transport.sdp;

/// One `a=extmap` line (RFC 8285 §8).
///
/// @param id 1 to 255, 15 unused
/// @param direction `SENDRECV` where the line names none
public record ExtMap(int id, String uri, Direction direction) {
    public ExtMap(int id, String uri) {
        this(id, uri, Direction.SENDRECV);
    }
}
