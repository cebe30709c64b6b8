package io.tributary.auth.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.auth.matrix.HomeserverClient.UserInfo;
import io.tributary.auth.world.World;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A homeserver that speaks TLS well enough and HTTP as it likes.
class HostileHomeserverTest {
    private static final String HEAD = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n";
    private static final Duration BUDGET = Duration.ofSeconds(12);

    private World world = new World();

    @AfterEach
    void close() {
        world.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                HEAD + "Content-Length: 1000\r\n\r\n{\"sub\":",
                HEAD + "Content-Length: 99999999999\r\n\r\n{}",
                HEAD + "Content-Length: -1\r\n\r\n{}",
                HEAD + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
                HEAD + "Transfer-Encoding: chunked\r\n\r\nzz\r\n",
                HEAD + "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"sub\r\n",
                "SSH-2.0-OpenSSH\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Encoding: gzip\r\n\r\n\u001f\u008b",
                HEAD + "Content-Length: 9\r\n\r\n{\"sub\":7}",
                HEAD + "Content-Length: 2\r\n\r\n{}",
                "HTTP/1.1 101 Switching Protocols\r\n\r\n",
                "HTTP/1.1 204 No Content\r\n\r\n",
                ""
            })
    void isAskedInVain(String bytes) {
        world.raw("192.0.2.1", 8448, socket -> write(socket, bytes), "192.0.2.1");

        assertThat(ask()).isInstanceOf(UserInfo.Troubled.class);
    }

    @Test
    void writesNothingOfItsOwnIntoLogs() {
        String line = "HTTP/9.9\u001b[2J\r forged=entry " + "x".repeat(3000) + "\r\n\r\n";
        world.raw("192.0.2.1", 8448, socket -> write(socket, line), "192.0.2.1");

        assertThat(((UserInfo.Troubled) ask()).detail()).matches("[\\x20-\\x7e]{0,200}");
    }

    @Test
    void sendsMoreThanAnybodyReads() {
        world.raw(
                "192.0.2.1",
                8448,
                socket -> endless(
                        socket, HEAD + "Transfer-Encoding: chunked\r\n\r\n", "400\r\n" + "x".repeat(1024) + "\r\n"),
                "192.0.2.1");

        assertThat(ask()).isEqualTo(new UserInfo.Troubled(ServerTrouble.ANSWER, "more than 65536 bytes"));
    }

    @Test
    void sendsHeadersWithoutEnd() {
        world.raw("192.0.2.1", 8448, socket -> endless(socket, HEAD, "X-A: " + "x".repeat(1000) + "\r\n"), "192.0.2.1");

        assertThat(ask()).isInstanceOf(UserInfo.Troubled.class);
    }

    @Test
    void dripsUntilTheBudgetIsSpent() {
        world.raw(
                "192.0.2.1",
                8448,
                socket -> {
                    write(socket, HEAD + "Content-Length: 500\r\n\r\n", false);
                    for (int i = 0; i < 100; i++) {
                        try {
                            World.CLOCK.pause(200);
                        } catch (InterruptedException e) {
                            return;
                        }
                        write(socket, " ", false);
                    }
                },
                "192.0.2.1");
        long before = System.nanoTime();

        UserInfo info = ask();

        assertThat(info).isInstanceOf(UserInfo.Troubled.class);
        assertThat(((UserInfo.Troubled) info).trouble()).isEqualTo(ServerTrouble.TIMEOUT);
        assertThat((System.nanoTime() - before) / 1e9).isLessThan(16);
    }

    @Test
    void isOfAnAuthorityThatNobodyKnows() {
        World elsewhere = new World();
        try {
            // The client of one world meets the certificates of another.
            world.server("192.0.2.1", 8448, World.homeserver("t", "@a:x"), "192.0.2.1");
            UserInfo info = new HomeserverClient(new ServerDiscovery(
                            request -> elsewhere.through(world, request),
                            world,
                            new AddressRules(List.of()),
                            Map.of(),
                            world.blocking,
                            World.CLOCK,
                            new Random(1)))
                    .userInfo(ServerName.of("192.0.2.1"), "t", Deadline.in(BUDGET, World.CLOCK));
            assertThat(((UserInfo.Troubled) info).trouble()).isEqualTo(ServerTrouble.CERTIFICATE);
        } finally {
            elsewhere.close();
        }
    }

    @Test
    void isBelievedUnseenWithTheMagicWordsAlone() {
        assertThat(SkipVerify.isAsked("YES_I_KNOW_WHAT_I_AM_DOING")).isTrue();
        for (String value :
                List.of("", "true", "1", "yes", "yes_i_know_what_i_am_doing", "YES_I_KNOW_WHAT_I_AM_DOING ")) {
            assertThat(SkipVerify.isAsked(value)).as(value).isFalse();
        }
        world.close();
        world = new World(false);
        world.server("192.0.2.1", 8448, World.homeserver("t", "@a:x"), "another.example");

        assertThat(ask()).isEqualTo(new UserInfo.Subject("@a:x"));
    }

    private UserInfo ask() {
        var discovery = new ServerDiscovery(
                world,
                world,
                new AddressRules(List.of()),
                Map.<ServerName, URI>of(),
                world.blocking,
                World.CLOCK,
                new Random(1));
        return new HomeserverClient(discovery)
                .userInfo(ServerName.of("192.0.2.1"), "t", Deadline.in(BUDGET, World.CLOCK));
    }

    private static void write(Socket socket, String bytes) {
        write(socket, bytes, true);
    }

    private static void write(Socket socket, String bytes, boolean close) {
        try {
            OutputStream out = socket.getOutputStream();
            out.write(bytes.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            if (close) {
                socket.close();
            }
        } catch (IOException e) {
            // The other side has had enough, which is what most of these tests are about.
        }
    }

    private static void endless(Socket socket, String head, String again) {
        write(socket, head, false);
        try {
            byte[] bytes = again.getBytes(StandardCharsets.ISO_8859_1);
            // Bounded by 64 MiB in case nobody hangs up.
            for (int i = 0; i < (64 << 20) / bytes.length; i++) {
                socket.getOutputStream().write(bytes);
            }
        } catch (IOException e) {
            // Hung up on, as it should be.
        }
    }
}
