package io.tributary.server;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The checkout that the tests run in.
final class Repository {
    /// Surefire runs in the module's folder.
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    private static final Set<String> NOT_SOURCE = Set.of(".git", "target", "node_modules", ".venv", "dist");

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
        List<String> types = new ArrayList<>();
        Files.walkFileTree(ROOT, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                return NOT_SOURCE.contains(folder.getFileName().toString())
                        ? FileVisitResult.SKIP_SUBTREE
                        : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                String name = file.getFileName().toString();
                if (name.endsWith(".java")) {
                    types.add(name.replace(".java", ""));
                }
                return FileVisitResult.CONTINUE;
            }
        });
        return types;
    }
}
