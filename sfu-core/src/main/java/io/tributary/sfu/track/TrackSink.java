package io.tributary.sfu.track;

/// What a track feeds: one subscriber, or whatever carries the track elsewhere. Called on the source's loop.
public interface TrackSink {
    /// One packet of one layer, in order of arrival. Everything in it is lent for the call.
    void onPacket(long nowMicros, TrackPacket packet);

    /// The layer's [SenderClock] was just told a new sender report.
    void onSenderReport(long nowMicros, Layer layer);

    /// Packets of the layer are missing for good on their way to us: whoever follows it cannot decode on.
    void onLoss(long nowMicros, Layer layer);

    /// One of the calls above threw: a bug on this sink's behalf, which must not cost the others their packets.
    void onFailure(Throwable failure);
}
