package io.tributary.auth.matrix;

import java.net.InetAddress;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A homeserver's name as users carry it: a DNS name or an address, perhaps with a port (Matrix appendices,
/// "Server name"). Where such a server is found is another question: [ServerDiscovery].
///
/// Two names are equal when they are written alike but for the case of letters; [#value] keeps the spelling.
public final class ServerName {
    /// Longest that leaves room for a localpart in a user id of 255 bytes, as the specification advises.
    static final int LONGEST = 230;

    private static final Pattern SHAPE =
            Pattern.compile("(\\[[0-9A-Fa-f:.]{2,45}]|[A-Za-z0-9.-]{1,255})(?::([0-9]{1,5}))?");

    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?");
    private static final Pattern DOTTED = Pattern.compile("[0-9]{1,3}(?:\\.[0-9]{1,3}){3}");

    /// What a name's host is.
    public sealed interface Host {
        /// In lower case, without a dot at the end.
        record Dns(String name) implements Host {}

        record Literal(InetAddress address) implements Host {}
    }

    private final String value;
    private final String hostText;
    private final Host host;
    private final OptionalInt port;

    private ServerName(String value, String hostText, Host host, OptionalInt port) {
        this.value = value;
        this.hostText = hostText;
        this.host = host;
        this.port = port;
    }

    /// Empty when `text` is no server name.
    public static Optional<ServerName> parse(String text) {
        if (text.length() > LONGEST) {
            return Optional.empty();
        }
        Matcher shape = SHAPE.matcher(text);
        if (!shape.matches()) {
            return Optional.empty();
        }
        OptionalInt port = OptionalInt.empty();
        String digits = shape.group(2);
        if (digits != null) {
            int number = Integer.parseInt(digits);
            if (number < 1 || number > 65_535) {
                return Optional.empty();
            }
            port = OptionalInt.of(number);
        }
        String hostText = shape.group(1);
        Optional<Host> host = host(hostText);
        if (host.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ServerName(text, hostText, host.get(), port));
    }

    /// @throws IllegalArgumentException when `text` is no server name
    public static ServerName of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("no server name: " + text));
    }

    /// As it was written.
    public String value() {
        return value;
    }

    public Host host() {
        return host;
    }

    /// The host as it was written: an IPv6 address in its brackets.
    public String hostText() {
        return hostText;
    }

    public OptionalInt port() {
        return port;
    }

    /// What names that differ only in case have in common.
    public String key() {
        return value.toLowerCase(Locale.ROOT);
    }

    private static Optional<Host> host(String text) {
        if (text.startsWith("[")) {
            return literal(text.substring(1, text.length() - 1));
        }
        if (DOTTED.matcher(text).matches()) {
            return literal(text);
        }
        String[] labels = text.split("\\.", -1);
        for (String label : labels) {
            if (!LABEL.matcher(label).matches()) {
                return Optional.empty();
            }
        }
        // Resolvers take `127.1` and `2130706433` for addresses; a top-level domain is never a number (RFC 3696 §2).
        if (labels[labels.length - 1].chars().allMatch(Character::isDigit)) {
            return Optional.empty();
        }
        return Optional.of(new Host.Dns(text.toLowerCase(Locale.ROOT)));
    }

    private static Optional<Host> literal(String text) {
        try {
            return Optional.of(new Host.Literal(InetAddress.ofLiteral(text)));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ServerName that && key().equals(that.key());
    }

    @Override
    public int hashCode() {
        return key().hashCode();
    }

    @Override
    public String toString() {
        return value;
    }
}
