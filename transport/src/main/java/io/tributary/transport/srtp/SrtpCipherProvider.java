package io.tributary.transport.srtp;

/// Who does the arithmetic: makes ciphers per key. [SrtpProviders#choose] finds the fastest one that works here.
public interface SrtpCipherProvider {
    /// For the start-up banner and a metric label: `openssl`, `jdk`, `ipsec-mb`.
    String name();

    /// AES-GCM under a key of 16 or 32 bytes.
    ///
    /// @param encrypts whether the cipher will [AeadCipher#seal] (else [AeadCipher#open]): one does not do both
    AeadCipher aead(byte[] key, boolean encrypts);

    /// AES-CM and HMAC-SHA1 beside each other.
    ///
    /// @param key AES key of 16 bytes
    /// @param macKey HMAC-SHA1 key of 20 bytes
    CounterMacCipher counterMac(byte[] key, byte[] macKey);
}
