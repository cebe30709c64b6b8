package io.tributary.transport.srtp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// OpenSSL 3 through the foreign function interface: AES-NI at the speed of C, no garbage. Each cipher owns a
/// native context with its key schedule and frees it in `close`.
public final class OpenSslCipherProvider implements SrtpCipherProvider {
    /// OpenSSL insists on telling how much it wrote. A cache line of its own for each cipher, so that loops on two
    /// cores do not fight over it.
    private static final int OUT_LENGTH_BYTES = 64;

    /// The cipher keeps the direction that it was made with.
    private static final int SAME_DIRECTION = -1;

    OpenSslCipherProvider() {}

    @Override
    public String name() {
        return "openssl";
    }

    @Override
    public AeadCipher aead(byte[] key, boolean encrypts) {
        return new Aead(key, encrypts);
    }

    @Override
    public CounterMacCipher counterMac(byte[] key, byte[] macKey) {
        return new CounterMac(key, macKey);
    }

    private static MemorySegment newOutLength() {
        return Arena.ofAuto().allocate(OUT_LENGTH_BYTES, OUT_LENGTH_BYTES);
    }

    private static long newCipherContext(long algorithm, byte[] key, boolean encrypts) throws Throwable {
        long context = (long) OpenSsl.EVP_CIPHER_CTX_NEW.invokeExact();
        OpenSsl.requireObject(context, "a cipher context");
        int result = (int) OpenSsl.EVP_CIPHER_INIT_KEY.invokeExact(
                context, algorithm, 0L, MemorySegment.ofArray(key), 0L, encrypts ? 1 : 0);
        if (result != 1) {
            OpenSsl.EVP_CIPHER_CTX_FREE.invokeExact(context);
        }
        OpenSsl.require(result, "EVP_CipherInit_ex with a key");
        return context;
    }

    private static final class Aead implements AeadCipher {
        private final MemorySegment outLength = newOutLength();
        private long context;

        Aead(byte[] key, boolean encrypts) {
            try {
                long algorithm = key.length == 32
                        ? (long) OpenSsl.EVP_AES_256_GCM.invokeExact()
                        : (long) OpenSsl.EVP_AES_128_GCM.invokeExact();
                context = newCipherContext(algorithm, key, encrypts);
            } catch (Throwable e) {
                throw OpenSsl.unexpected(e);
            }
        }

        @Override
        public void seal(
                byte[] iv, byte[] aad, int aadOffset, int aadLength, byte[] text, int textOffset, int textLength) {
            long ctx = requireOpen(context);
            try {
                update(ctx, iv, aad, aadOffset, aadLength, text, textOffset, textLength);
                MemorySegment tag = OpenSsl.slice(text, textOffset + textLength, TAG_BYTES);
                OpenSsl.require(
                        (int) OpenSsl.EVP_CIPHER_FINAL.invokeExact(ctx, outLength, outLength), "EVP_CipherFinal_ex");
                OpenSsl.require(
                        (int) OpenSsl.EVP_CIPHER_CTX_CTRL.invokeExact(ctx, OpenSsl.CTRL_AEAD_GET_TAG, TAG_BYTES, tag),
                        "EVP_CTRL_AEAD_GET_TAG");
            } catch (Throwable e) {
                throw OpenSsl.unexpected(e);
            }
        }

        @Override
        public boolean open(
                byte[] iv, byte[] aad, int aadOffset, int aadLength, byte[] text, int textOffset, int textLength) {
            long ctx = requireOpen(context);
            try {
                update(ctx, iv, aad, aadOffset, aadLength, text, textOffset, textLength);
                MemorySegment tag = OpenSsl.slice(text, textOffset + textLength, TAG_BYTES);
                OpenSsl.require(
                        (int) OpenSsl.EVP_CIPHER_CTX_CTRL.invokeExact(ctx, OpenSsl.CTRL_AEAD_SET_TAG, TAG_BYTES, tag),
                        "EVP_CTRL_AEAD_SET_TAG");
                return (int) OpenSsl.EVP_CIPHER_FINAL.invokeExact(ctx, outLength, outLength) == 1;
            } catch (Throwable e) {
                throw OpenSsl.unexpected(e);
            }
        }

        private void update(
                long ctx,
                byte[] iv,
                byte[] aad,
                int aadOffset,
                int aadLength,
                byte[] text,
                int textOffset,
                int textLength)
                throws Throwable {
            OpenSsl.require(
                    (int) OpenSsl.EVP_CIPHER_INIT_IV.invokeExact(
                            ctx, 0L, 0L, 0L, MemorySegment.ofArray(iv), SAME_DIRECTION),
                    "EVP_CipherInit_ex with an IV");
            OpenSsl.require(
                    (int) OpenSsl.EVP_CIPHER_UPDATE_AAD.invokeExact(
                            ctx, 0L, outLength, OpenSsl.slice(aad, aadOffset, aadLength), aadLength),
                    "EVP_CipherUpdate of associated data");
            if (textLength > 0) {
                MemorySegment inPlace = OpenSsl.slice(text, textOffset, textLength);
                OpenSsl.require(
                        (int) OpenSsl.EVP_CIPHER_UPDATE.invokeExact(ctx, inPlace, outLength, inPlace, textLength),
                        "EVP_CipherUpdate");
            }
        }

        @Override
        public void close() {
            context = freeCipherContext(context);
        }
    }

    private static final class CounterMac implements CounterMacCipher {
        private final MemorySegment outLength = newOutLength();
        private long context;
        private long macContext;

        CounterMac(byte[] key, byte[] macKey) {
            try {
                context = newCipherContext((long) OpenSsl.EVP_AES_128_CTR.invokeExact(), key, true);
                macContext = OpenSsl.requireObject((long) OpenSsl.HMAC_CTX_NEW.invokeExact(), "an HMAC context");
                OpenSsl.require(
                        (int) OpenSsl.HMAC_INIT_KEY.invokeExact(
                                macContext,
                                MemorySegment.ofArray(macKey),
                                macKey.length,
                                (long) OpenSsl.EVP_SHA1.invokeExact(),
                                0L),
                        "HMAC_Init_ex with a key");
            } catch (Throwable e) {
                close();
                throw OpenSsl.unexpected(e);
            }
        }

        @Override
        public void crypt(byte[] iv, byte[] text, int offset, int length) {
            long ctx = requireOpen(context);
            if (length == 0) {
                return;
            }
            try {
                OpenSsl.require(
                        (int) OpenSsl.EVP_CIPHER_INIT_IV.invokeExact(
                                ctx, 0L, 0L, 0L, MemorySegment.ofArray(iv), SAME_DIRECTION),
                        "EVP_CipherInit_ex with an IV");
                MemorySegment inPlace = OpenSsl.slice(text, offset, length);
                OpenSsl.require(
                        (int) OpenSsl.EVP_CIPHER_UPDATE.invokeExact(ctx, inPlace, outLength, inPlace, length),
                        "EVP_CipherUpdate");
            } catch (Throwable e) {
                throw OpenSsl.unexpected(e);
            }
        }

        @Override
        public void authenticate(byte[] data, int offset, int length, byte[] mac) {
            long ctx = requireOpen(macContext);
            try {
                OpenSsl.require((int) OpenSsl.HMAC_INIT_AGAIN.invokeExact(ctx, 0L, 0, 0L, 0L), "HMAC_Init_ex");
                OpenSsl.require(
                        (int) OpenSsl.HMAC_UPDATE.invokeExact(ctx, OpenSsl.slice(data, offset, length), (long) length),
                        "HMAC_Update");
                OpenSsl.require(
                        (int) OpenSsl.HMAC_FINAL.invokeExact(ctx, OpenSsl.slice(mac, 0, MAC_BYTES), 0L), "HMAC_Final");
            } catch (Throwable e) {
                throw OpenSsl.unexpected(e);
            }
        }

        @Override
        public void close() {
            context = freeCipherContext(context);
            if (macContext != 0) {
                try {
                    OpenSsl.HMAC_CTX_FREE.invokeExact(macContext);
                } catch (Throwable e) {
                    throw OpenSsl.unexpected(e);
                }
                macContext = 0;
            }
        }
    }

    /// A freed context must never reach native code again.
    private static long requireOpen(long context) {
        if (context == 0) {
            throw new IllegalStateException("the cipher is closed");
        }
        return context;
    }

    /// Returns the value that marks a context as freed.
    private static long freeCipherContext(long context) {
        if (context != 0) {
            try {
                OpenSsl.EVP_CIPHER_CTX_FREE.invokeExact(context);
            } catch (Throwable e) {
                throw OpenSsl.unexpected(e);
            }
        }
        return 0;
    }
}
