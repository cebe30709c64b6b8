package io.tributary.transport.sdp;

import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.ice.IceCredentials;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads session descriptions from strangers: never throws, and its work is bounded by [#MAX_CHARS].
///
/// Strict where a misread line would connect the wrong things (m-lines, mids, credentials, fingerprints, numbers);
/// lines it has no word for are dropped, for clients write many.
public final class SdpReader {
    /// A single-PeerConnection offer of today's Chromium costs 3 kB an m-line: room for 340 of those.
    public static final int MAX_CHARS = 1 << 20;

    /// One audio and one video line for 250 people. Payload lists grow with each, so this keeps answers sendable, too.
    public static final int MAX_SECTIONS = 512;

    /// Chromium's fullest video section has 190 lines, candidates of a many-homed host add some dozens.
    public static final int MAX_LINES_PER_SECTION = 2048;

    private static final int SHORTEST_UFRAG = 4; // RFC 8839 §5.4
    private static final int SHORTEST_PWD = 22;
    private static final int LONGEST_CREDENTIAL = 256;

    /// What became of a text.
    public sealed interface Result {}

    /// A description; nothing in it has been judged yet.
    public record Parsed(SessionDescription description) implements Result {}

    /// Not a description we can work with.
    ///
    /// @param reason for logs and for the client's developer; holds nothing of the text but attribute names
    public record Malformed(String reason) implements Result {}

    private final String text;
    private final List<MediaSection> sections = new ArrayList<>();
    private final Set<String> mids = new HashSet<>();
    private final TransportAttributes sessionTransport = new TransportAttributes();
    private SessionDescription.@Nullable Builder session;
    private @Nullable SectionReader section;
    private @Nullable String fault;
    private boolean begun;
    private int lines;

    private SdpReader(String text) {
        this.text = text;
    }

    public static Result read(String text) {
        if (text.length() > MAX_CHARS) {
            return new Malformed("longer than " + MAX_CHARS + " characters");
        }
        return new SdpReader(text).read();
    }

    private Result read() {
        for (int from = 0; from < text.length() && fault == null; ) {
            int newline = text.indexOf('\n', from);
            int end = newline < 0 ? text.length() : newline;
            int to = end > from && text.charAt(end - 1) == '\r' ? end - 1 : end;
            if (to > from) {
                line(text.substring(from, to));
            }
            from = end + 1;
        }
        if (fault == null) {
            endSection();
        }
        if (fault == null && session == null) {
            fault = "no o= line";
        }
        String found = fault;
        if (found != null || session == null) {
            return new Malformed(found == null ? "empty" : found);
        }
        session.fingerprints(sessionTransport.fingerprints);
        session.iceOptions(sessionTransport.iceOptions);
        if (sessionTransport.setup != null) {
            session.setup(sessionTransport.setup);
        }
        String badCredentials = sessionTransport.credentialFault();
        if (badCredentials != null) {
            return new Malformed(badCredentials);
        }
        IceCredentials credentials = sessionTransport.credentials();
        if (credentials != null) {
            session.iceCredentials(credentials);
        }
        return new Parsed(session.sections(sections).build());
    }

    private void line(String line) {
        if (line.length() < 2 || line.charAt(1) != '=' || line.indexOf('\r') >= 0 || line.indexOf('\0') >= 0) {
            fault = "a line that is not type=value";
            return;
        }
        if (!begun) {
            begun = true;
            fault = line.equals("v=0") ? null : "does not begin with v=0";
            return;
        }
        if (++lines > MAX_LINES_PER_SECTION) {
            fault = "a section of more than " + MAX_LINES_PER_SECTION + " lines";
            return;
        }
        String value = line.substring(2);
        switch (line.charAt(0)) {
            case 'o' -> origin(value);
            case 'm' -> beginSection(value);
            case 'a' -> attribute(value);
            default -> {
                // s=, t=, c=, b= and the rest carry nothing for us.
            }
        }
    }

    private void origin(String value) {
        String[] words = value.split(" ", -1);
        if (session != null || section != null || words.length != 6) {
            fault = "bad o= line";
            return;
        }
        long version = number(words[2], Long.MAX_VALUE);
        if (!digits(words[1]) || version < 0) {
            fault = "bad o= line";
            return;
        }
        session = SessionDescription.builder(words[1], version);
    }

    private void beginSection(String value) {
        endSection();
        if (fault != null) {
            return;
        }
        if (sections.size() == MAX_SECTIONS) {
            fault = "more than " + MAX_SECTIONS + " m-lines";
            return;
        }
        lines = 0;
        SectionReader next = new SectionReader();
        fault = next.begin(value);
        section = next;
    }

    private void endSection() {
        if (section == null) {
            return;
        }
        MediaSection read = section.end();
        fault = section.fault();
        if (read != null) {
            if (mids.add(read.mid())) {
                sections.add(read);
            } else {
                fault = "two m-lines with one mid";
            }
        }
        section = null;
    }

    private void attribute(String attribute) {
        int colon = attribute.indexOf(':');
        String name = colon < 0 ? attribute : attribute.substring(0, colon);
        String value = colon < 0 ? "" : attribute.substring(colon + 1).strip();
        if (section != null) {
            section.attribute(name, value);
            fault = section.fault();
        } else if (!sessionTransport.attribute(name, value) && session != null) {
            sessionAttribute(session, name, value);
        }
        if (fault == null) {
            fault = sessionTransport.fault;
        }
    }

    private static void sessionAttribute(SessionDescription.Builder session, String name, String value) {
        switch (name) {
            case "ice-lite" -> session.iceLite(true);
            case "extmap-allow-mixed" -> session.extmapAllowMixed(true);
            case "msid-semantic" -> session.msidSemantic(value);
            case "group" -> {
                List<String> words = words(value);
                if (!words.isEmpty() && words.get(0).equals("BUNDLE")) {
                    session.bundle(words.subList(1, words.size()));
                }
            }
            default -> {
                // Dropped.
            }
        }
    }

    /// A decimal number from 0 to `max`, or -1.
    static long number(String text, long max) {
        if (text.length() > 19 || !digits(text)) {
            return -1;
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (value > (max - digit) / 10) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    private static boolean digits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /// Split at spaces, empty words left out.
    static List<String> words(String text) {
        List<String> words = new ArrayList<>();
        for (int from = 0; from < text.length(); ) {
            int space = text.indexOf(' ', from);
            int to = space < 0 ? text.length() : space;
            if (to > from) {
                words.add(text.substring(from, to));
            }
            from = to + 1;
        }
        return words;
    }

    /// The attributes that may stand at session level or in a section.
    static final class TransportAttributes {
        final List<Fingerprint> fingerprints = new ArrayList<>();
        List<String> iceOptions = List.of();

        @Nullable
        Setup setup;

        @Nullable
        String fault;

        private @Nullable String ufrag;
        private @Nullable String pwd;

        /// Whether the attribute was one of these.
        boolean attribute(String name, String value) {
            switch (name) {
                case "ice-ufrag" -> ufrag = value;
                case "ice-pwd" -> pwd = value;
                case "ice-options" -> iceOptions = words(value);
                case "setup" -> setup = Setup.of(value).orElse(null);
                case "fingerprint" -> fingerprint(value);
                default -> {
                    return false;
                }
            }
            return true;
        }

        @Nullable
        String credentialFault() {
            if (ufrag == null && pwd == null) {
                return null;
            }
            if (ufrag == null || ufrag.length() < SHORTEST_UFRAG || ufrag.length() > LONGEST_CREDENTIAL) {
                return "ice-ufrag missing or of a bad length";
            }
            if (pwd == null || pwd.length() < SHORTEST_PWD || pwd.length() > LONGEST_CREDENTIAL) {
                return "ice-pwd missing or of a bad length";
            }
            return null;
        }

        @Nullable
        IceCredentials credentials() {
            return ufrag == null || pwd == null ? null : new IceCredentials(ufrag, pwd);
        }

        private void fingerprint(String value) {
            List<String> words = words(value);
            if (words.size() != 2 || !hexPairs(words.get(1))) {
                fault = "bad fingerprint";
                return;
            }
            fingerprints.add(new Fingerprint(words.get(0), words.get(1)));
        }

        private static boolean hexPairs(String text) {
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                boolean good = i % 3 == 2 ? c == ':' : Character.digit(c, 16) >= 0 && c < 128;
                if (!good) {
                    return false;
                }
            }
            return text.length() % 3 == 2;
        }
    }
}
