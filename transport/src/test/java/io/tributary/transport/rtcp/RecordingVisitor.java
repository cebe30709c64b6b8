package io.tributary.transport.rtcp;

import java.util.ArrayList;
import java.util.List;

/// Writes down what it hears, one line per call.
final class RecordingVisitor implements RtcpVisitor {
    final List<String> heard = new ArrayList<>();
    int calls;

    @Override
    public void onSenderReport(int ssrc, long ntpTime, int rtpTimestampTicks, long packets, long octets) {
        say("SR %08x ntp=%016x rtp=%08x packets=%d octets=%d"
                .formatted(ssrc, ntpTime, rtpTimestampTicks, packets, octets));
    }

    @Override
    public void onReportBlock(
            int reporterSsrc,
            int ssrc,
            int fractionLost,
            int cumulativeLost,
            long highestSeq,
            long jitterTicks,
            int lastSr,
            int delaySinceLastSr) {
        say("block %08x about %08x fraction=%d lost=%d highest=%d jitter=%d lsr=%08x dlsr=%08x"
                .formatted(
                        reporterSsrc,
                        ssrc,
                        fractionLost,
                        cumulativeLost,
                        highestSeq,
                        jitterTicks,
                        lastSr,
                        delaySinceLastSr));
    }

    @Override
    public void onNack(int senderSsrc, int mediaSsrc, int pid, int blp) {
        say("NACK %08x of %08x pid=%d blp=%04x".formatted(senderSsrc, mediaSsrc, pid, blp));
    }

    @Override
    public void onPli(int mediaSsrc) {
        say("PLI %08x".formatted(mediaSsrc));
    }

    @Override
    public void onFir(int mediaSsrc, int seqNr) {
        say("FIR %08x seq=%d".formatted(mediaSsrc, seqNr));
    }

    @Override
    public void onTransportFeedback(
            int senderSsrc, int mediaSsrc, int feedbackCount, int baseSeq, int statusCount, long referenceTimeMicros) {
        say("TWCC %08x about %08x fb=%d base=%d count=%d reference=%d"
                .formatted(senderSsrc, mediaSsrc, feedbackCount, baseSeq, statusCount, referenceTimeMicros));
    }

    @Override
    public void onTransportPacket(int seq, boolean received, long deltaMicros) {
        say(received ? seq + " +" + deltaMicros : seq + " lost");
    }

    @Override
    public void onBye(int ssrc) {
        say("BYE %08x".formatted(ssrc));
    }

    @Override
    public void onOther(int packetType, int format) {
        say("other %d/%d".formatted(packetType, format));
    }

    private void say(String line) {
        calls++;
        heard.add(line);
    }
}
