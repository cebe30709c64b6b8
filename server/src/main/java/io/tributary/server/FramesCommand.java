package io.tributary.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tributary.frames.ClearPrefix;
import io.tributary.frames.FrameCodec;
import io.tributary.frames.KeyRatchet;
import io.tributary.frames.KeyRing;
import io.tributary.frames.LiveKitReceiver;
import io.tributary.frames.LiveKitSender;
import io.tributary.frames.LiveKitTrailer;
import io.tributary.frames.Opened;
import io.tributary.frames.Opened.Plain;
import io.tributary.frames.Opened.Refused;
import io.tributary.frames.SFrameCipher;
import io.tributary.frames.SFrameHeader;
import io.tributary.frames.SFrameSuite;
import io.tributary.frames.SFrameSuites;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Encrypted frames by hand, for people who write clients. Keys given here stay here: the server itself has none.
@Command(
        name = "frames",
        description = "Encrypts, decrypts or takes apart one end-to-end encrypted frame, given in hex.",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "For example:",
            "  tributary frames encrypt --format livekit --codec opus --passphrase secret f8fffe",
            "  tributary frames inspect --format sframe 9901234567000000c8"
        })
final class FramesCommand implements Runnable {
    private enum Format {
        LIVEKIT,
        SFRAME
    }

    private final SecureRandom random;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    /// @param random where a LiveKit sender's count of frames begins
    FramesCommand(SecureRandom random) {
        this.random = random;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "encrypt, decrypt, inspect or pipe?");
    }

    @Command(description = "Prints the frame as a client would send it.", mixinStandardHelpOptions = true)
    int encrypt(
            @Mixin FrameOptions options,
            @ArgGroup(exclusive = true, multiplicity = "1") KeyOptions key,
            @Option(names = "--counter", description = "SFrame: ${DEFAULT-VALUE} unless given", defaultValue = "0")
                    long counter,
            @Option(names = "--ssrc", description = "LiveKit: the sender's SSRC", defaultValue = "1") long ssrc,
            @Option(names = "--timestamp", description = "LiveKit: the frame's RTP timestamp", defaultValue = "0")
                    long timestampTicks) {
        byte[] frame = options.frame();
        byte[] sealed = switch (options.format) {
            case SFRAME -> options.sframe(key).seal(counter, options.metadata(), frame);
            case LIVEKIT ->
                new LiveKitSender(options.ring(key), random)
                        .seal(options.codec, options.keyFrame, frame, (int) ssrc, timestampTicks)
                        .orElseThrow();
        };
        return options.print(HexFormat.of().formatHex(sealed));
    }

    @Command(
            description = "Prints the frame as the encoder made it; exits with 1 and the reason when it does not open.",
            mixinStandardHelpOptions = true)
    int decrypt(@Mixin FrameOptions options, @ArgGroup(exclusive = true, multiplicity = "1") KeyOptions key) {
        byte[] frame = options.frame();
        Opened opened = switch (options.format) {
            case SFRAME -> options.sframe(key).open(options.metadata(), frame);
            case LIVEKIT ->
                new LiveKitReceiver(options.ring(key), new byte[0]).open(options.codec, options.keyFrame, frame);
        };
        return switch (opened) {
            case Plain(byte[] plain) -> options.print(HexFormat.of().formatHex(plain));
            case Refused(Opened.Refusal why) -> options.refuse(why);
        };
    }

    @Command(description = "Prints what anybody can read of the frame without a key.", mixinStandardHelpOptions = true)
    int inspect(@Mixin FrameOptions options) {
        byte[] frame = options.frame();
        return switch (options.format) {
            case SFRAME -> inspectSFrame(options, frame);
            case LIVEKIT -> inspectLiveKit(options, frame);
        };
    }

    private static int inspectSFrame(FrameOptions options, byte[] frame) {
        SFrameHeader header = SFrameHeader.parse(frame).orElse(null);
        if (header == null) {
            return options.refuse(Opened.Refusal.MALFORMED);
        }
        options.print("key id: " + Long.toUnsignedString(header.keyId()));
        options.print("counter: " + Long.toUnsignedString(header.counter()));
        options.print("header: " + header.sizeBytes() + " bytes");
        return options.print("ciphertext and tag: " + (frame.length - header.sizeBytes()) + " bytes");
    }

    private static int inspectLiveKit(FrameOptions options, byte[] frame) {
        ClearPrefix prefix = ClearPrefix.ofLiveKit(options.codec, options.keyFrame, frame);
        LiveKitTrailer trailer =
                LiveKitTrailer.find(options.codec, options.keyFrame, frame).orElse(null);
        options.print("in the clear: " + prefix.sizeBytes() + " bytes"
                + (prefix.escaped() ? ", the rest with emulation prevention" : ""));
        if (trailer == null) {
            options.print("no trailer: not encrypted");
            return CommandLine.ExitCode.SOFTWARE;
        }
        ByteBuffer iv = ByteBuffer.wrap(trailer.iv());
        options.print("key index: " + trailer.keyIndex());
        options.print("IV: " + HexFormat.of().formatHex(trailer.iv()));
        options.print("sender's SSRC: " + Integer.toUnsignedString(iv.getInt()));
        return options.print("sender's RTP timestamp: " + Integer.toUnsignedString(iv.getInt()));
    }

    @Command(
            description = {
                "Encrypts and decrypts LiveKit frames as one client with its keys: reads a request a line, a JSON object, and"
                        + " answers each with a line.",
                "",
                "Requests, in any order; what has an id is answered with it:",
                "  {\"do\":\"key\", \"of\":\"ann\", \"index\":3, \"passphrase\":\"secret\"}   or \"key\":\"HEX\"; without \"of\" our own",
                "  {\"do\":\"ratchet\"}",
                "  {\"do\":\"encrypt\", \"codec\":\"vp8\", \"keyFrame\":true, \"ssrc\":1, \"timestamp\":90000, \"frame\":\"HEX\"}",
                "  {\"do\":\"decrypt\", \"of\":\"ann\", \"codec\":\"opus\", \"frame\":\"HEX\"}",
                "  {\"do\":\"sifTrailer\", \"trailer\":\"HEX\"}   what the server said marks its own frames"
            },
            mixinStandardHelpOptions = true)
    int pipe() throws IOException {
        new FramesPipe(random)
                .run(
                        new BufferedReader(new InputStreamReader(System.in, UTF_8)),
                        spec.commandLine().getOut());
        return CommandLine.ExitCode.OK;
    }

    /// One of two ways to say the same key.
    static final class KeyOptions {
        @Option(names = "--key", paramLabel = "HEX", description = "the key's bytes, as clients exchange them")
        private @Nullable String key;

        @Option(names = "--passphrase", paramLabel = "TEXT", description = "LiveKit: a shared passphrase")
        private @Nullable String passphrase;
    }

    static final class FrameOptions {
        @Option(names = "--format", required = true, description = "${COMPLETION-CANDIDATES}, in any case")
        private Format format = Format.LIVEKIT;

        @Option(
                names = "--codec",
                description = "LiveKit: decides what stays in the clear; ${COMPLETION-CANDIDATES} (${DEFAULT-VALUE})",
                defaultValue = "VP8")
        private FrameCodec codec = FrameCodec.VP8;

        @Option(names = "--key-frame", description = "LiveKit: the frame is a key frame")
        private boolean keyFrame;

        @Option(
                names = {"--key-index", "--key-id"},
                paramLabel = "N",
                description = "LiveKit: 0 to 255; SFrame: unsigned (${DEFAULT-VALUE})",
                defaultValue = "0")
        private String keyId = "0";

        @Option(
                names = "--suite",
                paramLabel = "NAME",
                description = "SFrame: the cipher suite (${DEFAULT-VALUE})",
                defaultValue = "AES_128_GCM_SHA256_128")
        private String suite = "";

        @Option(names = "--metadata", paramLabel = "HEX", description = "SFrame: authenticated beside the frame")
        private String metadata = "";

        @Parameters(index = "0", paramLabel = "FRAME", description = "in hex; blanks and colons are ignored")
        private String hex = "";

        @Spec(Spec.Target.MIXEE)
        @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
        private CommandSpec spec;

        byte[] frame() {
            return bytes("the frame", hex);
        }

        byte[] metadata() {
            return bytes("--metadata", metadata);
        }

        SFrameCipher sframe(KeyOptions key) {
            SFrameSuite found = SFrameSuites.rfc9605()
                    .find(suite.toUpperCase(Locale.ROOT))
                    .orElseThrow(() -> problem("--suite: there is no " + suite + "; there are "
                            + SFrameSuites.rfc9605().all().stream()
                                    .map(SFrameSuite::name)
                                    .collect(Collectors.joining(", "))));
            if (key.key == null) {
                throw problem("SFrame's base keys are bytes: --key, not --passphrase");
            }
            try {
                return new SFrameCipher(found, Long.parseUnsignedLong(keyId), bytes("--key", key.key));
            } catch (NumberFormatException e) {
                throw problem("--key-id: " + keyId + " is no number of 64 bits");
            }
        }

        KeyRing ring(KeyOptions key) {
            KeyRing ring = new KeyRing(KeyRing.MAX_SIZE);
            ring.set(
                    keyIndex(),
                    key.key == null
                            ? KeyRatchet.ofPassphrase(String.valueOf(key.passphrase))
                            : KeyRatchet.ofKey(bytes("--key", key.key)));
            return ring;
        }

        int print(String line) {
            spec.commandLine().getOut().println(line);
            spec.commandLine().getOut().flush();
            return CommandLine.ExitCode.OK;
        }

        int refuse(Opened.Refusal why) {
            String reason = switch (why) {
                case MALFORMED -> "no frame of this format: its header or trailer is missing or cut off";
                case UNKNOWN_KEY -> "it names another key id or index than the one given";
                case NOT_AUTHENTIC -> "its tag is wrong: another key, codec or metadata, or changed bytes";
                case REPLAYED -> "its counter was seen before";
                case KEY_GIVEN_UP -> "its key failed too often";
                case UNKNOWN_INJECTION -> "marked as the server's, but none of the frames a server sends";
            };
            spec.commandLine().getErr().println("error: " + reason);
            return CommandLine.ExitCode.SOFTWARE;
        }

        private int keyIndex() {
            try {
                int index = Integer.parseInt(keyId);
                if (index >= 0 && index < KeyRing.MAX_SIZE) {
                    return index;
                }
            } catch (NumberFormatException e) {
                // Told below, like any other wrong index.
            }
            throw problem("--key-index: " + keyId + " is not 0 to " + (KeyRing.MAX_SIZE - 1));
        }

        private byte[] bytes(String what, String text) {
            try {
                return HexFormat.of().parseHex(text.replaceAll("[\\s:]", ""));
            } catch (IllegalArgumentException e) {
                throw problem(what + " is not written in hex: " + e.getMessage());
            }
        }

        private ParameterException problem(String text) {
            return new ParameterException(spec.commandLine(), text);
        }
    }
}
