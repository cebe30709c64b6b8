package io.tributary.transport.dtls;

import io.tributary.transport.srtp.SrtpKeys;
import io.tributary.transport.srtp.SrtpProfile;
import java.io.IOException;
import java.util.Hashtable;
import java.util.List;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ExporterLabel;
import org.bouncycastle.tls.HashAlgorithm;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.UseSRTPData;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.bc.BcDefaultTlsCredentialedSigner;
import org.jspecify.annotations.Nullable;

/// The client's half of a handshake, to warm up the server's at start. It trusts anybody, so it must stay in here.
@SuppressWarnings("JdkObsolete") // Hashtable is Bouncy Castle's word for extensions
class BouncyClient extends DefaultTlsClient implements TlsAuthentication {
    private final DtlsIdentity identity;
    private final List<SrtpProfile> offered;
    private @Nullable SrtpProfile selected;
    private @Nullable SrtpKeys keys;

    BouncyClient(DtlsIdentity identity, List<SrtpProfile> offered) {
        super(identity.crypto());
        this.identity = identity;
        this.offered = offered;
    }

    @Nullable
    SrtpKeys keys() {
        return keys;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.DTLSv12.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return new int[] {CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256};
    }

    @Override
    @SuppressWarnings({"rawtypes", "unchecked"})
    public Hashtable getClientExtensions() throws IOException {
        Hashtable extensions = super.getClientExtensions();
        if (!offered.isEmpty()) {
            int[] wireIds = offered.stream().mapToInt(SrtpProfile::wireId).toArray();
            TlsSRTPUtils.addUseSRTPExtension(extensions, new UseSRTPData(wireIds, TlsUtils.EMPTY_BYTES));
        }
        return extensions;
    }

    @Override
    @SuppressWarnings("rawtypes")
    public void processServerExtensions(Hashtable extensions) throws IOException {
        super.processServerExtensions(extensions);
        UseSRTPData chosen = TlsSRTPUtils.getUseSRTPExtension(extensions);
        selected = chosen == null
                ? null
                : SrtpProfile.of(chosen.getProtectionProfiles()[0]).orElse(null);
    }

    @Override
    public TlsAuthentication getAuthentication() {
        return this;
    }

    @Override
    public void notifyServerCertificate(TlsServerCertificate certificate) {
        // The server at the other end is in this process.
    }

    @Override
    public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) {
        return new BcDefaultTlsCredentialedSigner(
                new TlsCryptoParameters(context),
                identity.crypto(),
                identity.privateKey(),
                identity.certificate(),
                SignatureAndHashAlgorithm.getInstance(HashAlgorithm.sha256, SignatureAlgorithm.ecdsa));
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        if (selected != null) {
            keys = new SrtpKeys(
                    selected, context.exportKeyingMaterial(ExporterLabel.dtls_srtp, null, selected.exportBytes()));
        }
    }
}
