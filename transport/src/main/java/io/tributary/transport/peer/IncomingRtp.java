package io.tributary.transport.peer;

import io.tributary.transport.cc.TwccReceiver;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.loop.Timed;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.HeaderExtension;
import io.tributary.transport.rtp.RtpPacket;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The receiving half of a connection: finds the stream of every decrypted RTP packet (RFC 9143 §9.2, RFC 8852),
/// undoes retransmission (RFC 4588), and hands each media packet on exactly once.
///
/// An SSRC belongs to one m-line of one connection: it is never looked up across connections, and a packet whose
/// MID says otherwise is dropped instead of moving the SSRC.
final class IncomingRtp {
    /// SSRCs of one peer, retransmission included: thirty-two tracks of three layers, all repaired, use 192.
    static final int MAX_SSRCS = 256;

    /// An undeclared stream may change its SSRC when its sender starts anew, which nothing sane does every second.
    static final long MIN_RELEARN_MICROS = 1_000_000;

    /// SSRCs of streams that are over, whose last packets may still be on their way: those of a dozen tracks.
    private static final int MAX_ENDED = 64;

    private static final int OSN_BYTES = 2; // RFC 4588 §4: the original sequence number heads the payload
    private static final int NONE = -1;

    private final DropCounter<PeerDrop> drops;
    private final RtcpSender rtcp;
    private final TwccReceiver twcc;
    private final RoundTrip roundTrip;
    private final RepairCounters counters;

    private final List<IncomingLine> lines = new ArrayList<>();
    private final SsrcTable<IncomingRtpStream> primaries;
    private final SsrcTable<IncomingRtpStream> repairs;
    private final int[] ended = new int[MAX_ENDED];
    private int endedCount;
    private ExtensionMap extensions = ExtensionMap.EMPTY;

    private final RtpPacket packet = new RtpPacket();
    private int midElement;
    private int ridElement;
    private int repairedRidElement;

    private final int[] seqsDue = new int[NackGenerator.MAX_OUTSTANDING];
    private long nackDeadlineMicros = Timed.NEVER;

    IncomingRtp(
            DropCounter<PeerDrop> drops,
            RtcpSender rtcp,
            TwccReceiver twcc,
            RoundTrip roundTrip,
            RepairCounters counters,
            int tableSecret) {
        this.drops = drops;
        this.rtcp = rtcp;
        this.twcc = twcc;
        this.roundTrip = roundTrip;
        this.counters = counters;
        primaries = new SsrcTable<>(tableSecret);
        repairs = new SsrcTable<>(tableSecret);
    }

    /// Starts receiving on an m-line, or takes over what changed about it: streams that go on to the same sink
    /// keep their state.
    void receive(IncomingMedia media, IncomingMediaSink sink) {
        var line = new IncomingLine(media, sink);
        @Nullable IncomingLine before = remove(media.mid());
        lines.add(line);
        mergeExtensions();
        if (before != null) {
            for (IncomingRtpStream stream : before.streams) {
                if (before.sink == sink && goesOn(stream, media)) {
                    stream.line = line;
                    line.streams.add(stream);
                } else {
                    forget(stream);
                }
            }
        }
        for (int i = 0; i < media.ssrcs().size(); i++) {
            declare(
                    line,
                    media.ssrcs().get(i),
                    i < media.rtxSsrcs().size() ? media.rtxSsrcs().get(i) : 0);
        }
    }

    void stop(String mid) {
        @Nullable IncomingLine line = remove(mid);
        if (line != null) {
            line.streams.forEach(this::forget);
            mergeExtensions();
        }
    }

    /// One decrypted packet. The buffer is lent, and its bytes may be rewritten.
    void onRtp(long nowMicros, PacketBuffer buffer) {
        if (!packet.wrap(buffer, extensions)) {
            drops.count(PeerDrop.MALFORMED);
            return;
        }
        int ssrc = packet.ssrc();
        readExtensions(nowMicros);
        @Nullable IncomingRtpStream primary = primaries.get(ssrc);
        @Nullable IncomingRtpStream repaired = primary == null ? repairs.get(ssrc) : null;
        if (primary == null && repaired == null) {
            learn(nowMicros, ssrc);
            primary = primaries.get(ssrc);
            repaired = primary == null ? repairs.get(ssrc) : null;
        }
        if (primary != null) {
            onPrimary(nowMicros, primary);
        } else if (repaired != null) {
            onRepair(nowMicros, repaired, buffer);
        }
    }

    void onSenderReport(long nowMicros, int ssrc, long ntpTime, int rtpTimestampTicks) {
        @Nullable IncomingRtpStream stream = primaries.get(ssrc);
        if (stream == null) {
            return;
        }
        stream.reception.onSenderReport(nowMicros, ntpTime);
        if (stream.announced) {
            stream.line.sink.onSenderReport(nowMicros, stream, ntpTime, rtpTimestampTicks);
        }
    }

    /// When [#sendNacks] has something to do.
    long nackDeadlineMicros() {
        return nackDeadlineMicros;
    }

    void sendNacks(long nowMicros) {
        nackDeadlineMicros = Timed.NEVER;
        for (IncomingLine line : lines) {
            for (IncomingRtpStream stream : line.streams) {
                if (stream.nack.nextDeadlineMicros() <= nowMicros) {
                    int count = stream.nack.due(nowMicros, roundTrip.smoothedMicros(), seqsDue);
                    if (count > 0) {
                        rtcp.nack(stream.ssrc(), seqsDue, count);
                        counters.add(RepairCounters.Repair.REQUESTED, count);
                    }
                    giveUp(nowMicros, stream);
                }
                nackDeadlineMicros = Math.min(nackDeadlineMicros, stream.nack.nextDeadlineMicros());
            }
        }
    }

    /// Sends a report block for every stream that showed itself.
    void sendReceiverReports(long nowMicros) {
        for (IncomingLine line : lines) {
            for (IncomingRtpStream stream : line.streams) {
                if (stream.reception.started()) {
                    rtcp.receiverReport(nowMicros, stream.ssrc(), stream.reception);
                }
            }
        }
        rtcp.endReceiverReports();
    }

    void takeInterval(LossInterval interval) {
        for (IncomingLine line : lines) {
            for (IncomingRtpStream stream : line.streams) {
                stream.reception.takeInterval(stream.nack.outstanding(), interval);
            }
        }
    }

    @Nullable
    StreamStats stats(int ssrc) {
        @Nullable IncomingRtpStream stream = primaries.get(ssrc);
        return stream == null ? null : stream.reception.stats();
    }

    private static boolean goesOn(IncomingRtpStream stream, IncomingMedia media) {
        return media.ssrcs().contains(stream.ssrc())
                || (media.ssrcs().isEmpty()
                        && (media.rids().isEmpty()
                                ? stream.rid().isEmpty()
                                : media.rids().contains(stream.rid())));
    }

    private void declare(IncomingLine line, int ssrc, int repairSsrc) {
        @Nullable IncomingRtpStream stream = primaries.get(ssrc);
        if (stream == null) {
            if (repairs.get(ssrc) != null || ssrcs() >= MAX_SSRCS) {
                drops.count(PeerDrop.SSRC_COLLISION);
                return;
            }
            stream = new IncomingRtpStream(line, "", ssrc, rtcp);
            line.streams.add(stream);
            primaries.put(ssrc, stream);
        } else if (stream.line != line) {
            drops.count(PeerDrop.SSRC_COLLISION); // another m-line had it first and keeps it
            return;
        }
        if (repairSsrc != 0 && !taken(repairSsrc)) {
            if (stream.repairSsrc != 0) {
                repairs.remove(stream.repairSsrc);
            }
            stream.repairSsrc = repairSsrc;
            repairs.put(repairSsrc, stream);
        }
    }

    private void onPrimary(long nowMicros, IncomingRtpStream stream) {
        IncomingLine line = stream.line;
        if (midElement != NONE && !line.hasMid(packet, midElement)) {
            drops.count(PeerDrop.SSRC_COLLISION);
            return;
        }
        @Nullable PayloadFormat format = line.format(packet.payloadType());
        if (format == null) {
            drops.count(PeerDrop.UNKNOWN_PAYLOAD_TYPE);
            return;
        }
        long extendedSeq = stream.extend(packet.seq());
        if (!firstArrival(stream, extendedSeq)) {
            return;
        }
        stream.reception.onPacket(nowMicros, extendedSeq, packet.timestampTicks(), packet.sizeBytes());
        if (format.nack()) {
            stream.nack.onPacket(nowMicros, extendedSeq, packet.timestampTicks(), packet.marker());
            giveUp(nowMicros, stream);
            nackDeadlineMicros = Math.min(nackDeadlineMicros, stream.nack.nextDeadlineMicros());
        }
        deliver(nowMicros, stream, extendedSeq);
    }

    private void onRepair(long nowMicros, IncomingRtpStream stream, PacketBuffer buffer) {
        if (packet.payloadLength() == 0) {
            return; // padding: a bandwidth probe
        }
        @Nullable PayloadFormat format = stream.line.repairedFormat(packet.payloadType());
        if (format == null) {
            drops.count(PeerDrop.UNKNOWN_PAYLOAD_TYPE);
            return;
        }
        if (packet.payloadLength() < OSN_BYTES || !unwrapRepair(stream, format, buffer)) {
            drops.count(PeerDrop.MALFORMED);
            return;
        }
        if (stream.isForeign(packet.seq())) {
            drops.count(PeerDrop.FOREIGN_REPAIR);
            return;
        }
        long extendedSeq = stream.extend(packet.seq());
        if (!firstArrival(stream, extendedSeq)) {
            return;
        }
        stream.reception.onRecovered(extendedSeq, packet.sizeBytes());
        counters.add(RepairCounters.Repair.RECOVERED, 1);
        if (format.nack()) {
            roundTrip.onSample(
                    stream.nack.onRecovered(nowMicros, extendedSeq, packet.timestampTicks(), packet.marker()));
        }
        deliver(nowMicros, stream, extendedSeq);
    }

    private void giveUp(long nowMicros, IncomingRtpStream stream) {
        long givenUp = stream.nack.takeGivenUp();
        if (givenUp > 0) {
            counters.add(RepairCounters.Repair.GIVEN_UP, givenUp);
            if (stream.announced) {
                stream.line.sink.onLoss(nowMicros, stream);
            }
        }
    }

    /// Makes the retransmission what it was (RFC 4588 §4): the header moves up over the original sequence number,
    /// and gets its sequence number, payload type and SSRC back.
    private boolean unwrapRepair(IncomingRtpStream stream, PayloadFormat format, PacketBuffer buffer) {
        byte[] a = buffer.array();
        int from = buffer.offset();
        int payload = packet.payloadOffset();
        byte seqHigh = a[payload];
        byte seqLow = a[payload + 1];
        System.arraycopy(a, from, a, from + OSN_BYTES, payload - from);
        from += OSN_BYTES;
        buffer.set(from, buffer.length() - OSN_BYTES);
        a[from + 1] = (byte) ((a[from + 1] & 0x80) | format.payloadType());
        a[from + 2] = seqHigh;
        a[from + 3] = seqLow;
        int ssrc = stream.ssrc();
        a[from + 8] = (byte) (ssrc >>> 24);
        a[from + 9] = (byte) (ssrc >>> 16);
        a[from + 10] = (byte) (ssrc >>> 8);
        a[from + 11] = (byte) ssrc;
        return packet.wrap(buffer, extensions);
    }

    private boolean firstArrival(IncomingRtpStream stream, long extendedSeq) {
        if (stream.window.tooOld(extendedSeq)) {
            drops.count(PeerDrop.TOO_OLD);
            return false;
        }
        if (!stream.window.add(extendedSeq)) {
            drops.count(PeerDrop.DUPLICATE);
            return false;
        }
        return true;
    }

    private void deliver(long nowMicros, IncomingRtpStream stream, long extendedSeq) {
        IncomingMediaSink sink = stream.line.sink;
        if (!stream.announced) {
            if (packet.payloadLength() == 0) {
                return; // padding, a bandwidth probe: nothing of the stream was seen yet
            }
            stream.announced = true;
            sink.onStream(nowMicros, stream);
        }
        sink.onRtp(nowMicros, stream, extendedSeq, packet);
    }

    /// One walk over the extensions for all that the connection itself needs of them.
    private void readExtensions(long nowMicros) {
        midElement = NONE;
        ridElement = NONE;
        repairedRidElement = NONE;
        for (int cursor = packet.firstElement(); cursor >= 0; cursor = packet.nextElement(cursor)) {
            @Nullable HeaderExtension extension = extensions.extension(packet.elementId(cursor));
            int element = packet.elementData(cursor) << 8 | packet.elementLength(cursor);
            if (extension == HeaderExtension.MID) {
                midElement = element;
            } else if (extension == HeaderExtension.RID) {
                ridElement = element;
            } else if (extension == HeaderExtension.REPAIRED_RID) {
                repairedRidElement = element;
            } else if (extension == HeaderExtension.TRANSPORT_CC && packet.elementLength(cursor) == 2) {
                byte[] a = packet.array();
                int data = packet.elementData(cursor);
                twcc.onPacket(nowMicros, (a[data] & 0xFF) << 8 | (a[data + 1] & 0xFF), packet.ssrc());
            }
        }
    }

    /// Finds out what an SSRC is that nobody declared, and puts it into a table if that can be told.
    /// What is left of an ended stream and names no m-line must not pass for the other that has its payload type.
    private void learn(long nowMicros, int ssrc) {
        int payloadType = packet.payloadType();
        if (midElement == NONE && hasEnded(ssrc)) {
            drops.count(PeerDrop.UNROUTABLE);
            return;
        }
        @Nullable IncomingLine line = midElement != NONE ? lineOfMid() : lineOfPayloadType(payloadType);
        if (line == null) {
            drops.count(PeerDrop.UNROUTABLE);
        } else if (line.format(payloadType) != null) {
            learnPrimary(nowMicros, line, ssrc);
        } else if (line.repairedFormat(payloadType) != null) {
            learnRepair(nowMicros, line, ssrc);
        } else {
            drops.count(PeerDrop.UNKNOWN_PAYLOAD_TYPE);
        }
    }

    private void learnPrimary(long nowMicros, IncomingLine line, int ssrc) {
        @Nullable
        String rid = line.media.rids().isEmpty() ? "" : ridElement == NONE ? null : line.rid(packet, ridElement);
        if (rid == null) {
            drops.count(PeerDrop.UNROUTABLE);
            return;
        }
        @Nullable IncomingRtpStream before = line.stream(rid);
        if (!mayLearn(nowMicros, before)) {
            drops.count(PeerDrop.TOO_MANY_SSRCS);
            return;
        }
        if (before != null) {
            forget(before);
            line.streams.remove(before);
        }
        var stream = new IncomingRtpStream(line, rid, ssrc, rtcp);
        stream.learnedMicros = nowMicros;
        line.streams.add(stream);
        primaries.put(ssrc, stream);
    }

    private void learnRepair(long nowMicros, IncomingLine line, int ssrc) {
        @Nullable IncomingRtpStream stream = repairedStream(line);
        if (stream == null) {
            drops.count(PeerDrop.UNROUTABLE);
            return;
        }
        boolean first = stream.repairSsrc == 0;
        if (ssrcs() >= MAX_SSRCS || (!first && !mayLearn(nowMicros, stream))) {
            drops.count(PeerDrop.TOO_MANY_SSRCS);
            return;
        }
        if (!first) {
            repairs.remove(stream.repairSsrc);
            stream.learnedMicros = nowMicros;
        }
        stream.repairSsrc = ssrc;
        repairs.put(ssrc, stream);
    }

    /// Which stream a retransmission SSRC repairs: the one that its repaired-rid names (RFC 8852 §3.2), else the
    /// only one there is.
    private @Nullable IncomingRtpStream repairedStream(IncomingLine line) {
        if (repairedRidElement != NONE && !line.media.rids().isEmpty()) {
            @Nullable String rid = line.rid(packet, repairedRidElement);
            return rid == null ? null : line.stream(rid);
        }
        return line.streams.size() == 1 && line.media.rids().size() <= 1 ? line.streams.getFirst() : null;
    }

    private boolean mayLearn(long nowMicros, @Nullable IncomingRtpStream before) {
        if (before == null) {
            return ssrcs() < MAX_SSRCS;
        }
        return before.learnedMicros == 0 || nowMicros - before.learnedMicros >= MIN_RELEARN_MICROS;
    }

    private @Nullable IncomingLine lineOfMid() {
        for (IncomingLine line : lines) {
            if (line.hasMid(packet, midElement)) {
                return line;
            }
        }
        return null;
    }

    /// RFC 9143 §9.2: the payload type decides when only one m-line has it.
    private @Nullable IncomingLine lineOfPayloadType(int payloadType) {
        @Nullable IncomingLine only = null;
        for (IncomingLine line : lines) {
            if (line.carries(payloadType)) {
                if (only != null) {
                    return null;
                }
                only = line;
            }
        }
        return only;
    }

    private @Nullable IncomingLine remove(String mid) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).media.mid().equals(mid)) {
                return lines.remove(i);
            }
        }
        return null;
    }

    private void forget(IncomingRtpStream stream) {
        primaries.remove(stream.ssrc());
        ended[endedCount++ % MAX_ENDED] = stream.ssrc();
        if (stream.repairSsrc != 0) {
            repairs.remove(stream.repairSsrc);
            ended[endedCount++ % MAX_ENDED] = stream.repairSsrc;
        }
    }

    private boolean hasEnded(int ssrc) {
        for (int i = 0; i < Math.min(endedCount, MAX_ENDED); i++) {
            if (ended[i] == ssrc) {
                return true;
            }
        }
        return false;
    }

    private boolean taken(int ssrc) {
        return primaries.get(ssrc) != null || repairs.get(ssrc) != null;
    }

    private int ssrcs() {
        return primaries.size() + repairs.size();
    }

    /// All m-lines of a bundle name an extension by the same id (RFC 9143 §10), so one map reads them all.
    private void mergeExtensions() {
        var ids = new EnumMap<HeaderExtension, Integer>(HeaderExtension.class);
        for (IncomingLine line : lines) {
            ids.putAll(line.media.extensions().ids());
        }
        extensions = new ExtensionMap(ids);
    }
}
