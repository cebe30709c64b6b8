package io.tributary.transport.recording;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.rtp.ExtensionMap;
import io.tributary.transport.rtp.HeaderExtension;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/// One track of a real publisher as a server received it: every packet in order of arrival, decrypted, without
/// duplicates, retransmissions already unwrapped; and the sender reports between them. Nothing of it was encrypted
/// end to end, so a decoder can judge what became of it.
///
/// The files are gzipped, numbers big-endian, text as [DataOutputStream#writeUTF] has it:
///
/// ```
/// "TRIBRTP1"
/// text  about: who sent what
/// text  codec, the name of a [Codec]
/// u8    rids, then each as text, the lowest layer's first; none without simulcast
/// u8    header extensions, then for each: u8 id, text URI
/// then until the end
///   u32   microseconds since what came before
///   u8    layer, index of the rid, 0 without simulcast; 0x80 added for a sender report
///   of a packet         i64 sequence number, extended   u16 length   the packet from its first byte
///   of a sender report  i64 NTP time                    u32 RTP timestamp
/// ```
///
/// @param about who sent what
/// @param ridsLowToHigh of the layers, empty without simulcast
public record Recording(
        String about, Codec codec, List<String> ridsLowToHigh, ExtensionMap extensions, List<Event> events) {
    private static final byte[] MAGIC = {'T', 'R', 'I', 'B', 'R', 'T', 'P', '1'};
    private static final int SENDER_REPORT = 0x80;

    /// What came, and when: microseconds from the recording's beginning.
    public sealed interface Event {
        long atMicros();

        int layer();
    }

    /// @param extendedSeq counts on where the packet's own number wraps; each layer has its own
    /// @param bytes the whole packet
    @SuppressWarnings("ArrayRecordComponent") // read only
    public record Packet(long atMicros, int layer, long extendedSeq, byte[] bytes) implements Event {
        /// A copy in a buffer of `pool`, which is the caller's to release.
        public PacketBuffer toBuffer(PacketPool pool) {
            PacketBuffer buffer = pool.take();
            System.arraycopy(bytes, 0, buffer.array(), buffer.offset(), bytes.length);
            buffer.length(bytes.length);
            return buffer;
        }
    }

    /// `ntpTime`, 64-bit NTP, is the moment of `timestampTicks`.
    public record SenderReport(long atMicros, int layer, long ntpTime, int timestampTicks) implements Event {}

    public Recording {
        ridsLowToHigh = List.copyOf(ridsLowToHigh);
        events = List.copyOf(events);
    }

    /// One that is checked in: `vp8-simulcast`.
    public static Recording named(String name) {
        try (InputStream in = Recording.class.getResourceAsStream(name + ".rtp.gz")) {
            if (in == null) {
                throw new IllegalArgumentException("there is no recording " + name);
            }
            return read(in);
        } catch (IOException e) {
            throw new UncheckedIOException("recording " + name, e);
        }
    }

    /// One a layer, 1 without simulcast.
    public int layers() {
        return Math.max(1, ridsLowToHigh.size());
    }

    public List<Packet> packets() {
        return events.stream()
                .filter(Packet.class::isInstance)
                .map(Packet.class::cast)
                .toList();
    }

    public long durationMicros() {
        return events.isEmpty() ? 0 : events.getLast().atMicros();
    }

    public static Recording read(InputStream from) throws IOException {
        try (var in = new DataInputStream(new GZIPInputStream(from))) {
            if (!Arrays.equals(in.readNBytes(MAGIC.length), MAGIC)) {
                throw new IOException("this is no recording");
            }
            String about = in.readUTF();
            Codec codec = Codec.valueOf(in.readUTF());
            var rids = new ArrayList<String>();
            for (int count = in.readUnsignedByte(); count > 0; count--) {
                rids.add(in.readUTF());
            }
            Map<HeaderExtension, Integer> ids = new EnumMap<>(HeaderExtension.class);
            for (int count = in.readUnsignedByte(); count > 0; count--) {
                int id = in.readUnsignedByte();
                HeaderExtension.of(in.readUTF()).ifPresent(extension -> ids.put(extension, id));
            }
            return new Recording(about, codec, rids, new ExtensionMap(ids), events(in));
        }
    }

    private static List<Event> events(DataInputStream in) throws IOException {
        var events = new ArrayList<Event>();
        long atMicros = 0;
        while (true) {
            int step;
            try {
                step = in.readInt();
            } catch (EOFException e) {
                return events;
            }
            atMicros += Integer.toUnsignedLong(step);
            int kind = in.readUnsignedByte();
            int layer = kind & ~SENDER_REPORT;
            if (kind != layer) {
                events.add(new SenderReport(atMicros, layer, in.readLong(), in.readInt()));
            } else {
                long extendedSeq = in.readLong();
                byte[] bytes = new byte[in.readUnsignedShort()];
                in.readFully(bytes);
                events.add(new Packet(atMicros, layer, extendedSeq, bytes));
            }
        }
    }

    public void write(OutputStream to) throws IOException {
        try (var out = new DataOutputStream(new GZIPOutputStream(to))) {
            out.write(MAGIC);
            out.writeUTF(about);
            out.writeUTF(codec.name());
            out.writeByte(ridsLowToHigh.size());
            for (String rid : ridsLowToHigh) {
                out.writeUTF(rid);
            }
            Map<HeaderExtension, Integer> ids = extensions.ids();
            out.writeByte(ids.size());
            for (var entry : ids.entrySet()) {
                out.writeByte(entry.getValue());
                out.writeUTF(entry.getKey().uri());
            }
            long lastMicros = 0;
            for (Event event : events) {
                out.writeInt((int) (event.atMicros() - lastMicros));
                lastMicros = event.atMicros();
                switch (event) {
                    case Packet packet -> {
                        out.writeByte(packet.layer);
                        out.writeLong(packet.extendedSeq);
                        out.writeShort(packet.bytes.length);
                        out.write(packet.bytes);
                    }
                    case SenderReport report -> {
                        out.writeByte(report.layer | SENDER_REPORT);
                        out.writeLong(report.ntpTime);
                        out.writeInt(report.timestampTicks);
                    }
                }
            }
        }
    }
}
