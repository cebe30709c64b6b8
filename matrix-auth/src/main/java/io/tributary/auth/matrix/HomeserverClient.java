package io.tributary.auth.matrix;

import io.tributary.transport.http.OutboundReply;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Asks a homeserver whose an OpenID token is (Matrix server-server API, "OpenID").
public final class HomeserverClient {
    private static final String USER_INFO = "/_matrix/federation/v1/openid/userinfo?access_token=";

    /// One short object; a homeserver may put more claims in, but not that many.
    private static final int MAX_BYTES = 64 << 10;

    private static final JsonMapper JSON = new JsonMapper();

    /// What the homeserver said.
    public sealed interface UserInfo {
        /// @param value as it was sent; that it is a user id, and whose, is for the caller to judge
        record Subject(String value) implements UserInfo {}

        /// The homeserver doesn't know the token, or no longer.
        record Rejected() implements UserInfo {}

        /// @param detail for the log
        record Troubled(ServerTrouble trouble, String detail) implements UserInfo {}
    }

    private final ServerDiscovery discovery;

    public HomeserverClient(ServerDiscovery discovery) {
        this.discovery = discovery;
    }

    /// Blocks, until the deadline at most. The question is put once: only where no connection came to be is the next
    /// address tried.
    public UserInfo userInfo(ServerName server, String accessToken, Deadline deadline) {
        return switch (discovery.find(server, deadline)) {
            case Discovery.Lost(ServerTrouble trouble, String detail) -> new UserInfo.Troubled(trouble, detail);
            case Discovery.Found found -> ask(found, accessToken, deadline);
        };
    }

    private UserInfo ask(Discovery.Found found, String accessToken, Deadline deadline) {
        String path = USER_INFO
                + URLEncoder.encode(accessToken, StandardCharsets.UTF_8).replace("+", "%20");
        UserInfo last = new UserInfo.Troubled(ServerTrouble.TIMEOUT, "no time left");
        for (Destination destination : found.destinations()) {
            switch (discovery.http().get(destination, path, MAX_BYTES, deadline)) {
                case OutboundReply.Answered answered -> {
                    return read(answered);
                }
                case OutboundReply.Failed failed -> {
                    last = new UserInfo.Troubled(trouble(failed.failure()), failed.detail());
                    if (failed.failure() != OutboundReply.Failure.UNREACHABLE) {
                        return last;
                    }
                }
            }
        }
        return last;
    }

    private static UserInfo read(OutboundReply.Answered answered) {
        if (answered.status() == 401) {
            return new UserInfo.Rejected();
        }
        if (answered.status() != 200) {
            return new UserInfo.Troubled(ServerTrouble.ANSWER, "status " + answered.status());
        }
        try {
            JsonNode subject = JSON.readTree(answered.text()).path("sub");
            return subject.isString()
                    ? new UserInfo.Subject(subject.asString())
                    : new UserInfo.Troubled(ServerTrouble.ANSWER, "no subject");
        } catch (JacksonException e) {
            return new UserInfo.Troubled(ServerTrouble.ANSWER, "no JSON");
        }
    }

    private static ServerTrouble trouble(OutboundReply.Failure failure) {
        return switch (failure) {
            case UNREACHABLE -> ServerTrouble.UNREACHABLE;
            case CERTIFICATE -> ServerTrouble.CERTIFICATE;
            case TIMEOUT -> ServerTrouble.TIMEOUT;
            case TOO_LARGE, BROKEN -> ServerTrouble.ANSWER;
        };
    }
}
