package io.tributary.transport.sim;

import io.tributary.transport.srtp.AeadCipher;
import io.tributary.transport.srtp.CounterMacCipher;
import io.tributary.transport.srtp.JdkCipherProvider;
import io.tributary.transport.srtp.SrtpCipherProvider;

/// Real ciphers that count what they are asked for.
public final class CountingCiphers implements SrtpCipherProvider {
    private final SrtpCipherProvider ciphers = new JdkCipherProvider();
    private long operations;

    /// Packets sealed or opened, in vain or not.
    public long operations() {
        return operations;
    }

    @Override
    public String name() {
        return ciphers.name();
    }

    @Override
    public AeadCipher aead(byte[] key, boolean encrypts) {
        AeadCipher cipher = ciphers.aead(key, encrypts);
        return new AeadCipher() {
            @Override
            public void seal(byte[] iv, byte[] aad, int aadAt, int aadLength, byte[] text, int textAt, int length) {
                operations++;
                cipher.seal(iv, aad, aadAt, aadLength, text, textAt, length);
            }

            @Override
            public boolean open(byte[] iv, byte[] aad, int aadAt, int aadLength, byte[] text, int textAt, int length) {
                operations++;
                return cipher.open(iv, aad, aadAt, aadLength, text, textAt, length);
            }

            @Override
            public void close() {
                cipher.close();
            }
        };
    }

    @Override
    public CounterMacCipher counterMac(byte[] key, byte[] macKey) {
        return ciphers.counterMac(key, macKey); // simulations use GCM
    }
}
