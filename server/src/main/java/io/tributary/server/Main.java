package io.tributary.server;

import java.security.SecureRandom;
import java.time.Clock;

/// Where the program starts.
public final class Main {
    private Main() {}

    public static void main(String[] args) {
        Tributary program = new Tributary(Wiring::start, System.getenv(), new SecureRandom(), Clock.systemUTC());
        System.exit(program.run(args));
    }
}
