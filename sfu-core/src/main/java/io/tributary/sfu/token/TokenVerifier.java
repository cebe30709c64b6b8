package io.tributary.sfu.token;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.tributary.sfu.token.TokenVerdict.Refused;
import io.tributary.sfu.token.TokenVerdict.Verified;
import java.text.ParseException;
import java.util.Date;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Decides whether a token is genuine: HMAC-SHA256 (RFC 7518 §3.2) by a key of ours and nothing else, `exp` required,
/// `nbf` respected, `iat` ignored.
///
/// The texts are livekit-server's, because people search for them.
public final class TokenVerifier {
    /// Clocks of token services are not exact.
    private static final long LEEWAY_SECONDS = 60;

    /// The header of an HTTP request does not get larger; room configurations make tokens of a few kilobytes.
    private static final int LONGEST_TOKEN = 64 * 1024;

    private static final int UNAUTHORIZED = 401;

    private final ApiKeys keys;

    public TokenVerifier(ApiKeys keys) {
        this.keys = keys;
    }

    /// Reads and checks `token` at a Unix time in milliseconds.
    public TokenVerdict verify(String token, long nowMillis) {
        if (token.length() > LONGEST_TOKEN) {
            return refused("invalid authorization token");
        }
        SignedJWT jwt;
        JWTClaimsSet claims;
        try {
            jwt = SignedJWT.parse(token);
            claims = jwt.getJWTClaimsSet();
        } catch (ParseException | IllegalArgumentException e) {
            return refused("invalid authorization token");
        }
        if (claims == null) {
            return refused("invalid authorization token");
        }
        String apiKey = textOf(claims.getIssuer());
        Optional<byte[]> secret = keys.secret(apiKey);
        if (secret.isEmpty()) {
            return refused("invalid API key: " + printable(apiKey));
        }
        // The algorithm is ours to choose, not the token's: `none`, RS256 and even HS512 are refused.
        if (!JWSAlgorithm.HS256.equals(jwt.getHeader().getAlgorithm())) {
            return invalid("token signature is invalid: signing method is invalid");
        }
        if (!signed(jwt, secret.get())) {
            return invalid("token signature is invalid: signature is invalid");
        }
        Date expiry = claims.getExpirationTime();
        if (expiry == null) {
            return invalid("token has invalid claims: exp claim is required");
        }
        if (nowMillis / 1000 >= expiry.toInstant().getEpochSecond() + LEEWAY_SECONDS) {
            return invalid("token has invalid claims: token is expired");
        }
        Date notBefore = claims.getNotBeforeTime();
        if (notBefore != null && nowMillis / 1000 < notBefore.toInstant().getEpochSecond() - LEEWAY_SECONDS) {
            return invalid("token has invalid claims: token is not valid yet");
        }
        return new Verified(ClaimsReader.read(
                apiKey, claims.toJSONObject(), expiry.toInstant().getEpochSecond()));
    }

    private static boolean signed(SignedJWT jwt, byte[] secret) {
        try {
            return jwt.verify(new MACVerifier(secret));
        } catch (JOSEException e) {
            return false;
        }
    }

    private static String textOf(@Nullable String text) {
        return text == null ? "" : text;
    }

    /// A stranger's text in an answer stays short and harmless.
    private static String printable(String text) {
        String clean = text.replaceAll("[^\\x20-\\x7e]", "?");
        return clean.length() <= 64 ? clean : clean.substring(0, 64);
    }

    private static Refused invalid(String detail) {
        return refused("invalid token: <token>, error: " + detail);
    }

    private static Refused refused(String body) {
        return new Refused(UNAUTHORIZED, body);
    }
}
