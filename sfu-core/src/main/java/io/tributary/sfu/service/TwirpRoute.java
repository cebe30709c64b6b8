package io.tributary.sfu.service;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.tributary.sfu.service.TwirpAnswer.Done;
import io.tributary.sfu.service.TwirpAnswer.Failed;
import io.tributary.sfu.signal.Credentials;
import io.tributary.sfu.token.AccessToken;
import io.tributary.sfu.token.TokenVerifier;
import io.tributary.transport.http.HttpReply;
import io.tributary.transport.http.HttpRequest;
import io.tributary.transport.http.HttpRoute;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLongArray;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/// A service's methods over HTTP as Twirp has it: protobuf or JSON in, the same out, errors always in JSON.
final class TwirpRoute implements HttpRoute {
    private static final Logger log = LoggerFactory.getLogger(TwirpRoute.class);

    private static final JsonFormat.Printer PRINTER = JsonFormat.printer()
            .preservingProtoFieldNames()
            .alwaysPrintFieldsWithNoPresence()
            .omittingInsignificantWhitespace();

    private static final JsonFormat.Parser PARSER = JsonFormat.parser().ignoringUnknownFields();
    private static final JsonMapper JSON = new JsonMapper();

    private final String prefix;
    private final Map<String, TwirpMethod<?>> methods;
    private final TokenVerifier verifier;
    private final InstantSource clock;
    private final AtomicLongArray ends = new AtomicLongArray(TwirpCode.values().length);

    private enum Format {
        PROTOBUF("application/protobuf"),
        JSON("application/json");

        private final String contentType;

        Format(String contentType) {
            this.contentType = contentType;
        }
    }

    /// @param prefix what precedes a method's name in the path
    /// @param methods by name
    TwirpRoute(String prefix, Map<String, TwirpMethod<?>> methods, TokenVerifier verifier, InstantSource clock) {
        this.prefix = prefix;
        this.methods = Map.copyOf(methods);
        this.verifier = verifier;
        this.clock = clock;
    }

    /// Calls that ended so.
    long ends(TwirpCode code) {
        return ends.get(code.ordinal());
    }

    @Override
    public CompletionStage<HttpReply> handle(HttpRequest request) {
        TwirpMethod<?> method =
                request.path().startsWith(prefix) ? methods.get(request.path().substring(prefix.length())) : null;
        Optional<Format> format = format(request);
        if (method == null || format.isEmpty() || !request.method().equals("POST")) {
            return now(TwirpCode.BAD_ROUTE, "no handler for " + request.method() + " " + printable(request.path()));
        }
        // Who may call nothing has nothing read.
        return switch (Credentials.of(request, verifier, clock.millis())) {
            case Credentials.Absent _ -> now(TwirpCode.UNAUTHENTICATED, "permissions denied");
            case Credentials.Bad(int _, String body) -> now(TwirpCode.UNAUTHENTICATED, body);
            case Credentials.Good(AccessToken token) -> call(method, token, format.get(), request.body());
        };
    }

    private <Q extends Message> CompletionStage<HttpReply> call(
            TwirpMethod<Q> method, AccessToken token, Format format, byte[] body) {
        Q request;
        try {
            request = read(method.empty(), format, body);
        } catch (InvalidProtocolBufferException e) {
            return now(TwirpCode.MALFORMED, "the request could not be decoded");
        }
        if (!method.granted().test(token.video(), request)) {
            return now(TwirpCode.UNAUTHENTICATED, "permissions denied");
        }
        return method.call().apply(request).handle((answer, failure) -> switch (answer) {
            case Done(Message message) -> done(message, format);
            case Failed(TwirpCode code, String message) -> failed(code, message);
            case null -> {
                log.error("a call of {} failed", prefix, failure);
                yield failed(TwirpCode.INTERNAL, "internal error");
            }
        });
    }

    @SuppressWarnings("unchecked") // a message's builder builds messages of its class
    private static <Q extends Message> Q read(Q empty, Format format, byte[] body)
            throws InvalidProtocolBufferException {
        Message.Builder builder = empty.newBuilderForType();
        switch (format) {
            case PROTOBUF -> builder.mergeFrom(body);
            case JSON -> PARSER.merge(new String(body, StandardCharsets.UTF_8), builder);
        }
        return (Q) builder.build();
    }

    private HttpReply done(Message message, Format format) {
        byte[] body = switch (format) {
            case PROTOBUF -> message.toByteArray();
            case JSON -> json(message).getBytes(StandardCharsets.UTF_8);
        };
        ends.incrementAndGet(TwirpCode.OK.ordinal());
        return HttpReply.bytes(200, format.contentType, body);
    }

    private static String json(Message message) {
        try {
            return PRINTER.print(message);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("only an Any of an unknown type cannot be printed, and there is none", e);
        }
    }

    private CompletionStage<HttpReply> now(TwirpCode code, String message) {
        return CompletableFuture.completedFuture(failed(code, message));
    }

    private HttpReply failed(TwirpCode code, String message) {
        ends.incrementAndGet(code.ordinal());
        var body = new LinkedHashMap<String, String>();
        body.put("code", code.wireName());
        body.put("msg", message);
        return HttpReply.json(code.status(), JSON.writeValueAsString(body));
    }

    /// Parameters of the type, such as a charset, change nothing.
    private static Optional<Format> format(HttpRequest request) {
        String type = request.header("Content-Type").orElse("").split(";", 2)[0];
        for (Format format : Format.values()) {
            if (format.contentType.equals(type.strip().toLowerCase(Locale.ROOT))) {
                return Optional.of(format);
            }
        }
        return Optional.empty();
    }

    /// A stranger's text in an answer stays short.
    private static String printable(String path) {
        return path.length() <= 100 ? path : path.substring(0, 100);
    }
}
