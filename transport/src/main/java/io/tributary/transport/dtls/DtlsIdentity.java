package io.tributary.transport.dtls;

import java.io.IOException;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.generators.ECKeyPairGenerator;
import org.bouncycastle.crypto.modes.AEADBlockCipher;
import org.bouncycastle.crypto.modes.GCMBlockCipher;
import org.bouncycastle.crypto.modes.gcm.BasicGCMMultiplier;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ECKeyGenerationParameters;
import org.bouncycastle.crypto.params.ECNamedDomainParameters;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.operator.DefaultDigestAlgorithmIdentifierFinder;
import org.bouncycastle.operator.DefaultSignatureAlgorithmIdentifierFinder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.bc.BcECContentSignerBuilder;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;

/// The self-signed certificate of one server run and its key: ECDSA on P-256, which every WebRTC client must accept
/// (RFC 8827 §6.5). Its trust comes from the fingerprint in the signalling, so it is made anew at each start and never
/// stored. Any thread.
public final class DtlsIdentity {
    /// Nobody checks the dates of a pinned certificate; long enough for any run.
    private static final Duration VALIDITY = Duration.ofDays(3650);

    /// Client clocks may be behind ours.
    private static final Duration BACKDATED = Duration.ofDays(1);

    private static final int SERIAL_BITS = 64;

    private final BcTlsCrypto crypto;
    private final Certificate certificate;
    private final AsymmetricKeyParameter privateKey;
    private final Fingerprint fingerprint;

    private DtlsIdentity(
            BcTlsCrypto crypto, Certificate certificate, AsymmetricKeyParameter privateKey, Fingerprint fingerprint) {
        this.crypto = crypto;
        this.certificate = certificate;
        this.privateKey = privateKey;
        this.fingerprint = fingerprint;
    }

    /// Takes some milliseconds.
    ///
    /// @param random also serves every handshake of this identity
    public static DtlsIdentity generate(SecureRandom random, Instant now) {
        BcTlsCrypto crypto = new SmallCrypto(random);
        ECKeyPairGenerator generator = new ECKeyPairGenerator();
        ECNamedDomainParameters p256 = new ECNamedDomainParameters(
                SECObjectIdentifiers.secp256r1, CustomNamedCurves.getByOID(SECObjectIdentifiers.secp256r1));
        generator.init(new ECKeyGenerationParameters(p256, random));
        AsymmetricCipherKeyPair keys = generator.generateKeyPair();
        try {
            byte[] der = selfSigned(keys, new BigInteger(SERIAL_BITS, random), now);
            Certificate chain = new Certificate(new TlsCertificate[] {crypto.createCertificate(der)});
            Fingerprint sha256 = Fingerprint.of("sha-256", der).orElseThrow();
            return new DtlsIdentity(crypto, chain, keys.getPrivate(), sha256);
        } catch (IOException | OperatorCreationException e) {
            throw new IllegalStateException("could not sign our own certificate", e);
        }
    }

    /// Of the certificate, by SHA-256.
    public Fingerprint fingerprint() {
        return fingerprint;
    }

    BcTlsCrypto crypto() {
        return crypto;
    }

    Certificate certificate() {
        return certificate;
    }

    AsymmetricKeyParameter privateKey() {
        return privateKey;
    }

    private static byte[] selfSigned(AsymmetricCipherKeyPair keys, BigInteger serial, Instant now)
            throws IOException, OperatorCreationException {
        X500Name name = new X500Name("CN=Tributary");
        var algorithm = new DefaultSignatureAlgorithmIdentifierFinder().find("SHA256withECDSA");
        var digest = new DefaultDigestAlgorithmIdentifierFinder().find(algorithm);
        return new X509v3CertificateBuilder(
                        name,
                        serial,
                        Date.from(now.minus(BACKDATED)),
                        Date.from(now.plus(VALIDITY)),
                        name,
                        SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(keys.getPublic()))
                .build(new BcECContentSignerBuilder(algorithm, digest).build(keys.getPrivate()))
                .getEncoded();
    }

    /// Bouncy Castle without the tables that GCM is faster with: 20 kB for each connection, for a handful of records.
    /// What is multiplied bit by bit does not show keys through the cache either.
    private static final class SmallCrypto extends BcTlsCrypto {
        SmallCrypto(SecureRandom random) {
            super(random);
        }

        @Override
        protected AEADBlockCipher createGCMMode(BlockCipher cipher) {
            return GCMBlockCipher.newInstance(cipher, new BasicGCMMultiplier());
        }
    }
}
