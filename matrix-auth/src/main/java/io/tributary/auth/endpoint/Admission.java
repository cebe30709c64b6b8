package io.tributary.auth.endpoint;

/// What a request came to.
sealed interface Admission {
    /// @param url where the SFU is
    record Granted(String url, String token) implements Admission {
        /// Tokens do not belong in logs.
        @Override
        public String toString() {
            return "Granted[" + url + "]";
        }
    }

    /// @param homeserver for the log; a dash when it isn't known
    /// @param detail for the log
    record Denied(DoorRefusal refusal, MatrixError error, String homeserver, String detail) implements Admission {}
}
