package io.tributary.server;

/// How much is logged.
public enum LogLevel {
    DEBUG,
    INFO,
    WARN,
    ERROR
}
