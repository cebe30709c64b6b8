package io.tributary.server;

import io.tributary.sfu.token.ApiKeys;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.TokenIssuer;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// Prints a token that lets somebody into a room of a server with the same configuration.
@Command(
        name = "create-token",
        aliases = "create-join-token",
        description = "Prints a token for joining a room, signed with the configuration's first key.",
        mixinStandardHelpOptions = true)
final class CreateTokenCommand implements Callable<Integer> {
    private static final Duration LONGEST_VALIDITY = Duration.ofDays(3650);

    private final Map<String, String> environment;
    private final InstantSource time;

    @Mixin
    private final ConfigOptions options = new ConfigOptions();

    @Option(names = "--room", required = true, paramLabel = "NAME", description = "the room to join")
    private String room = "";

    @Option(names = "--identity", required = true, paramLabel = "ID", description = "who joins; unique in the room")
    private String identity = "";

    @Option(names = "--name", paramLabel = "NAME", description = "what others see")
    private String name = "";

    @Option(
            names = "--valid-for",
            paramLabel = "DURATION",
            description = "30s, 10m, 6h or 2d (default: ${DEFAULT-VALUE})",
            defaultValue = "6h")
    private String validFor = "";

    @Option(names = "--subscribe-only", description = "may watch and listen, not publish")
    private boolean subscribeOnly;

    @Option(names = "--hidden", description = "is not shown to others")
    private boolean hidden;

    @Option(
            names = "--grant",
            paramLabel = "GRANT[=true|false]",
            mapFallbackValue = "true",
            description = "any other grant of LiveKit's by its name, such as roomCreate; again for more")
    private Map<String, Boolean> grants = new LinkedHashMap<>();

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    CreateTokenCommand(Map<String, String> environment, InstantSource time) {
        this.environment = environment;
        this.time = time;
    }

    @Override
    public Integer call() throws InvalidConfigException, IOException {
        ServerConfig config = options.read(environment).config();
        Map<String, String> secrets = new LinkedHashMap<>();
        config.keys().forEach((key, secret) -> secrets.put(key, secret.value()));
        Map<String, Object> video = new LinkedHashMap<>();
        video.put("roomJoin", true);
        video.put("room", room);
        if (subscribeOnly) {
            video.put("canPublish", false);
            video.put("canPublishData", false);
        }
        if (hidden) {
            video.put("hidden", true);
        }
        video.putAll(grants);
        String token = new TokenIssuer(new ApiKeys(secrets))
                .create(
                        new ParticipantIdentity(identity),
                        name,
                        video,
                        time.millis(),
                        validity().toSeconds());
        spec.commandLine().getOut().println(token);
        spec.commandLine().getOut().flush();
        return 0;
    }

    private Duration validity() {
        return Durations.parse(validFor)
                .filter(duration -> !duration.isZero() && duration.compareTo(LONGEST_VALIDITY) <= 0)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), "--valid-for: " + validFor + " is no duration such as 30s, 10m, 6h or 2d"));
    }
}
