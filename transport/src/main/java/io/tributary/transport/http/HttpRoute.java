package io.tributary.transport.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/// Answers requests of one path.
public interface HttpRoute {
    /// Called on an I/O thread and must not block it; the reply may come later from any thread. A throw or a failed
    /// stage is our bug and becomes a 500.
    CompletionStage<HttpReply> handle(HttpRequest request);

    /// Whether this route answers a browser's preflight itself, because its clients expect an answer of its own kind.
    /// The edge answers everybody else's.
    default boolean answersPreflights() {
        return false;
    }

    /// Room for any administrative request and for a page's upload of nothing.
    int MAX_BODY_BYTES = 10 << 20;

    /// The longest body that is kept for [#handle].
    default int maxBodyBytes() {
        return MAX_BODY_BYTES;
    }

    /// The answer to a longer one, given as soon as it shows.
    default HttpReply refuseBody() {
        return HttpReply.text(413, "request body over " + maxBodyBytes() + " bytes");
    }

    /// The longest request line and headers, together, with which [#handle] is called. The edge keeps them until the
    /// answer is there, so a route that answers late says how many bytes they may be.
    default int maxHeadBytes() {
        return Integer.MAX_VALUE;
    }

    /// The answer to longer ones.
    default HttpReply refuseHead() {
        return HttpReply.text(431, "request line and headers over " + maxHeadBytes() + " bytes");
    }

    /// A route that knows its answer at once.
    static HttpRoute of(Function<HttpRequest, HttpReply> answer) {
        return request -> CompletableFuture.completedFuture(answer.apply(request));
    }
}
