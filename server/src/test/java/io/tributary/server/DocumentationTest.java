package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/// What is written for people names things that exist.
class DocumentationTest {
    /// `TrackSource`, `TrackSource`s, `PublishedTrack.onRtp`; not `ParticipantInfo`s of the wire, see below.
    private static final Pattern TYPE = Pattern.compile("`([A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]*)+)(?:\\.[a-z]\\w*)?`");

    /// Types of one word, which would otherwise be taken for prose, are looked for where they are sure to be meant.
    private static final Pattern TYPE_OF_ARCHITECTURE = Pattern.compile("`([A-Z][a-z][A-Za-z0-9]*)(?:\\.[a-z]\\w*)?`");

    /// LiveKit's messages, the wire's words.
    private static final Set<String> OF_THE_WIRE =
            Set.of("SignalRequest", "SignalResponse", "ParticipantInfo", "TrackInfo");

    private static final Pattern RUN_TEST = Pattern.compile("-Dtest='?(\\w+)");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(#[^)]*)?\\)");

    @Test
    void everyTypeNamedInADocumentExists() throws IOException {
        Set<String> types = new TreeSet<>(Repository.types());
        List<String> missing = new ArrayList<>();
        for (Path page : Repository.pages()) {
            Pattern pattern = page.endsWith("docs/architecture.md") ? TYPE_OF_ARCHITECTURE : TYPE;
            Matcher named = pattern.matcher(Files.readString(page));
            while (named.find()) {
                if (!types.contains(named.group(1)) && !OF_THE_WIRE.contains(named.group(1))) {
                    missing.add(Repository.ROOT.relativize(page) + " names " + named.group(1));
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void everyTestThatACommandRunsExists() throws IOException {
        Set<String> types = new TreeSet<>(Repository.types());
        List<String> missing = new ArrayList<>();
        for (Path page : Repository.pages()) {
            Matcher run = RUN_TEST.matcher(Files.readString(page));
            while (run.find()) {
                if (!types.contains(run.group(1))) {
                    missing.add(Repository.ROOT.relativize(page) + " runs " + run.group(1));
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void theArchitectureNamesTypes() throws IOException {
        // The test above would pass on a page without any.
        String page = Files.readString(Repository.ROOT.resolve("docs/architecture.md"));

        assertThat(TYPE_OF_ARCHITECTURE.matcher(page).results()).hasSizeGreaterThan(40);
    }

    @Test
    void everyLinkLeadsSomewhere() throws IOException {
        List<String> broken = new ArrayList<>();
        for (Path page : Repository.pages()) {
            Matcher link = LINK.matcher(Files.readString(page));
            while (link.find()) {
                if (!Files.exists(page.resolveSibling(link.group(1)))) {
                    broken.add(Repository.ROOT.relativize(page) + " links to " + link.group(1));
                }
            }
        }
        assertThat(broken).isEmpty();
    }
}
