package io.tributary.transport.netty;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.io.Outlet;
import io.tributary.transport.io.PacketBuffer;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// How datagrams become messages, and the answers of a kernel that is out of room: loopback never is.
class SendmmsgWriterTest {
    private static final long SEED = Long.getLong("test.seed", 20261121L);
    private static final int PORT = 5000;

    private final ScriptedKernel kernel = new ScriptedKernel();
    private final ShardCounters counters = new ShardCounters();
    private final SendmmsgWriter writer = new SendmmsgWriter(kernel, false, true, counters);

    @AfterEach
    void free() {
        writer.close();
    }

    @Test
    void sendsNeighboursOfOneSizeAsOneMessage() {
        send(PORT, 700, 1);
        send(PORT + 1, 700, 1);
        send(PORT, 700, 2);
        send(PORT, 699, 3); // the last of a run may be shorter, and ends it
        send(PORT, 699, 4);
        send(PORT, 700, 5); // longer than the run's: begins another
        writer.flush();
        assertThat(kernel.sent.stream().map(message -> message.datagrams().size()))
                .containsExactly(3, 1, 1, 1);
        assertThat(kernel.to(PORT)).containsExactly(hex(700, 1), hex(700, 2), hex(699, 3), hex(699, 4), hex(700, 5));
        assertThat(kernel.to(PORT + 1)).containsExactly(hex(700, 1));
        assertThat(kernel.asked).containsExactly(4);
        assertThat(counters.packetsOut()).isEqualTo(6);
        assertThat(counters.bytesOut()).isEqualTo(4 * 700 + 2 * 699);
        assertThat(counters.messagesOut()).isEqualTo(4);
        assertThat(counters.sendCalls()).isEqualTo(1);
    }

    @Test
    void keepsUrgentDatagramsApartFromARunOfTheirSize() {
        send(PORT, 700, 1);
        sendUrgent(PORT, 700, 2);
        send(PORT, 700, 3);
        writer.flush();
        assertThat(kernel.sent).hasSize(3);
        assertThat(kernel.to(PORT)).containsExactly(hex(700, 1), hex(700, 2), hex(700, 3));
    }

    /// The kernel takes 64 segments and an IP packet's worth of bytes; [ScriptedKernel] refuses more.
    @Test
    void boundsARunBySegmentsAndBytes() {
        for (int i = 0; i < 150; i++) {
            send(PORT, 20, i);
        }
        for (int i = 0; i < 150; i++) {
            send(PORT + 1, 1_200, i);
        }
        writer.flush();
        assertThat(kernel.sent.stream().map(message -> message.datagrams().size()))
                .containsExactly(64, 64, 22, 53, 53, 44);
    }

    /// Whatever is sent, in whatever order and however large a turn is: each destination gets it, once, in order.
    @Test
    void losesAndReordersNothing() {
        for (int round = 0; round < 200; round++) {
            var random = new Random(SEED + round);
            var expected = new ArrayList<List<String>>();
            int destinations = 1 + random.nextInt(20);
            for (int i = 0; i < destinations; i++) {
                expected.add(new ArrayList<>());
            }
            int[] usualSizes = {0, 1, 90, 1_180, 1_181, 1_900};
            int datagrams = random.nextInt(round % 50 == 0 ? 3_000 : 300);
            for (int i = 0; i < datagrams; i++) {
                int to = random.nextInt(destinations);
                int size = random.nextInt(4) == 0 ? random.nextInt(1_920) : usualSizes[random.nextInt(6)];
                if (random.nextInt(8) == 0) {
                    sendUrgent(PORT + to, size, i);
                } else {
                    send(PORT + to, size, i);
                }
                expected.get(to).add(hex(size, i));
                if (random.nextInt(100) == 0) {
                    writer.flush();
                }
            }
            writer.flush();
            for (int i = 0; i < destinations; i++) {
                assertThat(kernel.to(PORT + i).equals(expected.get(i)))
                        .as("destination %d, -Dtest.seed=%d", i, SEED + round)
                        .isTrue();
            }
            kernel.sent.clear();
        }
        assertThat(counters.drops().counted(UdpDrop.SOCKET_FULL)).isZero();
    }

    @Test
    void dropsMediaWhenTheSocketIsFullAndKeepsWhatIsUrgentForTheNextTurn() {
        kernel.answers.addAll(List.of(3, -Sendmmsg.EAGAIN));
        for (int i = 0; i < 10; i++) {
            send(PORT + i, 100, i);
        }
        sendUrgent(PORT + 20, 50, 1);
        sendUrgent(PORT + 20, 60, 2);
        writer.flush();
        assertThat(kernel.asked).containsExactly(12, 9);
        assertThat(counters.packetsOut()).isEqualTo(3);
        assertThat(counters.socketFull()).isEqualTo(1);
        assertThat(counters.drops().counted(UdpDrop.SOCKET_FULL)).isEqualTo(7);
        assertThat(writer.holding()).isTrue();
        sendUrgent(PORT + 20, 70, 3);
        writer.flush();
        assertThat(kernel.to(PORT + 20)).containsExactly(hex(50, 1), hex(60, 2), hex(70, 3));
        assertThat(writer.holding()).isFalse();
    }

    @Test
    void givesUrgentDatagramsUpAfterSomeTries() {
        sendUrgent(PORT, 50, 1);
        for (int i = 0; i <= SendmmsgWriter.MAX_TRIES; i++) {
            assertThat(counters.drops().counted(UdpDrop.URGENT_SOCKET_FULL)).isZero();
            kernel.answers.add(-Sendmmsg.EAGAIN);
            writer.flush();
        }
        assertThat(counters.drops().counted(UdpDrop.URGENT_SOCKET_FULL)).isEqualTo(1);
        assertThat(writer.holding()).isFalse();
    }

    @Test
    void holdsNoMoreThanItsBound() {
        for (int i = 0; i < SendmmsgWriter.MAX_HELD + 5; i++) {
            sendUrgent(PORT + i, 50, i);
        }
        kernel.answers.add(-Sendmmsg.EAGAIN);
        writer.flush();
        assertThat(counters.drops().counted(UdpDrop.URGENT_SOCKET_FULL)).isEqualTo(5);
        writer.flush();
        assertThat(kernel.sent).hasSize(SendmmsgWriter.MAX_HELD);
        assertThat(kernel.to(PORT + 17)).containsExactly(hex(50, 17));
    }

    @Test
    void dropsOnlyTheDatagramThatIsAtFault() {
        kernel.answers.addAll(List.of(2, -Sendmmsg.EPERM, 4));
        for (int i = 0; i < 7; i++) {
            send(PORT + i, 100, i);
        }
        writer.flush();
        assertThat(kernel.asked).containsExactly(7, 5, 4);
        assertThat(counters.packetsOut()).isEqualTo(6);
        assertThat(counters.drops().counted(UdpDrop.UNSENDABLE)).isEqualTo(1);
    }

    @Test
    void triesAgainWhenASignalOrSomeoneElsesErrorCameBetween() {
        kernel.answers.addAll(List.of(-Sendmmsg.EINTR, -Sendmmsg.ECONNREFUSED, 2));
        send(PORT, 100, 1);
        send(PORT + 1, 100, 1);
        writer.flush();
        assertThat(kernel.asked).containsExactly(2, 2, 2);
        assertThat(counters.packetsOut()).isEqualTo(2);
    }

    @Test
    void givesUpOnADestinationThatKeepsRefusing() {
        kernel.answers.addAll(List.of(-Sendmmsg.ECONNREFUSED, -Sendmmsg.ECONNREFUSED, -Sendmmsg.ECONNREFUSED));
        send(PORT, 100, 1);
        send(PORT + 1, 100, 2);
        writer.flush();
        assertThat(kernel.to(PORT)).isEmpty();
        assertThat(kernel.to(PORT + 1)).containsExactly(hex(100, 2));
        assertThat(counters.drops().counted(UdpDrop.UNSENDABLE)).isEqualTo(1);
    }

    @Test
    void sendsARunPieceByPieceOverAPathThatTakesNoSegments() {
        kernel.refusesSegments = Sendmmsg.EINVAL;
        for (int i = 0; i < 3; i++) {
            send(PORT, 1_100, i);
            send(PORT + 1, 1_100, i);
        }
        writer.flush();
        assertThat(kernel.to(PORT)).containsExactly(hex(1_100, 0), hex(1_100, 1), hex(1_100, 2));
        assertThat(kernel.to(PORT + 1)).hasSize(3);
        assertThat(counters.refusedRuns()).isEqualTo(2);
        kernel.refusesSegments = 0;
        send(PORT, 1_100, 4);
        send(PORT, 1_100, 5);
        send(PORT + 2, 1_100, 4);
        send(PORT + 2, 1_100, 5);
        kernel.sent.clear();
        writer.flush();
        assertThat(kernel.sent.stream().map(message -> message.datagrams().size()))
                .containsExactly(1, 1, 2);
    }

    @Test
    void asksNoMoreOfADeviceThatCannotChecksumSegments() {
        kernel.refusesSegments = Sendmmsg.EIO;
        for (int peer = 0; peer < 10; peer++) {
            send(PORT + peer, 1_100, 1);
            send(PORT + peer, 1_100, 2);
            writer.flush();
            assertThat(kernel.to(PORT + peer)).containsExactly(hex(1_100, 1), hex(1_100, 2));
        }
        assertThat(counters.refusedRuns()).as("of ten").isEqualTo(8);
        assertThat(counters.drops().counted(UdpDrop.UNSENDABLE)).isZero();
    }

    @Test
    void sendsAFullBatchWithoutWaitingForTheTurnsEnd() {
        for (int i = 0; i <= SendmmsgWriter.BATCH; i++) {
            send(PORT + i % 500, 10, i);
        }
        assertThat(counters.packetsOut()).isEqualTo(SendmmsgWriter.BATCH);
        writer.flush();
        assertThat(counters.packetsOut()).isEqualTo(SendmmsgWriter.BATCH + 1);
    }

    @Test
    void evensOutWhatDiffersByAByte() {
        Outlet outlet = outlet(PORT);
        int even = outlet.evenSize(1_101, true);
        assertThat(even).isBetween(1_101, 1_108);
        assertThat(outlet.evenSize(1_102, true)).isEqualTo(even);
        assertThat(outlet.evenSize(1_101, false)).as("the last may be shorter").isEqualTo(1_101);
        assertThat(outlet.evenSize(120, true)).as("audio goes alone").isEqualTo(120);
        send(PORT, 1_205, 1);
        assertThat(outlet.evenSize(1_199, true))
                .as("as large as the one before")
                .isEqualTo(1_205);
        assertThat(outlet.evenSize(1_100, true)).as("too far from it").isEqualTo(1_104);
    }

    @Test
    void evensOutNothingWhereItDoesNotHelp() {
        try (var plain = new SendmmsgWriter(kernel, false, false, counters)) {
            assertThat(plain.outlet(remote(PORT)).evenSize(1_101, true)).isEqualTo(1_101);
        }
    }

    @Test
    void refusesAddressesItsFamilyCannotReach() {
        writer.write(new InetSocketAddress(InetAddress.ofLiteral("::1"), 5000), new byte[10], 0, 10);
        writer.write(InetSocketAddress.createUnresolved("nobody.example", 5000), new byte[10], 0, 10);
        writer.flush();
        assertThat(kernel.asked).isEmpty();
        assertThat(counters.drops().counted(UdpDrop.UNSENDABLE)).isEqualTo(2);
    }

    @Test
    void takesNothingOnceItIsClosed() {
        Outlet outlet = outlet(PORT);
        writer.close();
        assertThat(outlet.claim(100)).isEqualTo(Outlet.NO_ROOM);
        assertThat(counters.drops().counted(UdpDrop.CLOSED)).isEqualTo(1);
    }

    private void send(int port, int sizeBytes, int number) {
        Outlet outlet = outlet(port);
        long at = outlet.claim(PacketBuffer.CAPACITY);
        MemorySegment.copy(bytes(sizeBytes, number), 0, outlet.memory(), JAVA_BYTE, at, sizeBytes);
        outlet.commit(sizeBytes, false);
    }

    private void sendUrgent(int port, int sizeBytes, int number) {
        writer.write(remote(port), bytes(sizeBytes, number), 0, sizeBytes);
    }

    private Outlet outlet(int port) {
        return writer.outlet(remote(port));
    }

    private static InetSocketAddress remote(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    /// Bytes that tell who they are.
    private static byte[] bytes(int sizeBytes, int number) {
        byte[] bytes = new byte[sizeBytes];
        new Random(number).nextBytes(bytes);
        return bytes;
    }

    private static String hex(int sizeBytes, int number) {
        return HexFormat.of().formatHex(bytes(sizeBytes, number));
    }
}
