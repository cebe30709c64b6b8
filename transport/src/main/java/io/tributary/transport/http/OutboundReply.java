package io.tributary.transport.http;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// What came of an [OutboundRequest].
public sealed interface OutboundReply {
    /// An answer, whole.
    ///
    /// @param headers the first value of each, whatever the case of its name
    /// @param text the body, read as UTF-8
    record Answered(int status, Map<String, String> headers, String text) implements OutboundReply {
        public Answered {
            var anyCase = new TreeMap<String, String>(String.CASE_INSENSITIVE_ORDER);
            anyCase.putAll(headers);
            headers = anyCase;
        }

        public Optional<String> header(String name) {
            return Optional.ofNullable(headers.get(name));
        }

        @Override
        public String toString() {
            return "Answered[" + status + ", " + text.length() + " characters]";
        }
    }

    /// @param detail for a log; holds nothing of the request. What a stranger's server wrote may be in it, so only
    ///     printable ASCII stays, and not much of it
    record Failed(Failure failure, String detail) implements OutboundReply {
        private static final int LONGEST_DETAIL = 200;

        public Failed {
            String clean = detail.replaceAll("[^\\x20-\\x7e]", "?");
            detail = clean.substring(0, Math.min(clean.length(), LONGEST_DETAIL));
        }
    }

    /// Why there is no answer.
    enum Failure {
        /// No connection: nothing was sent, so another address may be tried.
        UNREACHABLE,

        /// The TLS handshake failed, mostly because the certificate is not for that name or nobody known signed it.
        CERTIFICATE,

        /// It took longer than it may.
        TIMEOUT,

        /// The answer was longer than it may be.
        TOO_LARGE,

        /// The connection ended, or what came was no HTTP.
        BROKEN
    }
}
