package io.tributary.server;

import java.util.List;

/// A configuration that cannot be meant. Nothing was started.
public final class InvalidConfigException extends Exception {
    private static final long serialVersionUID = 1;

    private final List<String> problems;

    /// @param problems a sentence each: the key, the value, what is allowed
    InvalidConfigException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /// All of them at once, so that one round of corrections is enough.
    public List<String> problems() {
        return problems;
    }
}
