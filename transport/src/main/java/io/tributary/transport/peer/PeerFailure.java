package io.tributary.transport.peer;

/// Where a bug of ours goes that shows itself in the service of one peer: it ends that peer and nothing else.
interface PeerFailure {
    void onFailure(long nowMicros, Throwable failure);
}
