package io.tributary.auth.matrix;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// A Matrix user id, `@localpart:server`. Compared to the letter: localparts may differ in case alone.
public final class UserId {
    /// Matrix appendices, "User identifiers".
    private static final int LONGEST_BYTES = 255;

    private final String value;
    private final ServerName server;

    private UserId(String value, ServerName server) {
        this.value = value;
        this.server = server;
    }

    /// Empty when `text` is no user id. Localparts of old accounts hold nearly anything, so nearly anything is let
    /// through; what would make the id ambiguous or unprintable is not.
    public static Optional<UserId> parse(String text) {
        int colon = text.indexOf(':');
        if (!text.startsWith("@") || colon < 2 || text.getBytes(StandardCharsets.UTF_8).length > LONGEST_BYTES) {
            return Optional.empty();
        }
        boolean printable = text.codePoints()
                .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
        if (!printable) {
            return Optional.empty();
        }
        return ServerName.parse(text.substring(colon + 1)).map(server -> new UserId(text, server));
    }

    /// @throws IllegalArgumentException when `text` is no user id
    public static UserId of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("no user id"));
    }

    public String value() {
        return value;
    }

    /// The server that the id says it belongs to.
    public ServerName server() {
        return server;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UserId that && value.equals(that.value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /// Logs name servers, not people.
    @Override
    public String toString() {
        return "@…:" + server;
    }
}
