package io.tributary.sfu.signal;

import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.peer.OutgoingMedia;
import io.tributary.transport.peer.PayloadFormat;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.sdp.Direction;
import io.tributary.transport.sdp.MediaSection;
import io.tributary.transport.sdp.SectionKind;
import io.tributary.transport.sdp.SessionDescription;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The server's half of the subscribing one of two connections: the server offers, the client answers.
///
/// The first m-line is for data; each subscription has one behind it. An m-line whose subscription left is offered
/// inactive once and may then carry another. One offer is under way at a time. Control loop only; sans-IO.
final class Offerer {
    private static final String DATA_MID = "0";

    /// An offer on its way.
    ///
    /// @param id grows by one with each; clients echo it, or say 0
    record Offer(int id, SessionDescription description, Map<String, TrackSid> midToTrack) {}

    /// ```
    /// NEW --offer--> OFFERED --answer--> LIVE
    ///  ^                 \___remove___  __/ remove
    ///  |                              \/
    /// FREE <--answer-- RESTING <--offer-- LEAVING
    /// ```
    private enum State {
        NEW,
        OFFERED,
        LIVE,
        LEAVING,
        RESTING,
        FREE;

        boolean carries() {
            return this == NEW || this == OFFERED || this == LIVE;
        }
    }

    private static final class Line {
        final String mid;
        Sending sending;
        State state = State.NEW;

        Line(String mid, Sending sending) {
            this.mid = mid;
            this.sending = sending;
        }
    }

    /// What an answer settled.
    ///
    /// @param bound to be forwarded from now on
    /// @param refused the client took no part in these
    record Settled(List<Answerer.Bound> bound, List<TrackSid> refused) {}

    private final LocalDescription local;
    private final List<Line> lines = new ArrayList<>();
    private final Recent<PayloadFormat> formats = new Recent<>();
    private final Recent<ExtensionMap> extensions = new Recent<>();
    private int nextId;
    private int pendingId;
    private boolean changed = true; // the first offer goes out even when there is nothing to receive yet

    /// @param firstId 1 or more
    Offerer(LocalDescription local, int firstId) {
        this.local = local;
        this.nextId = firstId;
    }

    void add(Sending sending) {
        changed = true;
        for (Line line : lines) {
            if (line.state == State.FREE && line.sending.codec() == sending.codec()) {
                line.sending = sending;
                line.state = State.NEW;
                return;
            }
        }
        String mid = Integer.toString(lines.size() + 1).intern(); // the same few in every connection
        lines.add(new Line(mid, sending));
    }

    void remove(TrackSid track) {
        line(track).ifPresent(line -> {
            line.state = line.state == State.NEW ? State.FREE : State.LEAVING;
            changed = true;
        });
    }

    /// Remembers a demand that changed before its subscription is forwarded.
    void demand(TrackSid track, LayerDemand demand) {
        line(track).ifPresent(line -> line.sending = line.sending.withDemand(demand));
    }

    /// Whether there is something to say and nothing under way.
    boolean wantsOffer() {
        return changed && pendingId == 0;
    }

    boolean awaitsAnswer() {
        return pendingId != 0;
    }

    Offer offer() {
        changed = false;
        pendingId = nextId++;
        var sections = new ArrayList<MediaSection>();
        sections.add(local.data(DATA_MID));
        var midToTrack = new LinkedHashMap<String, TrackSid>();
        for (Line line : lines) {
            SectionKind kind = line.sending.kind() == MediaKind.AUDIO ? SectionKind.AUDIO : SectionKind.VIDEO;
            MediaSection.Builder section = local.section(kind, line.mid)
                    .direction(line.state.carries() ? Direction.SENDONLY : Direction.INACTIVE)
                    .formats(Formats.offered(line.sending.codec(), line.sending.stereo()))
                    .extMaps(Formats.offeredExtensions());
            if (line.state.carries()) {
                line.sending.describe(section);
                midToTrack.put(line.mid, line.sending.track());
            }
            sections.add(section.build());
            if (line.state == State.NEW) {
                line.state = State.OFFERED;
            } else if (line.state == State.LEAVING) {
                line.state = State.RESTING;
            }
        }
        return new Offer(pendingId, local.with(sections), midToTrack);
    }

    /// Takes the answer to the offer under way; `id` 0 fits any, for some clients do not echo it. Empty when the
    /// answer fits no offer under way.
    Optional<Settled> onAnswer(int id, SessionDescription answer) {
        if (pendingId == 0 || (id != 0 && id != pendingId)) {
            return Optional.empty();
        }
        pendingId = 0;
        var bound = new ArrayList<Answerer.Bound>();
        var refused = new ArrayList<TrackSid>();
        for (Line line : lines) {
            if (line.state == State.RESTING) {
                line.state = State.FREE;
            } else if (line.state == State.OFFERED) {
                Optional<OutgoingMedia> media = answer.section(line.mid).flatMap(s -> outgoing(s, line));
                if (media.isPresent()) {
                    line.state = State.LIVE;
                    bound.add(new Answerer.Bound(line.sending, media.get()));
                } else {
                    line.state = State.LEAVING;
                    changed = true;
                    refused.add(line.sending.track());
                }
            }
        }
        return Optional.of(new Settled(bound, refused));
    }

    private Optional<Line> line(TrackSid track) {
        return lines.stream()
                .filter(line -> line.state.carries() && line.sending.track().equals(track))
                .findFirst();
    }

    /// Empty when the client did not accept the m-line or its codec.
    private Optional<OutgoingMedia> outgoing(MediaSection answer, Line line) {
        if (answer.rejected() || !answer.direction().receives()) {
            return Optional.empty();
        }
        Sending sending = line.sending;
        return Formats.formatOf(answer, sending.codec())
                .map(format -> new OutgoingMedia(
                        line.mid,
                        sending.kind(),
                        formats.one(Formats.payloadFormat(format, sending.codec())),
                        sending.ssrc(),
                        format.rtxPayloadType() < 0 ? 0 : sending.rtxSsrc(),
                        extensions.one(Formats.extensionMap(answer.extMaps())),
                        sending.cname()));
    }

    /// Of values that are equal on nearly all m-lines, the one to keep.
    private static final class Recent<V> {
        /// Two kinds of m-line, each with one other codec or set of extensions.
        private static final int REMEMBERED = 4;

        private final ArrayDeque<V> values = new ArrayDeque<>(REMEMBERED);

        V one(V value) {
            for (V known : values) {
                if (known.equals(value)) {
                    return known;
                }
            }
            if (values.size() == REMEMBERED) {
                values.removeFirst();
            }
            values.addLast(value);
            return value;
        }
    }
}
