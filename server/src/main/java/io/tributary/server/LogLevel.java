package io.tributary.server;

import ch.qos.logback.classic.Level;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// How much is logged: this and everything worse.
public enum LogLevel {
    DEBUG,
    INFO,
    WARN,
    ERROR;

    /// From here on, for the whole process.
    void apply() {
        if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof ch.qos.logback.classic.Logger root) {
            root.setLevel(
                    switch (this) {
                        case DEBUG -> Level.DEBUG;
                        case INFO -> Level.INFO;
                        case WARN -> Level.WARN;
                        case ERROR -> Level.ERROR;
                    });
        }
    }
}
