package io.tributary.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.transport.http.NameLookup.Scope;
import io.tributary.transport.http.ServiceRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Against a name server of the test's own, byte for byte (RFC 1035 §4).
class DnsLookupTest {
    private static final int A = 1;
    private static final int SRV = 33;
    private static final int NXDOMAIN = 3;
    private static final int SERVFAIL = 2;

    /// Answers by question: what follows the header's counts.
    private record Answer(int code, List<byte[]> records) {}

    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private DatagramSocket socket;
    private DnsLookup lookup;

    @BeforeEach
    void open() throws IOException {
        socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::serve);
        lookup = DnsLookup.of(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), socket.getLocalPort())));
    }

    @AfterEach
    void close() {
        lookup.close();
        socket.close();
    }

    @Test
    void readsServiceRecords() {
        answers.put(
                "_matrix-fed._tcp.a.example/" + SRV,
                new Answer(
                        0,
                        List.of(
                                service(10, 5, 8448, name("one.a.example")),
                                service(20, 0, 443, name("two.a.example")))));

        assertThat(await(lookup.services("_matrix-fed._tcp.a.example")))
                .containsExactlyInAnyOrder(
                        new ServiceRecord(10, 5, 8448, "one.a.example"),
                        new ServiceRecord(20, 0, 443, "two.a.example"));
    }

    /// RFC 2782 forbids it, RFC 3597 §4 says to understand it.
    @Test
    void readsTargetsThatPointIntoTheMessage() {
        byte[] pointer = {3, 'o', 'n', 'e', (byte) 0xC0, 12};
        answers.put("a.example/" + SRV, new Answer(0, List.of(service(1, 1, 8448, pointer))));

        assertThat(await(lookup.services("a.example"))).containsExactly(new ServiceRecord(1, 1, 8448, "one.a.example"));
    }

    @Test
    void readsThatAServiceIsDecidedlyNotThere() {
        answers.put("a.example/" + SRV, new Answer(0, List.of(service(0, 0, 0, new byte[] {0}))));

        assertThat(await(lookup.services("a.example"))).containsExactly(new ServiceRecord(0, 0, 0, ""));
    }

    @Test
    void skipsServiceRecordsThatAreCutOff() {
        answers.put("a.example/" + SRV, new Answer(0, List.of(resource(SRV, new byte[] {0, 1, 0}))));

        assertThat(await(lookup.services("a.example"))).isEmpty();
    }

    @Test
    void tellsAbsenceFromTrouble() {
        answers.put("gone.example/" + SRV, new Answer(NXDOMAIN, List.of()));
        answers.put("none.example/" + SRV, new Answer(0, List.of()));
        answers.put("broken.example/" + SRV, new Answer(SERVFAIL, List.of()));

        assertThat(await(lookup.services("gone.example"))).isEmpty();
        assertThat(await(lookup.services("none.example"))).isEmpty();
        assertThatThrownBy(() -> await(lookup.services("broken.example"))).isNotNull();
        assertThatThrownBy(() -> await(lookup.services("silent.example"))).isNotNull();
    }

    @Test
    void readsAddresses() {
        answers.put("a.example/" + A, new Answer(0, List.of(resource(A, new byte[] {(byte) 192, 0, 2, 7}))));
        answers.put("gone.example/" + A, new Answer(NXDOMAIN, List.of()));

        assertThat(await(lookup.addresses("a.example", Scope.COMPLETE)))
                .containsExactly(InetAddress.ofLiteral("192.0.2.7"));
        assertThat(await(lookup.addresses("gone.example", Scope.COMPLETE))).isEmpty();
    }

    @Test
    void hasNoAnswerToANameThatIsTooLong() {
        assertThat(await(lookup.services("_matrix-fed._tcp." + "a".repeat(300))))
                .isEmpty();
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
    }

    private void serve() {
        byte[] buffer = new byte[1500];
        while (!socket.isClosed()) {
            try {
                var packet = new DatagramPacket(buffer, buffer.length);
                socket.receive(packet);
                byte[] query = Arrays.copyOf(packet.getData(), packet.getLength());
                byte[] reply = reply(query);
                if (reply.length > 0) {
                    socket.send(new DatagramPacket(reply, reply.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                return;
            }
        }
    }

    private byte[] reply(byte[] query) {
        int at = 12;
        var name = new StringBuilder();
        while (query[at] != 0) {
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(query, at + 1, query[at], StandardCharsets.US_ASCII));
            at += 1 + query[at];
        }
        int type = ByteBuffer.wrap(query).getShort(at + 1);
        Answer answer = answers.get(name + "/" + type);
        if (answer == null) {
            // AAAA of names that have an A: nothing. Others: silence.
            if (!answers.containsKey(name + "/" + A)) {
                return new byte[0];
            }
            answer = new Answer(0, List.of());
        }
        var out = new ByteArrayOutputStream();
        ByteBuffer head = ByteBuffer.allocate(12);
        head.putShort(ByteBuffer.wrap(query).getShort(0)).putShort((short) (0x8180 | answer.code()));
        head.putShort((short) 1).putShort((short) answer.records().size());
        out.writeBytes(head.array());
        out.writeBytes(Arrays.copyOfRange(query, 12, at + 5));
        answer.records().forEach(out::writeBytes);
        return out.toByteArray();
    }

    /// A record of the name that was asked for.
    private static byte[] resource(int type, byte[] data) {
        return ByteBuffer.allocate(12 + data.length)
                .putShort((short) 0xC00C)
                .putShort((short) type)
                .putShort((short) 1)
                .putInt(60)
                .putShort((short) data.length)
                .put(data)
                .array();
    }

    private static byte[] service(int priority, int weight, int port, byte[] target) {
        return resource(
                SRV,
                ByteBuffer.allocate(6 + target.length)
                        .putShort((short) priority)
                        .putShort((short) weight)
                        .putShort((short) port)
                        .put(target)
                        .array());
    }

    private static byte[] name(String dotted) {
        var out = new ByteArrayOutputStream();
        for (String label : dotted.split("\\.", -1)) {
            out.write(label.length());
            out.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.write(0);
        return out.toByteArray();
    }
}
