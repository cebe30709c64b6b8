package io.tributary.transport.srtp;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;

/// The few functions of OpenSSL 3's libcrypto that SRTP needs, as method handles. Loading this class loads the
/// library; where it is missing, or too old to have them, that fails with an [UnsatisfiedLinkError].
///
/// Every pointer is a plain long, so that a call makes no objects.
final class OpenSsl {
    static final int CTRL_AEAD_GET_TAG = 0x10;
    static final int CTRL_AEAD_SET_TAG = 0x11;

    private static final NativeLibrary LIBRARY = NativeLibrary.load("libcrypto.so.3");

    static final MethodHandle EVP_CIPHER_CTX_NEW = maker("EVP_CIPHER_CTX_new");
    static final MethodHandle EVP_CIPHER_CTX_FREE = freer("EVP_CIPHER_CTX_free");
    static final MethodHandle EVP_AES_128_GCM = maker("EVP_aes_128_gcm");
    static final MethodHandle EVP_AES_256_GCM = maker("EVP_aes_256_gcm");
    static final MethodHandle EVP_AES_128_CTR = maker("EVP_aes_128_ctr");

    /// `(ctx, cipher, engine, key, iv, encrypts)`; what is 0 stays as it was.
    static final MethodHandle EVP_CIPHER_INIT =
            onPacketPath("EVP_CipherInit_ex", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT);

    /// `(ctx, out, outLength, in, inLength)`; without an output the input is associated data.
    static final MethodHandle EVP_CIPHER_UPDATE =
            onPacketPath("EVP_CipherUpdate", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT);

    /// `(ctx, out, outLength)`.
    static final MethodHandle EVP_CIPHER_FINAL = onPacketPath("EVP_CipherFinal_ex", JAVA_LONG, JAVA_LONG, JAVA_LONG);

    /// `(ctx, command, length, pointer)`.
    static final MethodHandle EVP_CIPHER_CTX_CTRL =
            onPacketPath("EVP_CIPHER_CTX_ctrl", JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);

    static final MethodHandle EVP_SHA1 = maker("EVP_sha1");
    static final MethodHandle HMAC_CTX_NEW = maker("HMAC_CTX_new");
    static final MethodHandle HMAC_CTX_FREE = freer("HMAC_CTX_free");

    /// `(ctx, key, keyLength, digest, engine)`; what is 0 stays as it was.
    static final MethodHandle HMAC_INIT =
            onPacketPath("HMAC_Init_ex", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG);

    static final MethodHandle HMAC_UPDATE = onPacketPath("HMAC_Update", JAVA_LONG, JAVA_LONG, JAVA_LONG);

    /// `(ctx, out, outLength)`.
    static final MethodHandle HMAC_FINAL = onPacketPath("HMAC_Final", JAVA_LONG, JAVA_LONG, JAVA_LONG);

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

    private static MethodHandle maker(String name) {
        return LIBRARY.handle(name, FunctionDescriptor.of(JAVA_LONG));
    }

    private static MethodHandle freer(String name) {
        return LIBRARY.handle(name, FunctionDescriptor.ofVoid(JAVA_LONG));
    }

    private static MethodHandle onPacketPath(String name, MemoryLayout... arguments) {
        return LIBRARY.handle(name, FunctionDescriptor.of(JAVA_INT, arguments), NativeLibrary.ON_PACKET_PATH);
    }
}
