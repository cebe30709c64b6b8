package io.tributary.sfu.signal;

import io.tributary.sfu.room.TrackView;
import io.tributary.sfu.track.LayerDemand;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.peer.IncomingMedia;
import io.tributary.transport.peer.OutgoingMedia;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.MediaKind;
import io.tributary.transport.sdp.Direction;
import io.tributary.transport.sdp.ExtMap;
import io.tributary.transport.sdp.MediaSection;
import io.tributary.transport.sdp.Msid;
import io.tributary.transport.sdp.Rid;
import io.tributary.transport.sdp.RtpFormat;
import io.tributary.transport.sdp.SectionKind;
import io.tributary.transport.sdp.SessionDescription;
import io.tributary.transport.sdp.Simulcast;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The server's half of a connection whose offers the client makes: the publishing one of two, or the only one.
///
/// An m-line on which the client sends is a publication. One on which it receives is a slot: empty (answered
/// inactive), bound to a subscription (sendonly with its msid), or resting (inactive once more after a
/// subscription left, because a browser fires `ontrack` only on a change of direction). Control loop only;
/// sans-IO.
final class Answerer {
    /// Who knows about tracks and forwards them.
    interface Listener {
        /// The client began to send. The track it was asked for by, if any; then [#onPublished] was not called
        /// yet.
        Optional<TrackView> onOffered(String cid, Codec codec, IncomingMedia media);

        /// Whether an m-line of this `cid` for which there is no request yet is answered all the same, to wait for
        /// it.
        boolean mayPublish(String cid);

        /// Whether a track was requested under `cid` and has no m-line yet.
        boolean expects(String cid);

        /// The codec that the track was announced with that an m-line of this `cid` would become, if any was.
        Optional<Codec> announced(String cid, MediaKind kind);

        /// The client stopped sending on an m-line that carried a track.
        void onEnded(String mid);
    }

    /// An answer and what it settled.
    ///
    /// @param bound subscriptions that got an m-line: to be forwarded once the answer is on its way
    /// @param refused subscriptions whose codec no free m-line of the client's knows
    record Answer(
            SessionDescription description,
            Map<String, TrackSid> midToTrack,
            List<Bound> bound,
            List<TrackSid> refused) {}

    record Bound(Sending sending, OutgoingMedia media) {}

    private static final class Slot {
        final MediaKind kind;

        @Nullable
        Sending sending;

        boolean resting;

        Slot(MediaKind kind) {
            this.kind = kind;
        }

        boolean free() {
            return sending == null && !resting;
        }
    }

    private record Receiving(String cid, TrackView track, Codec codec) {}

    /// An m-line that waits for its request, and the codec that was agreed for it meanwhile.
    private record Unclaimed(MediaSection section, Codec codec) {}

    private final LocalDescription local;
    private final List<Codec> codecs;
    private final Listener listener;
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final Map<TrackSid, Sending> waiting = new LinkedHashMap<>();
    private final Map<String, Receiving> receiving = new HashMap<>();
    private final Map<String, Unclaimed> unclaimed = new HashMap<>();

    /// @param codecs what may be published, the most recommended first
    Answerer(LocalDescription local, List<Codec> codecs, Listener listener) {
        this.local = local;
        this.codecs = List.copyOf(codecs);
        this.listener = listener;
    }

    /// A subscription wants an m-line; it gets one with a coming answer.
    void add(Sending sending) {
        waiting.put(sending.track(), sending);
    }

    /// A subscription is over.
    ///
    /// @return whether an answer has to say so
    boolean remove(TrackSid track) {
        if (waiting.remove(track) != null) {
            return false;
        }
        for (Slot slot : slots.values()) {
            if (slot.sending != null && slot.sending.track().equals(track)) {
                slot.sending = null;
                slot.resting = true;
                return true;
            }
        }
        return false;
    }

    /// Remembers a demand that changed before its subscription found an m-line.
    void demand(TrackSid track, LayerDemand demand) {
        waiting.computeIfPresent(track, (sid, sending) -> sending.withDemand(demand));
    }

    /// Whether an offer would change anything: a subscription waits, or an m-line must rest.
    boolean wantsOffer() {
        return !waiting.isEmpty() || slots.values().stream().anyMatch(slot -> slot.resting);
    }

    /// How many m-lines of a kind the client has to add before all waiting subscriptions have one.
    int missing(MediaKind kind) {
        long wanted = waiting.values().stream().filter(s -> s.kind() == kind).count();
        // A resting slot is free in the answer after the next one; counting it spares an m-line that would stay
        // for good.
        long available = slots.values().stream()
                .filter(slot -> slot.kind == kind && slot.sending == null)
                .count();
        return (int) Math.max(0, wanted - available);
    }

    /// A track was requested after the m-line that carries it had been offered.
    void onRequested(String cid) {
        for (Unclaimed waits : unclaimed.values()) {
            if (waits.section().msid().map(Msid::trackId).equals(Optional.of(cid))) {
                offered(waits.section(), waits.codec());
                return;
            }
        }
    }

    Answer answer(SessionDescription offer) {
        forgetMissing(offer);
        // An m-line whose track nobody asked for may be taken for any of its kind: those that were asked for go
        // first.
        offer.sections().stream()
                .sorted(Comparator.comparing(section -> !listener.expects(cid(section))))
                .forEach(this::receive);
        List<Bound> bound = bind(offer);
        List<TrackSid> refused = refuse();
        var sections = new ArrayList<MediaSection>();
        for (MediaSection section : offer.sections()) {
            sections.add(answerTo(section));
        }
        var midToTrack = new LinkedHashMap<String, TrackSid>();
        slots.forEach((mid, slot) -> {
            slot.resting = false; // this answer said inactive
            if (slot.sending != null) {
                midToTrack.put(mid, slot.sending.track());
            }
        });
        return new Answer(local.with(sections), midToTrack, bound, refused);
    }

    private void forgetMissing(SessionDescription offer) {
        unclaimed.clear();
        for (String mid : List.copyOf(receiving.keySet())) {
            if (offer.section(mid).isEmpty()) {
                end(mid);
            }
        }
        slots.forEach((mid, slot) -> {
            boolean stillThere = offer.section(mid)
                    .filter(section ->
                            !section.rejected() && section.direction().receives())
                    .isPresent();
            if (!stillThere && slot.sending != null) {
                waiting.put(slot.sending.track(), slot.sending);
                slot.sending = null;
            }
        });
        slots.keySet()
                .removeIf(mid -> offer.section(mid)
                        .filter(section ->
                                !section.rejected() && section.direction().receives())
                        .isEmpty());
    }

    /// What the client sends on this m-line, if anything.
    private void receive(MediaSection section) {
        boolean sends = !section.rejected() && section.direction().sends();
        Receiving current = receiving.get(section.mid());
        String cid = cid(section);
        if (current != null && (!sends || (!current.cid().equals(cid) && listener.expects(cid)))) {
            end(section.mid());
            current = null;
        }
        if (sends && current == null) {
            codecFor(section, cid).ifPresent(codec -> offered(section, codec));
        }
    }

    /// What the track was announced with, if the client offers it; else what the client would rather send.
    private Optional<Codec> codecFor(MediaSection section, String cid) {
        return Formats.kindOf(section)
                .flatMap(kind -> listener.announced(cid, kind))
                .filter(codec -> codecs.contains(codec)
                        && Formats.formatOf(section, codec).isPresent())
                .or(() -> Formats.firstCodec(section, codecs));
    }

    private void offered(MediaSection section, Codec codec) {
        String cid = cid(section);
        Optional<TrackView> track = listener.onOffered(cid, codec, incoming(section, codec));
        if (track.isPresent()) {
            receiving.put(section.mid(), new Receiving(cid, track.get(), codec));
            unclaimed.remove(section.mid());
        } else if (listener.mayPublish(cid)) {
            unclaimed.put(section.mid(), new Unclaimed(section, codec));
        }
    }

    private static String cid(MediaSection section) {
        return section.msid().map(Msid::trackId).orElse("");
    }

    /// A track that was taken away from the client: its m-line is answered inactive from now on.
    void stop(TrackSid track) {
        receiving.values().removeIf(r -> r.track().sid().equals(track));
    }

    private void end(String mid) {
        receiving.remove(mid);
        listener.onEnded(mid);
    }

    private List<Bound> bind(SessionDescription offer) {
        var bound = new ArrayList<Bound>();
        for (MediaSection section : offer.sections()) {
            if (!section.rejected() && section.direction().receives()) {
                Formats.kindOf(section).ifPresent(kind -> slots.computeIfAbsent(section.mid(), mid -> new Slot(kind)));
            }
        }
        for (Sending sending : List.copyOf(waiting.values())) {
            slots.entrySet().stream()
                    .filter(entry -> entry.getValue().free() && entry.getValue().kind == sending.kind())
                    .filter(entry -> offer.section(entry.getKey())
                            .flatMap(section -> Formats.formatOf(section, sending.codec()))
                            .isPresent())
                    .findFirst()
                    .ifPresent(entry -> {
                        entry.getValue().sending = sending;
                        waiting.remove(sending.track());
                        MediaSection section = offer.section(entry.getKey()).orElseThrow();
                        bound.add(new Bound(sending, outgoing(section, sending)));
                    });
        }
        return bound;
    }

    /// What found no m-line although one of its kind is free will never find one.
    private List<TrackSid> refuse() {
        List<TrackSid> refused = waiting.values().stream()
                .filter(sending -> slots.values().stream().anyMatch(slot -> slot.free() && slot.kind == sending.kind()))
                .map(Sending::track)
                .toList();
        refused.forEach(waiting::remove);
        return refused;
    }

    private MediaSection answerTo(MediaSection offered) {
        if (offered.kind() == SectionKind.APPLICATION) {
            return offered.rejected() ? rejection(offered) : local.data(offered.mid());
        }
        if (offered.rejected() || Formats.firstCodec(offered, codecs).isEmpty()) {
            return rejection(offered);
        }
        Receiving current = receiving.get(offered.mid());
        Slot slot = slots.get(offered.mid());
        Sending sending = slot == null ? null : slot.sending;
        Optional<Codec> received = received(offered.mid());
        MediaSection.Builder section = local.section(offered.kind(), offered.mid())
                .direction(Direction.of(sending != null, received.isPresent()))
                .extMaps(Formats.extensions(offered, received));
        var formats = new ArrayList<RtpFormat>();
        for (Codec codec : answered(received, Optional.ofNullable(sending))) {
            Formats.formatOf(offered, codec)
                    .ifPresent(format -> formats.addAll(Formats.answered(
                            offered, format, codec, fmtp(codec, format, current, sending), sending != null)));
        }
        section.formats(formats);
        if (sending != null) {
            sending.describe(section);
        }
        if (!offered.simulcast().send().isEmpty()) {
            section.rids(offered.simulcast().send().stream()
                            .map(id -> new Rid(id, false))
                            .toList())
                    .simulcast(new Simulcast(List.of(), offered.simulcast().send()));
        }
        return section.build();
    }

    /// What the client is to send is said alone, for it sends the first it is left with. What it may receive is
    /// said in full, first what it receives now: the m-line may carry another track some day, and some clients
    /// never offer again what was once left out.
    private List<Codec> answered(Optional<Codec> received, Optional<Sending> sending) {
        if (received.isPresent()) {
            return List.of(received.get());
        }
        return Stream.concat(sending.stream().map(Sending::codec), codecs.stream())
                .distinct()
                .toList();
    }

    /// What the client sends on an m-line, or will when it is asked for.
    private Optional<Codec> received(String mid) {
        Receiving current = receiving.get(mid);
        Unclaimed waits = unclaimed.get(mid);
        if (current != null) {
            return Optional.of(current.codec());
        }
        return waits == null ? Optional.empty() : Optional.of(waits.codec());
    }

    private static String fmtp(Codec codec, RtpFormat offered, @Nullable Receiving current, @Nullable Sending sending) {
        if (codec != Codec.OPUS) {
            return offered.fmtp();
        }
        if (current != null) {
            return Formats.opusFromPublisher(
                    !current.track().disableDtx(), current.track().stereo());
        }
        return Formats.opusToSubscriber(sending != null && sending.stereo());
    }

    private static MediaSection rejection(MediaSection offered) {
        return MediaSection.builder(offered.kind(), offered.mid())
                .port(0)
                .protocol(offered.protocol())
                .direction(Direction.INACTIVE)
                .formats(offered.formats().stream().limit(1).toList())
                .build();
    }

    private static IncomingMedia incoming(MediaSection section, Codec codec) {
        RtpFormat format = Formats.formatOf(section, codec).orElseThrow();
        List<ExtMap> extensions = Formats.extensions(section, Optional.of(codec));
        var ssrcs = new ArrayList<Integer>();
        var rtxSsrcs = new ArrayList<Integer>();
        section.ssrcs().stream()
                .map(s -> s.ssrc())
                .filter(ssrc -> section.ssrcGroups().stream()
                        .noneMatch(group -> group.ssrcs().indexOf(ssrc) > 0))
                .forEach(ssrc -> {
                    ssrcs.add((int) (long) ssrc);
                    rtxSsrcs.add((int) section.rtxSsrc(ssrc).orElse(0));
                });
        return new IncomingMedia(
                section.mid(),
                codec.kind(),
                List.of(Formats.payloadFormat(format, codec)),
                Formats.extensionMap(extensions),
                section.simulcast().send(),
                ssrcs,
                rtxSsrcs);
    }

    private static OutgoingMedia outgoing(MediaSection section, Sending sending) {
        RtpFormat format = Formats.formatOf(section, sending.codec()).orElseThrow();
        List<ExtMap> extensions = Formats.extensions(section, Optional.empty());
        return new OutgoingMedia(
                section.mid(),
                sending.kind(),
                Formats.payloadFormat(format, sending.codec()),
                sending.ssrc(),
                format.rtxPayloadType() < 0 ? 0 : sending.rtxSsrc(),
                Formats.extensionMap(extensions),
                sending.cname());
    }
}
