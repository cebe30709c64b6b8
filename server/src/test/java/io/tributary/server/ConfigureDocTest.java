package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// The manual's table of keys is [ConfigKeys] and nothing else. `-Dtributary.docs.write=true` writes it.
class ConfigureDocTest {
    private static final Path PAGE = Repository.ROOT.resolve("docs/operations/configure.md");
    private static final Pattern TABLE = Pattern.compile("(?s)(?<=<!-- keys -->\n).*?(?=<!-- /keys -->)");
    private static final Pattern EXAMPLE = Pattern.compile("(?s)```yaml\n(.*?)```");

    @Test
    void theManualListsTheKeysThatAreRead() throws IOException {
        String page = Files.readString(PAGE);
        String written = TABLE.matcher(page).replaceFirst(Matcher.quoteReplacement(table()));
        if (Boolean.getBoolean("tributary.docs.write")) {
            Files.writeString(PAGE, written);
            return;
        }
        assertThat(page)
                .as("run this test with -Dtributary.docs.write=true and look at what changed")
                .isEqualTo(written);
    }

    @Test
    void theManualsExampleIsAccepted() throws Exception {
        Matcher example = EXAMPLE.matcher(Files.readString(PAGE));
        assertThat(example.find()).isTrue();
        String yaml =
                example.group(1).replaceAll("key_file: .*", "keys: {one: 'a-secret-of-forty-characters-0123456789a'}");

        assertThat(ConfigReader.read(yaml, Map.of(), false).warnings()).isEmpty();
    }

    private static String table() {
        StringBuilder table = new StringBuilder("| Key | Allowed | Without it | |\n|---|---|---|---|\n");
        for (ConfigKey key : ConfigKeys.ALL) {
            table.append("| `")
                    .append(key.path())
                    .append("` | ")
                    .append(key.allowed())
                    .append(" | ")
                    .append(key.initial())
                    .append(" | ")
                    .append(key.meaning())
                    .append(" |\n");
        }
        return table.toString();
    }
}
