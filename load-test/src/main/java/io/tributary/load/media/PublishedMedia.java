package io.tributary.load.media;

import io.tributary.transport.loop.Timed;

/// A camera or a microphone that is on the air: woken when its next frame is due.
public interface PublishedMedia extends Timed {
    /// A key frame is wanted of this SSRC, or a packet once more, or the server has reported on it.
    void onKeyframeWanted(int ssrc);

    void onMissing(int ssrc, int seq);

    void onReported(int ssrc);

    /// @param ntpTime now
    void sendReports(long ntpTime);

    /// Packets sent by now.
    long packets();

    /// Frames left out by now because the generator was late.
    long skipped();

    /// Changes how fast it sends, from now on: so many times as fast as a real one.
    void rate(double rate);
}
