package io.tributary.transport.rtcp;

/// Numbers of the RTCP registry that we read or write.
final class RtcpType {
    static final int SENDER_REPORT = 200;
    static final int RECEIVER_REPORT = 201;
    static final int SOURCE_DESCRIPTION = 202;
    static final int BYE = 203;
    static final int TRANSPORT_FEEDBACK = 205;
    static final int PAYLOAD_FEEDBACK = 206;

    /// Formats of transport feedback (RFC 4585 §6.2, draft-holmer §3.1).
    static final int NACK = 1;

    static final int TRANSPORT_CC = 15;

    /// Formats of payload-specific feedback (RFC 4585 §6.3, RFC 5104 §4.3.1).
    static final int PLI = 1;

    static final int FIR = 4;

    /// Bytes of the common header, a block of sender information, one report block, and the two SSRCs of feedback.
    static final int HEADER_BYTES = 4;

    static final int SENDER_INFO_BYTES = 20;
    static final int REPORT_BLOCK_BYTES = 24;
    static final int FEEDBACK_SSRC_BYTES = 8;

    private RtcpType() {}
}
