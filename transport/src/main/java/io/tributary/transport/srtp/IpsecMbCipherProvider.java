package io.tributary.transport.srtp;

/// AES-GCM by Intel's Multi-Buffer Crypto for IPsec: one call for a packet, where OpenSSL needs five. AES-CM and
/// HMAC-SHA1, which no browser asks for, are left to another provider.
public final class IpsecMbCipherProvider implements SrtpCipherProvider {
    private final SrtpCipherProvider counterMac;

    /// @param counterMac who does the profile without AES-GCM
    IpsecMbCipherProvider(SrtpCipherProvider counterMac) {
        this.counterMac = counterMac;
    }

    @Override
    public String name() {
        return "ipsec-mb";
    }

    @Override
    public AeadCipher aead(byte[] key, boolean encrypts) {
        return new Aead(key);
    }

    @Override
    public CounterMacCipher counterMac(byte[] key, byte[] macKey) {
        return counterMac.counterMac(key, macKey);
    }

    private static final class Aead extends NativeAead {
        private static final long TAG_LENGTH = TAG_BYTES;

        private final boolean is256;
        private long keyData;

        Aead(byte[] key) {
            is256 = key.length == 32;
            NativeScratch scratch = NativeScratch.ofThread();
            scratch.put(key, 0, key.length, 0);
            try {
                keyData = IpsecMb.newKeyData();
                if (is256) {
                    IpsecMb.EXPAND_256.invokeExact(scratch.data, keyData);
                } else {
                    IpsecMb.EXPAND_128.invokeExact(scratch.data, keyData);
                }
            } catch (Throwable e) {
                throw NativeLibrary.unexpected(e);
            } finally {
                scratch.put(new byte[key.length], 0, key.length, 0);
            }
        }

        @Override
        void seal(byte[] iv, NativeScratch scratch, long packet, int aadLength, int textLength) {
            long key = requireOpen();
            long aadBytes = requireLength(aadLength);
            long textBytes = requireLength(textLength);
            long text = packet + aadBytes;
            long tag = text + textBytes;
            long context = scratch.context;
            scratch.putIv(iv);
            try {
                if (is256) {
                    IpsecMb.SEAL_256.invokeExact(
                            key, context, text, text, textBytes, scratch.iv, packet, aadBytes, tag, TAG_LENGTH);
                } else {
                    IpsecMb.SEAL_128.invokeExact(
                            key, context, text, text, textBytes, scratch.iv, packet, aadBytes, tag, TAG_LENGTH);
                }
            } catch (Throwable e) {
                throw NativeLibrary.unexpected(e);
            }
        }

        @Override
        boolean open(byte[] iv, NativeScratch scratch, int aadLength, int textLength) {
            long key = requireOpen();
            scratch.putIv(iv);
            long aadBytes = requireLength(aadLength);
            long textBytes = requireLength(textLength);
            long packet = scratch.data;
            long in = packet + aadBytes;
            long tag = scratch.result;
            long context = scratch.context;
            try {
                if (is256) {
                    IpsecMb.OPEN_256.invokeExact(
                            key, context, in, in, textBytes, scratch.iv, packet, aadBytes, tag, TAG_LENGTH);
                } else {
                    IpsecMb.OPEN_128.invokeExact(
                            key, context, in, in, textBytes, scratch.iv, packet, aadBytes, tag, TAG_LENGTH);
                }
            } catch (Throwable e) {
                throw NativeLibrary.unexpected(e);
            }
            return scratch.resultIs(aadLength + textLength);
        }

        /// Freed memory must never reach native code again.
        private long requireOpen() {
            if (keyData == 0) {
                throw new IllegalStateException("the cipher is closed");
            }
            return keyData;
        }

        /// C takes a negative length for an enormous one, and refuses that without telling.
        private static int requireLength(int length) {
            if (length < 0) {
                throw new IllegalArgumentException("a length of " + length);
            }
            return length;
        }

        @Override
        public void close() {
            if (keyData != 0) {
                try {
                    IpsecMb.freeKeyData(keyData);
                } catch (Throwable e) {
                    throw NativeLibrary.unexpected(e);
                }
                keyData = 0;
            }
        }
    }
}
