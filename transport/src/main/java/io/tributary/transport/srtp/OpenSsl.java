package io.tributary.transport.srtp;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/// The few functions of OpenSSL 3's libcrypto that SRTP needs, as method handles. Loading this class loads the
/// library; where it is missing, or too old to have them, that fails with an [UnsatisfiedLinkError].
///
/// Objects of OpenSSL are passed as plain longs. Calls on the packet path are critical ones: they take heap arrays
/// as they are, without a copy, and are over within a microsecond, so they delay no safepoint worth speaking of.
@SuppressWarnings("restricted") // this is the place where native code is entered
final class OpenSsl {
    static final int CTRL_AEAD_GET_TAG = 0x10;
    static final int CTRL_AEAD_SET_TAG = 0x11;

    private static final String LIBRARY = "libcrypto.so.3";
    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup SYMBOLS = load();

    /// `const EVP_CIPHER *EVP_aes_128_gcm(void)` and its kind.
    private static final FunctionDescriptor ALGORITHM = FunctionDescriptor.of(JAVA_LONG);

    static final MethodHandle EVP_CIPHER_CTX_NEW = plain("EVP_CIPHER_CTX_new", FunctionDescriptor.of(JAVA_LONG));
    static final MethodHandle EVP_CIPHER_CTX_FREE = plain("EVP_CIPHER_CTX_free", FunctionDescriptor.ofVoid(JAVA_LONG));
    static final MethodHandle EVP_AES_128_GCM = plain("EVP_aes_128_gcm", ALGORITHM);
    static final MethodHandle EVP_AES_256_GCM = plain("EVP_aes_256_gcm", ALGORITHM);
    static final MethodHandle EVP_AES_128_CTR = plain("EVP_aes_128_ctr", ALGORITHM);

    /// `(ctx, cipher, engine, key, iv, encrypts)`: the first time, with the key.
    static final MethodHandle EVP_CIPHER_INIT_KEY =
            critical("EVP_CipherInit_ex", JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT);

    /// The same function for each packet: only the IV is new.
    static final MethodHandle EVP_CIPHER_INIT_IV =
            critical("EVP_CipherInit_ex", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_INT);

    /// `(ctx, out, outLength, in, inLength)` with no output: associated data.
    static final MethodHandle EVP_CIPHER_UPDATE_AAD =
            critical("EVP_CipherUpdate", JAVA_LONG, JAVA_LONG, ADDRESS, ADDRESS, JAVA_INT);

    static final MethodHandle EVP_CIPHER_UPDATE =
            critical("EVP_CipherUpdate", JAVA_LONG, ADDRESS, ADDRESS, ADDRESS, JAVA_INT);
    static final MethodHandle EVP_CIPHER_FINAL = critical("EVP_CipherFinal_ex", JAVA_LONG, ADDRESS, ADDRESS);
    static final MethodHandle EVP_CIPHER_CTX_CTRL =
            critical("EVP_CIPHER_CTX_ctrl", JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS);

    static final MethodHandle EVP_SHA1 = plain("EVP_sha1", ALGORITHM);
    static final MethodHandle HMAC_CTX_NEW = plain("HMAC_CTX_new", FunctionDescriptor.of(JAVA_LONG));
    static final MethodHandle HMAC_CTX_FREE = plain("HMAC_CTX_free", FunctionDescriptor.ofVoid(JAVA_LONG));

    /// `(ctx, key, keyLength, digest, engine)`: the first time, with the key.
    static final MethodHandle HMAC_INIT_KEY =
            critical("HMAC_Init_ex", JAVA_LONG, ADDRESS, JAVA_INT, JAVA_LONG, JAVA_LONG);

    /// The same function for each packet: everything as before.
    static final MethodHandle HMAC_INIT_AGAIN =
            critical("HMAC_Init_ex", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);

    static final MethodHandle HMAC_UPDATE = critical("HMAC_Update", JAVA_LONG, ADDRESS, JAVA_LONG);
    static final MethodHandle HMAC_FINAL = critical("HMAC_Final", JAVA_LONG, ADDRESS, JAVA_LONG);

    private OpenSsl() {}

    /// A call that returned what OpenSSL calls success (1) did; anything else here is our bug, not the peer's
    /// doing.
    static void require(int result, String what) {
        if (result != 1) {
            throw new IllegalStateException("OpenSSL failed in " + what);
        }
    }

    static long requireObject(long pointer, String what) {
        if (pointer == 0) {
            throw new IllegalStateException("OpenSSL could not make " + what);
        }
        return pointer;
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

    static MemorySegment slice(byte[] array, int offset, int length) {
        return MemorySegment.ofArray(array).asSlice(offset, length);
    }

    private static SymbolLookup load() {
        try {
            return SymbolLookup.libraryLookup(LIBRARY, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new UnsatisfiedLinkError(LIBRARY + " is not on this machine");
        }
    }

    private static MethodHandle plain(String name, FunctionDescriptor function) {
        return LINKER.downcallHandle(symbol(name), function);
    }

    /// All that are called per packet return an int.
    private static MethodHandle critical(String name, MemoryLayout... arguments) {
        return LINKER.downcallHandle(
                symbol(name), FunctionDescriptor.of(JAVA_INT, arguments), Linker.Option.critical(true));
    }

    private static MemorySegment symbol(String name) {
        return SYMBOLS.find(name).orElseThrow(() -> new UnsatisfiedLinkError(LIBRARY + " has no " + name));
    }
}
