package io.tributary.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The answers of a kernel that is out of room, scripted: loopback never is.
class SendmmsgWriterTest {
    private static final InetSocketAddress REMOTE = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 5000);

    private final ArrayDeque<Integer> answers = new ArrayDeque<>();
    private final List<Integer> asked = new ArrayList<>();
    private final ShardCounters counters = new ShardCounters();
    private final SendmmsgWriter writer = new SendmmsgWriter(this::answer, false, counters);

    @AfterEach
    void free() {
        writer.close();
    }

    @Test
    void dropsTheRestWhenTheSocketIsFullAndDoesNotTryAgain() {
        answers.addAll(List.of(3, -Sendmmsg.EAGAIN));
        write(10);
        writer.flush();
        assertThat(asked).containsExactly(10, 7);
        assertThat(counters.packetsOut()).isEqualTo(3);
        assertThat(counters.drops().counted(UdpDrop.SOCKET_FULL)).isEqualTo(7);
        writer.flush();
        assertThat(asked).hasSize(2);
    }

    @Test
    void dropsOnlyTheDatagramThatIsAtFault() {
        answers.addAll(List.of(2, -Sendmmsg.EPERM, 4));
        write(7);
        writer.flush();
        assertThat(asked).containsExactly(7, 5, 4);
        assertThat(counters.packetsOut()).isEqualTo(6);
        assertThat(counters.drops().counted(UdpDrop.UNSENDABLE)).isEqualTo(1);
    }

    @Test
    void triesAgainWhenASignalCameBetween() {
        answers.addAll(List.of(-Sendmmsg.EINTR, 5));
        write(5);
        writer.flush();
        assertThat(asked).containsExactly(5, 5);
        assertThat(counters.packetsOut()).isEqualTo(5);
    }

    @Test
    void sendsAFullBatchWithoutWaitingForTheTurnsEnd() {
        answers.addAll(List.of(SendmmsgWriter.BATCH, 1));
        write(SendmmsgWriter.BATCH + 1);
        assertThat(asked).containsExactly(SendmmsgWriter.BATCH);
        writer.flush();
        assertThat(asked).containsExactly(SendmmsgWriter.BATCH, 1);
    }

    @Test
    void refusesAddressesItsFamilyCannotReach() {
        writer.write(new InetSocketAddress(InetAddress.ofLiteral("::1"), 5000), new byte[10], 0, 10);
        writer.write(InetSocketAddress.createUnresolved("nobody.example", 5000), new byte[10], 0, 10);
        writer.flush();
        assertThat(asked).isEmpty();
        assertThat(counters.drops().counted(UdpDrop.UNSENDABLE)).isEqualTo(2);
    }

    private void write(int datagrams) {
        for (int i = 0; i < datagrams; i++) {
            writer.write(REMOTE, new byte[100], 10, 50);
        }
    }

    private int answer(MemorySegment messages, int count) {
        asked.add(count);
        return answers.remove();
    }
}
