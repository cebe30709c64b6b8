package io.tributary.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/// The checkout that the tests run in.
final class Repository {
    /// Surefire runs in the module's folder.
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private Repository() {}

    /// What is written for people: the pages beside the build file, and everything in `docs`.
    static List<Path> pages() throws IOException {
        try (Stream<Path> beside = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
            return Stream.concat(beside, docs)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .toList();
        }
    }

    /// Simple names of all types that have a file of their own, tests included.
    static List<String> types() throws IOException {
        try (Stream<Path> files = Files.walk(ROOT)) {
            return files.filter(file -> file.toString().endsWith(".java")
                            && !file.toString().contains("/target/"))
                    .map(file -> file.getFileName().toString().replace(".java", ""))
                    .toList();
        }
    }
}
