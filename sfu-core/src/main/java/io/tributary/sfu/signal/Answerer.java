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
import org.jspecify.annotations.Nullable;

/// The server's half of a connection whose offers the client makes: the publishing one of two, or the only one.
///
/// An m-line on which the client sends is a publication. One on which it receives is a slot: empty (answered inactive),
/// bound to a subscription (sendonly with its msid), or resting (inactive once more after a subscription left, because
/// a browser fires `ontrack` only on a change of direction). Control loop only; sans-IO.
final class Answerer {
    /// Who knows about tracks and forwards them.
    interface Listener {
        /// The client began to send. The track it was asked for by, if any; then [#onPublished] was not called yet.
        Optional<TrackView> onOffered(String cid, Codec codec, IncomingMedia media);

        /// Whether an m-line for which there is no request yet is answered all the same, to wait for it.
        boolean mayPublish();

        /// Whether a track was requested under `cid` and has no m-line yet.
        boolean expects(String cid);

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

    private record Receiving(String cid, TrackView track) {}

    private final LocalDescription local;
    private final Listener listener;
    private final Map<String, Slot> slots = new LinkedHashMap<>();
    private final Map<TrackSid, Sending> waiting = new LinkedHashMap<>();
    private final Map<String, Receiving> receiving = new HashMap<>();
    private final Map<String, MediaSection> unclaimed = new HashMap<>();

    Answerer(LocalDescription local, Listener listener) {
        this.local = local;
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
        // A resting slot is free in the answer after the next one; counting it spares an m-line that would stay for
        // good.
        long available = slots.values().stream()
                .filter(slot -> slot.kind == kind && slot.sending == null)
                .count();
        return (int) Math.max(0, wanted - available);
    }

    /// A track was requested after the m-line that carries it had been offered.
    void onRequested(String cid) {
        for (MediaSection section : unclaimed.values()) {
            if (section.msid().map(Msid::trackId).equals(Optional.of(cid))) {
                offered(section);
                return;
            }
        }
    }

    Answer answer(SessionDescription offer) {
        forgetMissing(offer);
        // An m-line whose track nobody asked for may be taken for any of its kind: those that were asked for go first.
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
            offered(section);
        }
    }

    private void offered(MediaSection section) {
        Optional<Codec> codec = Formats.firstCodec(section);
        if (codec.isEmpty()) {
            return;
        }
        String cid = cid(section);
        Optional<TrackView> track = listener.onOffered(cid, codec.get(), incoming(section, codec.get()));
        if (track.isPresent()) {
            receiving.put(section.mid(), new Receiving(cid, track.get()));
            unclaimed.remove(section.mid());
        } else if (listener.mayPublish()) {
            unclaimed.put(section.mid(), section);
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
        Optional<Codec> codec = Formats.firstCodec(offered);
        if (offered.rejected() || codec.isEmpty()) {
            return rejection(offered);
        }
        Receiving current = receiving.get(offered.mid());
        Slot slot = slots.get(offered.mid());
        Sending sending = slot == null ? null : slot.sending;
        boolean receives = current != null || unclaimed.containsKey(offered.mid());
        Codec chosen = sending == null ? codec.get() : sending.codec();
        RtpFormat format = Formats.formatOf(offered, chosen).orElseThrow();
        MediaSection.Builder section = local.section(offered.kind(), offered.mid())
                .direction(Direction.of(sending != null, receives))
                .formats(Formats.answered(
                        offered, format, chosen, fmtp(chosen, format, current, sending), sending != null))
                .extMaps(Formats.extensions(offered));
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
        List<ExtMap> extensions = Formats.extensions(section);
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
        List<ExtMap> extensions = Formats.extensions(section);
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
