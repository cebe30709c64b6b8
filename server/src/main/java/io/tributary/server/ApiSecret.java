package io.tributary.server;

/// The secret half of an API key. Prints as nothing worth reading, so that no log or error can give it away.
public record ApiSecret(String value) {
    /// Shorter ones can be guessed offline from one token; HS256 wants as many bytes as its hash (RFC 7518 §3.2).
    public static final int SHORTEST_SOUND_LENGTH = 32;

    /// Whether brute force on a captured token is out of the question.
    public boolean sound() {
        return value.length() >= SHORTEST_SOUND_LENGTH;
    }

    @Override
    public String toString() {
        return "…";
    }
}
