package io.tributary.broken.unmarked;

/// In a package that says neither its thread nor its nulls.
public final class SaysNothing {}
