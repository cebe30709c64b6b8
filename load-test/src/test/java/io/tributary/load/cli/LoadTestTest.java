package io.tributary.load.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.frames.KeyRatchet;
import io.tributary.load.call.Call;
import io.tributary.load.call.Shape;
import io.tributary.load.call.Target;
import io.tributary.load.measure.Report;
import io.tributary.load.measure.ServerMemory;
import io.tributary.load.measure.Session;
import io.tributary.load.measure.Window;
import io.tributary.load.media.FrameKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The generator against the real server, over real sockets, for a few seconds.
class LoadTestTest {
    private static final Duration WINDOW = Duration.ofSeconds(2);

    /// Rooms are named after shape and seed, and one that began encrypted takes nothing else while it is remembered.
    private static final int ENCRYPTED_SEED = 2;

    private static ServedByTributary server;

    @BeforeAll
    static void start() throws IOException, InterruptedException {
        server = new ServedByTributary();
    }

    @AfterAll
    static void stop() throws IOException {
        if (server != null) { // else it did not start, and said why
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1x3", "2x3", "audio2x3"})
    void everyPacketArrivesOnceAndUnharmed(String form) throws IOException, InterruptedException {
        Shape shape = Shape.parse(form).orElseThrow();

        Window window = measure(shape, 1, 1);

        assertThat(window.received().received).isPositive();
        assertThat(window.received().checked).isEqualTo(window.received().received);
        assertThat(window.received().latency.getTotalCount()).isEqualTo(window.received().received);
        assertThat(window.clean()).as("%s", window).isTrue();
    }

    @Test
    void subscribersGetWhatRealPublishersSend() throws IOException, InterruptedException {
        Shape shape = Shape.parse("audio2x3").orElseThrow();

        Window window = measure(shape, 1, 1);

        // Two microphones of 50 packets a second each, fewer where the machine is busy.
        assertThat(window.published()).isBetween(1L, Math.round(110 * window.seconds()));
        isForThree(window);
    }

    @Test
    void aHigherRateIsMorePackets() throws IOException, InterruptedException {
        Shape shape = Shape.parse("audio2x3").orElseThrow();

        Window window = measure(shape, 1, 4);

        // Of 400; and it would be 100.
        assertThat(window.published() / window.seconds()).isBetween(115.0, 440.0);
        isForThree(window);
        assertThat(window.clean()).as("%s", window).isTrue();
    }

    /// But for what is on its way at either end of the window.
    private static void isForThree(Window window) {
        assertThat((double) window.received().received / window.published()).isBetween(2.1, 3.9);
    }

    /// The top of the hour.
    @Test
    void sixtyJoinAtOnceAndAllHearAllTen() throws IOException, InterruptedException {
        Shape shape = Shape.parse("audio10x50").orElseThrow();
        try (Session session = new Session(server.asServer(), new Session.Settings(10_000, 16, 1, null), _ -> {})) {
            Call call = session.open(shape, 1);

            Window window = session.measure(call, WINDOW);

            assertThat(call.progress()).isEqualTo(new Call.Progress(60, 60, 500, 500));
            assertThat(window.received().corrupt).isZero();
            session.end(call);
        }
    }

    @Test
    void packetsThatAreNotCheckedAreCountedAllTheSame() throws IOException, InterruptedException {
        Window window = measure(Shape.parse("audio2x3").orElseThrow(), 4, 1);

        assertThat(window.received().checked).isBetween(1L, window.received().received / 3);
        assertThat(window.clean()).as("%s", window).isTrue();
    }

    @Test
    void theServersCostIsSeen() throws IOException, InterruptedException {
        Window window = measure(Shape.parse("1x3").orElseThrow(), 1, 8);

        assertThat(window.serverMicros().orElse(0)).isPositive();
        assertThat(window.allocatedBytes()).isPresent();
        assertThat(window.residentBytes()).isPositive();
        assertThat(window.generatorShare()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1x3", "audio2x3", ServedByTributary.ENCRYPTED_SHAPE})
    void everyEncryptedFrameOpensAtTheOtherEnd(String form) throws IOException, InterruptedException {
        Shape shape = Shape.parse(form).orElseThrow();

        Window window = measure(shape, new Session.Settings(20, 1, ENCRYPTED_SEED, FrameKeys.of("secret")), 1);

        assertThat(window.received().frames).isPositive();
        assertThat(window.received().latency.getTotalCount()).isEqualTo(window.received().frames);
        assertThat(window.clean()).as("%s", window).isTrue();
    }

    @Test
    void someEncryptedFramesCanBeCheckedInsteadOfAll() throws IOException, InterruptedException {
        Shape shape = Shape.parse("1x3").orElseThrow();

        Window window = measure(shape, new Session.Settings(20, 4, ENCRYPTED_SEED, FrameKeys.of("secret")), 1);

        // Three times 80 frames a second; a busy machine may do with fewer.
        assertThat(window.received().frames).isBetween(10L, 3 * 80 * 2 / 4 + 50L);
        assertThat(window.received().checked).isLessThan(window.received().received / 2);
        assertThat(window.clean()).as("%s", window).isTrue();
    }

    @Test
    void framesUnderAnotherKeyAreCounted() throws IOException, InterruptedException {
        FrameKeys keys = new FrameKeys(KeyRatchet.ofKey(new byte[] {1}), KeyRatchet.ofKey(new byte[] {2}));

        Window window = measure(Shape.parse("1x3").orElseThrow(), new Session.Settings(20, 1, ENCRYPTED_SEED, keys), 1);

        assertThat(window.received().sealed).isPositive();
        assertThat(window.received().frames).isZero();
        assertThat(window.received().missing).isZero();
        assertThat(window.clean()).isFalse();
        assertThat(Report.warnings(List.of(window))).contains(window.received().sealed + " frames that would not open");
    }

    @Test
    void whatIsNotEncryptedIsRefusedWhereItMustBe() {
        Shape shape = Shape.parse(ServedByTributary.ENCRYPTED_SHAPE).orElseThrow();

        assertThatThrownBy(() -> measure(shape, 1, 1))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("NOT_ALLOWED");
    }

    @Test
    void memoryIsReadAfterACollection() throws IOException, InterruptedException {
        ServerMemory memory = server.asServer().memory();

        ServerMemory.Reading reading = memory.read();

        assertThat(reading.residentBytes()).isGreaterThan(reading.heapBytes());
        assertThat(reading.heapBytes()).isPositive();
    }

    @Test
    void aWrongSecretIsAnErrorInOneSentence() {
        var err = new StringWriter();

        int status = LoadTest.run(
                new PrintWriter(new StringWriter()),
                new PrintWriter(err),
                "measure",
                "1x1",
                "--url",
                server.url(),
                "--api-secret",
                "another-secret-of-forty-characters-0123456");

        assertThat(status).isEqualTo(1);
        assertThat(err.toString()).contains("error: ").contains("HTTP 401");
    }

    @Test
    void aTableIsPrintedForAShape() {
        var out = new StringWriter();

        int status = LoadTest.run(
                new PrintWriter(out),
                new PrintWriter(new StringWriter()),
                "measure",
                "audio1x2",
                "--url",
                server.url(),
                "--api-secret",
                ServedByTributary.SECRET,
                "--warm-up",
                "0",
                "--seconds",
                "1",
                "--e2ee=secret",
                "--seed",
                Integer.toString(ENCRYPTED_SEED),
                "--label",
                "ours");

        assertThat(status).isZero();
        assertThat(out.toString().lines()).hasSize(3);
        assertThat(out.toString()).contains("| ours | audio1x2 |");
    }

    @Test
    void anAddressThatNobodyAllowedIsNotLoaded() {
        assertThatThrownBy(() -> Target.of(URI.create("ws://192.0.2.1:7880"), Set.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("--allow-remote 192.0.2.1");
    }

    @Test
    void anAddressOfNoWebSocketIsRefusedWithAnExample() {
        assertThatThrownBy(() -> Target.of(URI.create("http://127.0.0.1:7880"), Set.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ws://127.0.0.1:7880");
    }

    private static Window measure(Shape shape, int verifyEvery, double rate) throws IOException, InterruptedException {
        return measure(shape, new Session.Settings(20, verifyEvery, 1, null), rate);
    }

    private static Window measure(Shape shape, Session.Settings settings, double rate)
            throws IOException, InterruptedException {
        try (Session session = new Session(server.asServer(), settings, line -> {})) {
            Call call = session.open(shape, rate);
            Window window = session.measure(call, WINDOW);
            session.end(call);
            return window;
        }
    }
}
