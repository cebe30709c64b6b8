package io.tributary.transport.srtp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;

/// AES-GCM of Intel's Multi-Buffer Crypto for IPsec (`libIPSec_MB`), a whole packet in one call. Loading this class
/// loads the library; where it is missing, too old, or not for this processor, that fails with an
/// [UnsatisfiedLinkError].
///
/// The library has each function several times over, for what processors can do, and chooses when a manager
/// (`IMB_MGR`) is initialized. What it chose stands in the manager as pointers. The C macros of its header read them
/// from there too, so where they stand is compiled into every program that uses it: the same from version 1.1 to 2.0.
/// The manager is of no use after that.
@SuppressWarnings("restricted") // this is the place where native code is entered
final class IpsecMb {
    /// Room for a `gcm_key_data`, the expanded key: 1024 bytes up to version 1.3, 1280 in 1.5 and 2.0, and reserve.
    static final int KEY_DATA_BYTES = 2048;

    /// Room for a `gcm_context_data` of 88 bytes, which the library takes notes in during a call.
    static final int CONTEXT_BYTES = 128;

    /// Of the bits of `imb_get_feature_flags`.
    static final long AES_NI = 1 << 1;

    static final long PCLMULQDQ = 1 << 2;
    static final long AVX = 1 << 5;
    static final long AVX2 = 1 << 6;
    static final long AVX512F = 1 << 7;

    /// The library was built to leave neither keys nor text in registers and on the stack.
    static final long SAFE_DATA = 1 << 14;

    /// What a cache line is, and what the library loads its keys by.
    private static final long ALIGNMENT_BYTES = 64;

    /// Version 1.3, the first that tests itself.
    private static final int OLDEST = 0x1_03_00;

    /// Where things stand in an `IMB_MGR`.
    private static final long USED_ARCH = 56;

    private static final long GCM_128_ENC = 256;
    private static final long GCM_256_ENC = 272;
    private static final long GCM_128_DEC = 280;
    private static final long GCM_256_DEC = 296;
    private static final long GCM_128_PRE = 448;
    private static final long GCM_256_PRE = 464;
    private static final long READ_BYTES = GCM_256_PRE + Long.BYTES;

    private static final MethodHandle ALIGNED_ALLOC =
            NativeLibrary.ofProcess().handle("aligned_alloc", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG));
    private static final MethodHandle FREE =
            NativeLibrary.ofProcess().handle("free", FunctionDescriptor.ofVoid(JAVA_LONG));

    /// `(key, keyData)`.
    static final MethodHandle EXPAND_128;

    static final MethodHandle EXPAND_256;

    /// `(keyData, context, out, in, length, iv, aad, aadLength, tag, tagLength)`; writes the tag, also when opening:
    /// comparing is left to the caller. It says nothing of arguments that it refuses, so there must be none.
    static final MethodHandle SEAL_128;

    static final MethodHandle SEAL_256;
    static final MethodHandle OPEN_128;
    static final MethodHandle OPEN_256;

    static {
        MemorySegment chosen = choose();
        EXPAND_128 = expander(chosen, GCM_128_PRE);
        EXPAND_256 = expander(chosen, GCM_256_PRE);
        SEAL_128 = crypter(chosen, GCM_128_ENC);
        SEAL_256 = crypter(chosen, GCM_256_ENC);
        OPEN_128 = crypter(chosen, GCM_128_DEC);
        OPEN_256 = crypter(chosen, GCM_256_DEC);
    }

    private IpsecMb() {}

    /// Memory for an expanded key, to be given back with [#freeKeyData].
    static long newKeyData() throws Throwable {
        long keyData = (long) ALIGNED_ALLOC.invokeExact(ALIGNMENT_BYTES, (long) KEY_DATA_BYTES);
        if (keyData == 0) {
            throw new IllegalStateException("no memory for an SRTP key");
        }
        return keyData;
    }

    /// Wipes it, too.
    static void freeKeyData(long keyData) throws Throwable {
        MemorySegment.ofAddress(keyData).reinterpret(KEY_DATA_BYTES).fill((byte) 0);
        FREE.invokeExact(keyData);
    }

    /// The library asks the processor alone. An instruction set that is there but switched off by the kernel or the
    /// hypervisor would end the process at its first instruction, so the kernel is asked as well.
    ///
    /// @param features what the library says that the processor has
    /// @param enabled what the kernel says, in the words of `/proc/cpuinfo`
    /// @throws UnsatisfiedLinkError when this is no processor to use the library on
    static void requireUsable(long features, Set<String> enabled) {
        requireFeature(features, AES_NI, "AES instructions");
        requireFeature(features, PCLMULQDQ, "carry-less multiplication");
        requireFeature(features, SAFE_DATA, "wiping of registers (SAFE_DATA)");
        requireEnabled(features, AVX, "avx", enabled);
        requireEnabled(features, AVX2, "avx2", enabled);
        requireEnabled(features, AVX512F, "avx512f", enabled);
    }

    private static void requireFeature(long features, long bit, String what) {
        if ((features & bit) == 0) {
            throw new UnsatisfiedLinkError("ipsec-mb is without " + what);
        }
    }

    private static void requireEnabled(long features, long bit, String flag, Set<String> enabled) {
        if ((features & bit) != 0 && !enabled.contains(flag)) {
            throw new UnsatisfiedLinkError("ipsec-mb would use " + flag + ", which the kernel does not enable");
        }
    }

    /// The beginning of a manager that the library has initialized: what the constants above point into.
    private static MemorySegment choose() {
        // There is a library of the same name for ARM, with another layout.
        String architecture = System.getProperty("os.arch", "");
        if (!architecture.equals("amd64")) {
            throw new UnsatisfiedLinkError("ipsec-mb is for amd64, not for " + architecture);
        }
        NativeLibrary library = NativeLibrary.load("libIPSec_MB.so.2", "libIPSec_MB.so.1");
        try (Arena arena = Arena.ofConfined()) {
            int version = (int) library.handle("imb_get_version", FunctionDescriptor.of(JAVA_INT))
                    .invokeExact();
            if (version < OLDEST) {
                throw new UnsatisfiedLinkError(library.name() + " is older than 1.3");
            }
            long features = (long) library.handle("imb_get_feature_flags", FunctionDescriptor.of(JAVA_LONG))
                    .invokeExact();
            requireUsable(features, enabledByKernel());

            long manager = (long) library.handle("alloc_mb_mgr", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG))
                    .invokeExact(0L);
            if (manager == 0) {
                throw new UnsatisfiedLinkError(library.name() + " could not make a manager");
            }
            MemorySegment arch = arena.allocate(JAVA_INT);
            library.handle("init_mb_mgr_auto", FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG))
                    .invokeExact(manager, arch.address());
            int error = (int) library.handle("imb_get_errno", FunctionDescriptor.of(JAVA_INT, JAVA_LONG))
                    .invokeExact(manager);
            MemorySegment chosen = Arena.ofAuto().allocate(READ_BYTES, Long.BYTES);
            chosen.copyFrom(MemorySegment.ofAddress(manager).reinterpret(READ_BYTES));
            library.handle("free_mb_mgr", FunctionDescriptor.ofVoid(JAVA_LONG)).invokeExact(manager);
            if (error != 0) {
                throw new UnsatisfiedLinkError(library.name() + " failed its own tests, error " + error);
            }
            if (arch.get(JAVA_INT, 0) == 0 || chosen.get(JAVA_INT, USED_ARCH) != arch.get(JAVA_INT, 0)) {
                throw new UnsatisfiedLinkError(library.name() + " has a manager of another layout");
            }
            return chosen;
        } catch (Throwable e) {
            throw NativeLibrary.unexpected(e);
        }
    }

    private static Set<String> enabledByKernel() {
        try (var lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            String flags =
                    lines.filter(line -> line.startsWith("flags")).findFirst().orElse("");
            return Set.copyOf(Arrays.asList(flags.split("\\s+")));
        } catch (IOException e) {
            throw (UnsatisfiedLinkError)
                    new UnsatisfiedLinkError("the kernel does not say what it enables").initCause(e);
        }
    }

    private static MethodHandle expander(MemorySegment chosen, long at) {
        return function(chosen, at, FunctionDescriptor.ofVoid(JAVA_LONG, JAVA_LONG));
    }

    private static MethodHandle crypter(MemorySegment chosen, long at) {
        var arguments = new MemoryLayout[10];
        Arrays.fill(arguments, JAVA_LONG);
        return function(chosen, at, FunctionDescriptor.ofVoid(arguments));
    }

    private static MethodHandle function(MemorySegment chosen, long at, FunctionDescriptor type) {
        long address = chosen.get(JAVA_LONG, at);
        if (address == 0) {
            throw new UnsatisfiedLinkError("ipsec-mb has a manager without its function at " + at);
        }
        return NativeLibrary.handle(address, type, NativeLibrary.ON_PACKET_PATH);
    }
}
