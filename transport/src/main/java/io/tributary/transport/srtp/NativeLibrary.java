package io.tributary.transport.srtp;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/// A shared library whose functions become method handles. It stays loaded.
@SuppressWarnings("restricted") // this is the place where native code is entered
final class NativeLibrary {
    /// For calls on the packet path. They are over within a microsecond, so they need no transition out of Java and
    /// delay no safepoint worth speaking of.
    static final Linker.Option ON_PACKET_PATH = Linker.Option.critical(false);

    private static final Linker LINKER = Linker.nativeLinker();

    private final String name;
    private final SymbolLookup symbols;

    private NativeLibrary(String name, SymbolLookup symbols) {
        this.name = name;
        this.symbols = symbols;
    }

    /// The first of these that is on this machine.
    ///
    /// @throws UnsatisfiedLinkError when none is
    static NativeLibrary load(String... names) {
        var missing = new UnsatisfiedLinkError(String.join(", ", names) + " is not on this machine");
        for (String name : names) {
            try {
                return new NativeLibrary(name, SymbolLookup.libraryLookup(name, Arena.global()));
            } catch (IllegalArgumentException e) {
                missing.addSuppressed(e);
            }
        }
        throw missing;
    }

    /// What the C library is for every process.
    static NativeLibrary ofProcess() {
        return new NativeLibrary("the C library", LINKER.defaultLookup());
    }

    String name() {
        return name;
    }

    /// @throws UnsatisfiedLinkError when the library has no such function
    MethodHandle handle(String function, FunctionDescriptor type, Linker.Option... options) {
        MemorySegment symbol =
                symbols.find(function).orElseThrow(() -> new UnsatisfiedLinkError(name + " has no " + function));
        return LINKER.downcallHandle(symbol, type, options);
    }

    /// The function that stands at an address.
    static MethodHandle handle(long address, FunctionDescriptor type, Linker.Option... options) {
        return LINKER.downcallHandle(MemorySegment.ofAddress(address), type, options);
    }

    /// What a method handle may throw besides what we declare: nothing of ours.
    static IllegalStateException unexpected(Throwable thrown) {
        if (thrown instanceof RuntimeException own) {
            throw own;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
        return new IllegalStateException(thrown);
    }
}
