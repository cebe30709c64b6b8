package io.tributary.transport.dtls;

import io.tributary.transport.srtp.SrtpKeys;
import io.tributary.transport.srtp.SrtpProfile;
import java.io.IOException;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.Optional;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.ExporterLabel;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.NamedGroup;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.UseSRTPData;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.jspecify.annotations.Nullable;

/// What one handshake insists on: DTLS 1.2, ECDHE with ECDSA, the extended master secret (RFC 7627), `use_srtp`, and a
/// client certificate that matches the promised fingerprint (RFC 8827 §6.5). Runs on the handshake's thread.
@SuppressWarnings("JdkObsolete") // Hashtable is Bouncy Castle's word for extensions
final class BouncyServer extends DefaultTlsServer {
    /// An honest handshake takes three round trips; a client that lost its network is gone or restarts ICE by then.
    private static final int HANDSHAKE_TIMEOUT_MILLIS = 30_000;

    /// Above most round trips, and a lost datagram does not cost a caller a whole second.
    private static final int RESEND_MILLIS = 400;

    /// Chromium's ClientHello has 1.4 kB, an RSA-4096 certificate 1.4; sixteen such messages may be in reassembly.
    private static final int MAX_HANDSHAKE_MESSAGE_BYTES = 8 * 1024;

    private final DtlsIdentity identity;
    private final Fingerprint expected;
    private @Nullable SrtpProfile profile;
    private @Nullable SrtpKeys keys;
    private String refusal = "";

    BouncyServer(DtlsIdentity identity, Fingerprint expected) {
        super(identity.crypto());
        this.identity = identity;
        this.expected = expected;
    }

    /// The keys of a finished handshake.
    SrtpKeys keys() {
        if (keys == null) {
            throw new IllegalStateException("a handshake that ended without keys");
        }
        return keys;
    }

    /// Why we ended the handshake, empty where the remote or the network did.
    String refusal() {
        return refusal;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.DTLSv12.only();
    }

    /// RFC 8827 §6.5 makes every client have the first. Only AES-GCM: [RecordFilter] relies on the shape of its
    /// records.
    @Override
    protected int[] getSupportedCipherSuites() {
        return new int[] {
            CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
        };
    }

    @Override
    protected boolean preferLocalCipherSuites() {
        return true;
    }

    @Override
    public int[] getSupportedGroups() {
        return new int[] {NamedGroup.x25519, NamedGroup.secp256r1, NamedGroup.secp384r1};
    }

    @Override
    public boolean preferLocalSupportedGroups() {
        return true;
    }

    @Override
    public boolean requiresExtendedMasterSecret() {
        return true;
    }

    @Override
    public int getHandshakeTimeoutMillis() {
        return HANDSHAKE_TIMEOUT_MILLIS;
    }

    @Override
    public int getHandshakeResendTimeMillis() {
        return RESEND_MILLIS;
    }

    @Override
    public int getMaxHandshakeMessageSize() {
        return MAX_HANDSHAKE_MESSAGE_BYTES;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public void processClientExtensions(Hashtable extensions) throws IOException {
        super.processClientExtensions(extensions);
        UseSRTPData offered = extensions == null ? null : TlsSRTPUtils.getUseSRTPExtension(extensions);
        int[] wireIds = offered == null ? new int[0] : offered.getProtectionProfiles();
        profile = Arrays.stream(SrtpProfile.values())
                .filter(ours -> Arrays.stream(wireIds).anyMatch(theirs -> theirs == ours.wireId()))
                .findFirst()
                .orElseThrow(() -> refuse(AlertDescription.handshake_failure, "no common SRTP profile"));
    }

    @Override
    public Hashtable<?, ?> getServerExtensions() throws IOException {
        if (profile == null) {
            throw refuse(AlertDescription.handshake_failure, "no use_srtp extension");
        }
        var extensions = super.getServerExtensions();
        TlsSRTPUtils.addUseSRTPExtension(
                extensions, new UseSRTPData(new int[] {profile.wireId()}, TlsUtils.EMPTY_BYTES));
        return extensions;
    }

    @Override
    protected TlsCredentialedSigner getECDSASignerCredentials() {
        return new BcDefaultTlsCredentialedSigner(
                new TlsCryptoParameters(context),
                identity.crypto(),
                identity.privateKey(),
                identity.certificate(),
                SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
    }

    @Override
    public CertificateRequest getCertificateRequest() {
        // Both are signing types, so that a certificate always comes with proof of its key.
        short[] types = {ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign};
        return new CertificateRequest(types, TlsUtils.getDefaultSupportedSignatureAlgorithms(context), null);
    }

    @Override
    public void notifyClientCertificate(Certificate certificate) throws IOException {
        if (certificate == null || certificate.isEmpty()) {
            throw refuse(AlertDescription.handshake_failure, "no client certificate");
        }
        byte[] der = certificate.getCertificateAt(0).getEncoded();
        if (!Fingerprint.of(expected.algorithm(), der).equals(Optional.of(expected))) {
            throw refuse(AlertDescription.bad_certificate, "fingerprint mismatch");
        }
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        SrtpProfile chosen = profile;
        // RFC 7627 and the certificate were enforced above; this is the one place where keys come to be.
        if (chosen == null || context.getSecurityParametersConnection().getPeerCertificate() == null) {
            throw refuse(AlertDescription.internal_error, "handshake without profile or certificate");
        }
        keys = new SrtpKeys(chosen, context.exportKeyingMaterial(ExporterLabel.dtls_srtp, null, chosen.exportBytes()));
    }

    private TlsFatalAlert refuse(short alert, String reason) {
        refusal = reason;
        return new TlsFatalAlert(alert, reason);
    }
}
