package io.tributary.sfu.token;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The keys that sign tokens, each with its secret. The first one signs what this server issues.
public final class ApiKeys {
    /// HMAC-SHA256 pads shorter keys with zeros to its block anyway, so padding changes no signature; the JWT library
    /// refuses less than 256 bits, and development secrets are shorter.
    private static final int SHORTEST_SECRET_BYTES = 32;

    private final Map<String, byte[]> secrets = new LinkedHashMap<>();

    /// @param secretsByKey in order of precedence; at least one
    public ApiKeys(Map<String, String> secretsByKey) {
        if (secretsByKey.isEmpty()) {
            throw new IllegalArgumentException("no API key");
        }
        secretsByKey.forEach((key, secret) -> {
            byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
            if (bytes.length == 0) {
                throw new IllegalArgumentException("API key " + key + " has an empty secret");
            }
            secrets.put(key, Arrays.copyOf(bytes, Math.max(bytes.length, SHORTEST_SECRET_BYTES)));
        });
    }

    /// The key that signs what this server issues.
    public String first() {
        return secrets.keySet().iterator().next();
    }

    Optional<byte[]> secret(String key) {
        return Optional.ofNullable(secrets.get(key));
    }

    /// Secrets do not belong in logs.
    @Override
    public String toString() {
        return "ApiKeys" + secrets.keySet();
    }
}
