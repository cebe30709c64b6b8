package io.tributary.server;

import io.tributary.frames.FrameCodec;
import io.tributary.frames.KeyRatchet;
import io.tributary.frames.KeyRing;
import io.tributary.frames.LiveKitReceiver;
import io.tributary.frames.LiveKitSender;
import io.tributary.frames.LiveKitTrailer;
import io.tributary.frames.Opened;
import io.tributary.frames.Opened.Plain;
import io.tributary.frames.Opened.Refused;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.random.RandomGenerator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The cryptography of one LiveKit client for whoever has frames but no cryptography of their own to trust yet: a
/// request a line, an answer a line, in order. It keeps what a client keeps: a ring of keys for itself and for each
/// other participant, how far they have ratcheted, and how often they failed.
///
/// One thread. A request that makes no sense is answered with `problem` and changes nothing.
final class FramesPipe {
    /// As many participants as nobody calls at once; a mistake in a loop ends here.
    private static final int MAX_PARTICIPANTS = 1024;

    private static final JsonMapper JSON = new JsonMapper();

    private static final class Participant {
        final KeyRing keys = new KeyRing(KeyRing.MAX_SIZE);
        LiveKitReceiver receiver;

        Participant(byte[] sifTrailer) {
            receiver = new LiveKitReceiver(keys, sifTrailer);
        }
    }

    private final KeyRing own = new KeyRing(KeyRing.MAX_SIZE);
    private final LiveKitSender sender;
    private final Map<String, Participant> others = new HashMap<>();
    private byte[] sifTrailer = new byte[0];

    /// @param random where the counts of frames begin
    FramesPipe(RandomGenerator random) {
        sender = new LiveKitSender(own, random);
    }

    /// Answers until there is nothing more to read.
    void run(BufferedReader requests, PrintWriter answers) throws IOException {
        for (String line = requests.readLine(); line != null; line = requests.readLine()) {
            if (!line.isBlank()) {
                answers.println(answer(line));
                answers.flush();
            }
        }
    }

    private String answer(String line) {
        ObjectNode answer = JSON.createObjectNode();
        try {
            JsonNode request = JSON.readTree(line);
            if (request.has("id")) {
                answer.set("id", request.get("id"));
            }
            answer(request, answer);
        } catch (JacksonException e) {
            answer.put("problem", "a request is a JSON object on a line of its own");
        } catch (IllegalArgumentException e) {
            answer.put("problem", e.getMessage());
        }
        return answer.toString();
    }

    private void answer(JsonNode request, ObjectNode answer) {
        String what = request.path("do").asString("");
        switch (what) {
            case "key" -> setKey(request);
            case "ratchet" -> ratchet(answer);
            case "sifTrailer" -> mark(bytes(request, "trailer"));
            case "encrypt" -> encrypt(request, answer);
            case "decrypt" -> decrypt(request, answer);
            default ->
                throw new IllegalArgumentException(
                        "do: key, ratchet, encrypt, decrypt or sifTrailer, not '" + what + "'");
        }
    }

    private void setKey(JsonNode request) {
        int index = request.path("index").asInt(0);
        if (index < 0 || index >= KeyRing.MAX_SIZE) {
            throw new IllegalArgumentException("index: 0 to " + (KeyRing.MAX_SIZE - 1));
        }
        if (request.has("passphrase") == request.has("key")) {
            throw new IllegalArgumentException("a key is a passphrase, or the bytes of a key in hex");
        }
        KeyRatchet key = request.has("key")
                ? KeyRatchet.ofKey(bytes(request, "key"))
                : KeyRatchet.ofPassphrase(request.path("passphrase").asString(""));
        (request.has("of") ? other(request).keys : own).set(index, key);
    }

    private void ratchet(ObjectNode answer) {
        if (!own.ratchet()) {
            throw new IllegalArgumentException("there is no key to ratchet");
        }
        answer.put("keyIndex", own.current());
        answer.put("step", own.step(own.current()));
    }

    private void mark(byte[] trailer) {
        sifTrailer = trailer;
        others.values().forEach(other -> other.receiver = new LiveKitReceiver(other.keys, trailer));
    }

    private void encrypt(JsonNode request, ObjectNode answer) {
        byte[] sealed = sender.seal(
                        codec(request),
                        request.path("keyFrame").asBoolean(false),
                        bytes(request, "frame"),
                        (int) request.path("ssrc").asLong(0),
                        request.path("timestamp").asLong(0))
                .orElseThrow(() -> new IllegalArgumentException("there is no key to encrypt with"));
        answer.put("frame", HexFormat.of().formatHex(sealed));
        answer.put("keyIndex", own.current());
        answer.put("step", own.step(own.current()));
    }

    private void decrypt(JsonNode request, ObjectNode answer) {
        FrameCodec codec = codec(request);
        boolean keyFrame = request.path("keyFrame").asBoolean(false);
        byte[] received = bytes(request, "frame");
        Participant from = other(request);
        Opened opened = from.receiver.open(codec, keyFrame, received);
        switch (opened) {
            case Plain(byte[] plain) -> answer.put("frame", HexFormat.of().formatHex(plain));
            case Refused(Opened.Refusal why) -> answer.put("refused", why.name());
        }
        LiveKitTrailer.find(codec, keyFrame, received).ifPresent(trailer -> {
            answer.put("keyIndex", trailer.keyIndex());
            answer.put("step", from.keys.step(trailer.keyIndex()));
        });
    }

    private Participant other(JsonNode request) {
        String identity = request.path("of").asString("");
        Participant known = others.get(identity);
        if (known == null) {
            if (others.size() >= MAX_PARTICIPANTS) {
                throw new IllegalArgumentException("of: no more than " + MAX_PARTICIPANTS + " participants");
            }
            known = new Participant(sifTrailer);
            others.put(identity, known);
        }
        return known;
    }

    private static FrameCodec codec(JsonNode request) {
        try {
            return FrameCodec.valueOf(request.path("codec").asString("").toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("codec: opus, vp8, vp9, h264, h265, av1 or other", e);
        }
    }

    private static byte[] bytes(JsonNode request, String field) {
        try {
            return HexFormat.of().parseHex(request.path(field).asString(""));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(field + " is not written in hex", e);
        }
    }
}
