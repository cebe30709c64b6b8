package io.tributary.server;

import java.io.PrintWriter;
import java.security.SecureRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// Prints an API key with its secret, as livekit-server does.
@Command(
        name = "generate-keys",
        description = "Prints a new API key and secret for the configuration.",
        mixinStandardHelpOptions = true)
final class GenerateKeysCommand implements Callable<Integer> {
    private static final String LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /// Enough not to meet another key by chance; it is no secret.
    private static final int KEY_LENGTH = 12;

    /// 62^43 is just over 2^256, all that HS256 can use.
    private static final int SECRET_LENGTH = 43;

    private final SecureRandom random;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli before anything runs
    private CommandSpec spec;

    GenerateKeysCommand(SecureRandom random) {
        this.random = random;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        out.println("API Key:  API" + letters(KEY_LENGTH));
        out.println("API Secret:  " + letters(SECRET_LENGTH));
        out.flush();
        return 0;
    }

    private String letters(int count) {
        StringBuilder text = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return text.toString();
    }
}
