package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.sim.SimStun;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// Which UDP ports a running server has open, as its kernel sees it, and that what it names as candidates answers.
class UdpPortsInUseTest {
    private static final int REPEAT_MILLIS = 500;
    private static final int MOST_CHECKS = 40;

    /// A client looks names up from a socket of its own, and keeps it: it is there before anything is counted.
    @BeforeAll
    static void openTheClientsSocket() {
        try (var server = TestServer.start();
                var _ = SignalClient.joinWithOffer(server, "early")) {}
    }

    @Test
    void opensExactlyTheOneConfiguredPort() throws IOException {
        Set<Integer> before = boundByUs();
        try (var server = TestServer.start(InetAddress.getLoopbackAddress(), 1)) {
            assertThat(openedSince(before)).containsExactlyElementsOf(server.udpPorts);
        }
        assertThat(openedSince(before)).isEmpty();
    }

    @Test
    void givesEachLoopItsOwnPortOfARange() throws IOException {
        Set<Integer> before = boundByUs();
        try (var server = TestServer.start();
                var ann = SignalClient.joinWithOffer(server, "ann");
                var bob = SignalClient.joinWithOffer(server, "bob")) {
            assertThat(openedSince(before)).containsExactlyElementsOf(server.udpPorts);
            assertThat(List.of(port(ann), port(bob))).containsExactlyInAnyOrderElementsOf(server.udpPorts);
            for (var client : List.of(ann, bob)) {
                answersChecks(server.address, client);
            }
        }
    }

    @Test
    void answersChecksOnAnIpv6Candidate() throws IOException {
        InetAddress loopback = InetAddress.ofLiteral("::1");
        assumeTrue(TestServer.canBind(loopback), "this machine has no IPv6");
        try (var server = TestServer.start(loopback, 2);
                var ann = SignalClient.joinWithOffer(server, "ann")) {
            answersChecks(loopback, ann);
        }
    }

    private static void answersChecks(InetAddress address, SignalClient client) throws IOException {
        IceCredentials server = client.serverCredentials();
        byte[] transaction = new byte[12];
        transaction[11] = 7;
        byte[] check = SimStun.bindingRequest(transaction, client.ownCredentials(), server, true);
        try (var socket = new DatagramSocket(new InetSocketAddress(address, 0))) {
            byte[] bytes = answer(
                    socket, new DatagramPacket(check, check.length, new InetSocketAddress(address, port(client))));
            assertThat(SimStun.isSuccess(bytes)).isTrue();
            assertThat(SimStun.transaction(bytes)).isEqualTo(transaction);
        }
    }

    /// As clients do: the first check may come before the media loop knows the participant.
    private static byte[] answer(DatagramSocket socket, DatagramPacket check) throws IOException {
        socket.setSoTimeout(REPEAT_MILLIS);
        var answer = new DatagramPacket(new byte[2_000], 2_000);
        for (int attempt = 0; attempt < MOST_CHECKS; attempt++) {
            socket.send(check);
            try {
                socket.receive(answer);
                return Arrays.copyOf(answer.getData(), answer.getLength());
            } catch (SocketTimeoutException e) {
                // Once more, then.
            }
        }
        throw new AssertionError(MOST_CHECKS + " checks and no answer");
    }

    /// `1 1 udp 2130706431 127.0.0.1 7882 typ host`
    private static int port(SignalClient client) {
        List<String> words = List.of(client.serverCandidate().split(" ", -1));
        return Integer.parseInt(words.get(words.indexOf("typ") - 1));
    }

    private static Set<Integer> openedSince(Set<Integer> before) throws IOException {
        var opened = new TreeSet<>(boundByUs());
        opened.removeAll(before);
        return opened;
    }

    /// Local ports of the UDP sockets whose inodes this process has open.
    private static Set<Integer> boundByUs() throws IOException {
        var inodes = new TreeSet<String>();
        try (var descriptors = Files.list(Path.of("/proc/self/fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)) {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith("socket:[")) {
                        inodes.add(target.substring(8, target.length() - 1));
                    }
                }
            }
        }
        var ports = new TreeSet<Integer>();
        for (String table : new String[] {"/proc/net/udp", "/proc/net/udp6"}) {
            for (String line : Files.readAllLines(Path.of(table))) {
                List<String> columns = List.of(line.strip().split("\\s+", -1));
                if (columns.size() > 9 && inodes.contains(columns.get(9))) {
                    String local = columns.get(1);
                    ports.add(Integer.parseInt(local.substring(local.indexOf(':') + 1), 16));
                }
            }
        }
        return ports;
    }
}
