package io.tributary.transport.srtp;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/// OpenSSL 3 through the foreign function interface: AES-NI at the speed of C, no garbage. Each cipher owns a
/// native context with its key schedule and frees it in `close`.
public final class OpenSslCipherProvider implements SrtpCipherProvider {
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

    private static final class Aead extends NativeAead {
        private long context;

        Aead(byte[] key, boolean encrypts) {
            try {
                long algorithm = key.length == 32
                        ? (long) OpenSsl.EVP_AES_256_GCM.invokeExact()
                        : (long) OpenSsl.EVP_AES_128_GCM.invokeExact();
                context = newCipherContext(algorithm, key, encrypts);
            } catch (Throwable e) {
                throw NativeLibrary.unexpected(e);
            }
        }

        @Override
        void seal(byte[] iv, NativeScratch scratch, long packet, int aadLength, int textLength) {
            requireOpen(context);
            try {
                update(scratch, iv, packet, aadLength, textLength);
                finish(scratch);
                tag(OpenSsl.CTRL_AEAD_GET_TAG, packet + aadLength + textLength);
            } catch (Throwable e) {
                throw NativeLibrary.unexpected(e);
            }
        }

        @Override
        boolean open(byte[] iv, NativeScratch scratch, int aadLength, int textLength) {
            requireOpen(context);
            try {
                update(scratch, iv, scratch.data, aadLength, textLength);
                tag(OpenSsl.CTRL_AEAD_SET_TAG, scratch.data + aadLength + textLength);
                return finish(scratch);
            } catch (Throwable e) {
                throw NativeLibrary.unexpected(e);
            }
        }

        private void update(NativeScratch scratch, byte[] iv, long packet, int aadLength, int textLength)
                throws Throwable {
            setIv(context, scratch, iv);
            OpenSslCipherProvider.crypt(context, 0, packet, scratch, aadLength);
            long text = packet + aadLength;
            OpenSslCipherProvider.crypt(context, text, text, scratch, textLength);
        }

        /// False when the tag does not match; when encrypting it cannot fail.
        private boolean finish(NativeScratch scratch) throws Throwable {
            return (int) OpenSsl.EVP_CIPHER_FINAL.invokeExact(context, scratch.result, scratch.outLength) == 1;
        }

        private void tag(int command, long pointer) throws Throwable {
            int result = (int) OpenSsl.EVP_CIPHER_CTX_CTRL.invokeExact(context, command, TAG_BYTES, pointer);
            OpenSsl.require(result, "EVP_CIPHER_CTX_ctrl of a tag");
        }

        @Override
        public void close() {
            context = freeCipherContext(context);
        }
    }

    private static final class CounterMac implements CounterMacCipher {
        private long context;
        private long macContext;

        CounterMac(byte[] key, byte[] macKey) {
            NativeScratch scratch = NativeScratch.ofThread();
            try {
                context = newCipherContext((long) OpenSsl.EVP_AES_128_CTR.invokeExact(), key, true);
                macContext = OpenSsl.requireObject((long) OpenSsl.HMAC_CTX_NEW.invokeExact(), "an HMAC context");
                long sha1 = (long) OpenSsl.EVP_SHA1.invokeExact();
                scratch.put(macKey, 0, macKey.length, 0);
                int result = (int) OpenSsl.HMAC_INIT.invokeExact(macContext, scratch.data, macKey.length, sha1, 0L);
                OpenSsl.require(result, "HMAC_Init_ex with a key");
            } catch (Throwable e) {
                close();
                throw NativeLibrary.unexpected(e);
            } finally {
                scratch.put(new byte[macKey.length], 0, macKey.length, 0);
            }
        }

        @Override
        public void crypt(byte[] iv, byte[] text, int offset, int length) {
            NativeScratch scratch = NativeScratch.ofThread();
            scratch.put(text, offset, length, 0);
            crypt(iv, scratch, scratch.data, length);
            scratch.get(0, text, offset, length);
        }

        @Override
        public void crypt(byte[] iv, MemorySegment memory, long at, int length) {
            Objects.checkFromIndexSize(at, length, memory.byteSize());
            crypt(iv, NativeScratch.ofThread(), memory.address() + at, length);
        }

        private void crypt(byte[] iv, NativeScratch scratch, long text, int length) {
            requireOpen(context);
            try {
                setIv(context, scratch, iv);
                OpenSslCipherProvider.crypt(context, text, text, scratch, length);
            } catch (Throwable e) {
                throw NativeLibrary.unexpected(e);
            }
        }

        @Override
        public void authenticate(byte[] data, int offset, int length, byte[] mac) {
            NativeScratch scratch = NativeScratch.ofThread();
            scratch.put(data, offset, length, 0);
            authenticate(scratch, scratch.data, length, mac);
        }

        @Override
        public void authenticate(MemorySegment memory, long at, int length, byte[] mac) {
            Objects.checkFromIndexSize(at, length, memory.byteSize());
            authenticate(NativeScratch.ofThread(), memory.address() + at, length, mac);
        }

        private void authenticate(NativeScratch scratch, long data, int length, byte[] mac) {
            requireOpen(macContext);
            try {
                OpenSsl.require((int) OpenSsl.HMAC_INIT.invokeExact(macContext, 0L, 0, 0L, 0L), "HMAC_Init_ex");
                OpenSsl.require((int) OpenSsl.HMAC_UPDATE.invokeExact(macContext, data, (long) length), "HMAC_Update");
                OpenSsl.require((int) OpenSsl.HMAC_FINAL.invokeExact(macContext, scratch.result, 0L), "HMAC_Final");
            } catch (Throwable e) {
                throw NativeLibrary.unexpected(e);
            }
            scratch.getResult(mac, MAC_BYTES);
        }

        @Override
        public void close() {
            context = freeCipherContext(context);
            if (macContext != 0) {
                try {
                    OpenSsl.HMAC_CTX_FREE.invokeExact(macContext);
                } catch (Throwable e) {
                    throw NativeLibrary.unexpected(e);
                }
                macContext = 0;
            }
        }
    }

    private static long newCipherContext(long algorithm, byte[] key, boolean encrypts) throws Throwable {
        long context = OpenSsl.requireObject((long) OpenSsl.EVP_CIPHER_CTX_NEW.invokeExact(), "a cipher context");
        NativeScratch scratch = NativeScratch.ofThread();
        scratch.put(key, 0, key.length, 0);
        int result =
                (int) OpenSsl.EVP_CIPHER_INIT.invokeExact(context, algorithm, 0L, scratch.data, 0L, encrypts ? 1 : 0);
        scratch.put(new byte[key.length], 0, key.length, 0);
        if (result != 1) {
            freeCipherContext(context);
        }
        OpenSsl.require(result, "EVP_CipherInit_ex with a key");
        return context;
    }

    private static void setIv(long context, NativeScratch scratch, byte[] iv) throws Throwable {
        scratch.putIv(iv);
        int result = (int) OpenSsl.EVP_CIPHER_INIT.invokeExact(context, 0L, 0L, 0L, scratch.iv, SAME_DIRECTION);
        OpenSsl.require(result, "EVP_CipherInit_ex with an IV");
    }

    private static void crypt(long context, long out, long in, NativeScratch scratch, int length) throws Throwable {
        int result = (int) OpenSsl.EVP_CIPHER_UPDATE.invokeExact(context, out, scratch.outLength, in, length);
        OpenSsl.require(result, "EVP_CipherUpdate");
    }

    /// A freed context must never reach native code again.
    private static void requireOpen(long context) {
        if (context == 0) {
            throw new IllegalStateException("the cipher is closed");
        }
    }

    /// Returns the value that marks a context as freed.
    private static long freeCipherContext(long context) {
        if (context != 0) {
            try {
                OpenSsl.EVP_CIPHER_CTX_FREE.invokeExact(context);
            } catch (Throwable e) {
                throw NativeLibrary.unexpected(e);
            }
        }
        return 0;
    }
}
