package io.tributary.load.peer;

import io.tributary.transport.rtcp.RtcpVisitor;
import io.tributary.transport.rtp.RtpPacket;

/// What a [ClientPeer] tells, on the loop. RTCP of the server's comes through the visitor half.
public interface PeerListener extends RtcpVisitor {
    /// ICE and DTLS are through; media may flow.
    void onConnected(long nowMicros);

    /// The connection will not come to be, or is over.
    void onFailed(String reason);

    /// Whether to decrypt a packet. Its header can be read, nothing else.
    boolean verifies(RtpPacket packet);

    /// A packet that was decrypted; the flyweight is lent.
    ///
    /// @param arrivedNanos when the kernel took it from the wire
    void onRtp(long nowMicros, long arrivedNanos, RtpPacket packet);

    /// A packet that [#verifies] did not want: its tag was not checked, and nothing but its header can be read.
    void onUnopened(long nowMicros, RtpPacket packet);

    /// A packet that would not decrypt.
    void onRefused();

    /// Due about every second while connected: time for reports.
    void onReportDue(long nowMicros);
}
