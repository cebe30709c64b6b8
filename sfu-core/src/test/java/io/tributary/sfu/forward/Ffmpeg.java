package io.tributary.sfu.forward;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.tributary.transport.rtp.Codec;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// Decodes pictures with the decoders that players have: libvpx, dav1d and ffmpeg's own of H.264.
final class Ffmpeg {
    private static final boolean IS_HERE = Stream.of(
                    System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "ffmpeg")));

    private Ffmpeg() {}

    /// Skips the test where there is no ffmpeg, unless `CI=true` promises one.
    static void assumeIsHere() {
        assumeTrue(IS_HERE || "true".equals(System.getenv("CI")), "no ffmpeg here");
    }

    /// A hash of each decoded picture. Throws when the decoder has anything to complain about.
    static List<String> decode(Codec codec, List<byte[]> pictures) {
        try {
            Path file = Files.createTempFile("golden", codec == Codec.H264 ? ".h264" : ".ivf");
            try {
                Files.write(file, codec == Codec.H264 ? joined(pictures) : ivf(codec, pictures));
                return run(codec, file);
            } finally {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> run(Codec codec, Path file) throws IOException {
        String decoder = switch (codec) {
            case VP8 -> "libvpx";
            case VP9 -> "libvpx-vp9";
            case AV1 -> "libdav1d";
            case H264 -> "h264";
            case OPUS, H265 -> throw new IllegalArgumentException("not recorded: " + codec);
        };
        Path complaints = Files.createTempFile("golden", ".log");
        try {
            // One size may follow another: none is scaled to the first, no picture is repeated or left out.
            Process process = new ProcessBuilder(Stream.of(
                                    "ffmpeg -nostdin -v error -threads 1 -c:v " + decoder + " -i",
                                    file.toString(),
                                    "-autoscale 0 -fps_mode passthrough -f framemd5 -")
                            .flatMap(part -> Stream.of(part.split(" ", -1)))
                            .toList())
                    .redirectError(complaints.toFile())
                    .start();
            String hashes = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            int status = process.onExit().join().exitValue();
            String said = Files.readString(complaints);
            if (status != 0 || !said.isEmpty()) {
                throw new AssertionError(decoder + " ended with " + status + ": " + said);
            }
            return hashes.lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.substring(line.lastIndexOf(',') + 1).strip())
                    .toList();
        } finally {
            Files.delete(complaints);
        }
    }

    private static byte[] joined(List<byte[]> pictures) {
        var out = new ByteArrayOutputStream();
        pictures.forEach(out::writeBytes);
        return out.toByteArray();
    }

    /// The simplest file that has pictures one by one: a header of 32 bytes, then each behind its length and time.
    private static byte[] ivf(Codec codec, List<byte[]> pictures) {
        String fourCc = codec == Codec.AV1 ? "AV01" : codec.encodingName() + "0";
        var out = new ByteArrayOutputStream();
        out.writeBytes(ByteBuffer.allocate(32)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put("DKIF".getBytes(StandardCharsets.US_ASCII))
                .putShort((short) 0)
                .putShort((short) 32)
                .put(fourCc.getBytes(StandardCharsets.US_ASCII))
                .putShort((short) 960)
                .putShort((short) 540)
                .putInt(30)
                .putInt(1)
                .putInt(pictures.size())
                .array());
        for (int i = 0; i < pictures.size(); i++) {
            out.writeBytes(ByteBuffer.allocate(12)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(pictures.get(i).length)
                    .putLong(i)
                    .array());
            out.writeBytes(pictures.get(i));
        }
        return out.toByteArray();
    }
}
