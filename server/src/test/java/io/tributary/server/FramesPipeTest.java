package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `tributary frames pipe`: ann encrypts in one, bob decrypts in another.
class FramesPipeTest {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String FRAME = "310203040506";
    private static final String ANN_KEY = "{'do':'key','index':3,'key':'00112233445566778899aabbccddeeff'}";
    private static final String KEY_OF_ANN = ANN_KEY.replace("'index'", "'of':'ann','index'");
    private static final String ENCRYPT =
            "{'do':'encrypt','id':7,'codec':'vp8','ssrc':4026531841,'timestamp':90000,'frame':'" + FRAME + "'}";

    private final FramesPipe ann = new FramesPipe(new Random(1));
    private final FramesPipe bob = new FramesPipe(new Random(2));

    @Test
    void opensWhatTheOtherSealedAndSaysWithWhichKey() throws IOException {
        List<JsonNode> sealed = ask(ann, ANN_KEY, ENCRYPT);

        JsonNode opened = ask(bob, KEY_OF_ANN, decrypt(sealed.get(1))).get(1);

        assertThat(sealed.get(1).get("id").asInt()).isEqualTo(7);
        assertThat(opened.get("frame").asString()).isEqualTo(FRAME);
        assertThat(opened.get("keyIndex").asInt()).isEqualTo(3);
        assertThat(opened.get("step").asInt()).isZero();
    }

    @Test
    void followsARatchetAndSaysHowFar() throws IOException {
        List<JsonNode> sealed = ask(ann, ANN_KEY, "{'do':'ratchet'}", "{'do':'ratchet'}", ENCRYPT);

        JsonNode opened = ask(bob, KEY_OF_ANN, decrypt(sealed.get(3))).get(1);

        assertThat(sealed.get(2).get("step").asInt()).isEqualTo(2);
        assertThat(opened.get("frame").asString()).isEqualTo(FRAME);
        assertThat(opened.get("step").asInt()).isEqualTo(2);
    }

    @Test
    void refusesWhatItHasNoKeyFor() throws IOException {
        JsonNode sealed = ask(ann, ANN_KEY, ENCRYPT).get(1);

        List<JsonNode> answers =
                ask(bob, decrypt(sealed), "{'do':'key','of':'ann','index':3,'key':'01'}", decrypt(sealed));

        assertThat(answers.get(0).get("refused").asString()).isEqualTo("UNKNOWN_KEY");
        assertThat(answers.get(2).get("refused").asString()).isEqualTo("NOT_AUTHENTIC");
        assertThat(answers).noneMatch(answer -> answer.has("frame"));
    }

    @Test
    void letsTheServersBlankFramesThroughOnceItKnowsTheirMark() throws IOException {
        String silence = "f8fffe" + "00".repeat(77);
        String blank = "{'do':'decrypt','of':'ann','codec':'opus','frame':'" + silence + "c0ffee'}";

        List<JsonNode> answers = ask(bob, KEY_OF_ANN, blank, "{'do':'sifTrailer','trailer':'c0ffee'}", blank);

        assertThat(answers.get(1).has("frame")).isFalse();
        assertThat(answers.get(3).get("frame").asString()).isEqualTo(silence);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "[]",
                "{'do':'guess'}",
                "{'do':'ratchet'}",
                "{'do':'key'}",
                "{'do':'key','passphrase':'a','key':'00'}",
                "{'do':'key','index':256,'passphrase':'a'}",
                "{'do':'key','key':'0g'}",
                "{'do':'encrypt','codec':'vp8','frame':'00'}",
                "{'do':'encrypt','codec':'mp3','frame':'00'}",
                "{'do':'decrypt','of':'ann','codec':'vp8','frame':'0'}",
            })
    void saysWhatIsWrongWithARequestAndGoesOn(String request) throws IOException {
        List<JsonNode> answers = ask(ann, request, ANN_KEY, ENCRYPT);

        assertThat(answers.getFirst().path("problem").asString("")).isNotBlank();
        assertThat(answers.getLast().has("frame")).isTrue();
    }

    private static String decrypt(JsonNode sealed) {
        return "{'do':'decrypt','of':'ann','codec':'vp8','frame':'"
                + sealed.get("frame").asString() + "'}";
    }

    private static List<JsonNode> ask(FramesPipe pipe, String... requests) throws IOException {
        StringWriter out = new StringWriter();
        String lines = String.join("\n", requests).replace('\'', '"');
        pipe.run(new BufferedReader(new StringReader(lines)), new PrintWriter(out));
        List<JsonNode> answers = new ArrayList<>();
        out.toString().lines().forEach(line -> answers.add(JSON.readTree(line)));
        assertThat(answers).hasSameSizeAs(requests);
        return answers;
    }
}
