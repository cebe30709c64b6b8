package io.tributary.sfu.signal;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.tributary.sfu.room.ParticipantSid;
import io.tributary.sfu.token.ApiKeys;
import io.tributary.sfu.token.TokenVerifier;
import io.tributary.transport.fuzz.Mutations;
import io.tributary.transport.http.HttpRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What reads a client's bytes before and after it has joined. Without `JAZZER_FUZZ` each target sees the inputs
/// that are checked in.
class SignalFuzzTest {
    private static final ParticipantSid ANN = new ParticipantSid("PA_ann");

    /// A compressed join request may unfold to a megabyte and no more; the buffers it grows through make it four.
    private static final long UNFOLDED_BYTES = 4 << 20;

    private static final TokenVerifier VERIFIER =
            new TokenVerifier(new ApiKeys(Map.of("devkey", "a-secret-of-at-least-thirty-two-bytes")));

    @FuzzTest
    void signalRequest(byte[] input) {
        SignalReader.read(ANN, input);
    }

    /// The bytes of a `WrappedJoinRequest`, which the query carries in base64.
    @FuzzTest
    void joinRequest(byte[] input) {
        JoinParameters.ofRtcV1(request("join_request=" + Base64.getUrlEncoder().encodeToString(input)));
    }

    /// A whole query string.
    @FuzzTest
    void joinQuery(byte[] input) {
        JoinParameters.ofRtc(request(text(input)));
    }

    @FuzzTest
    void token(byte[] input) {
        VERIFIER.verify(text(input), 1_795_212_088_000L);
    }

    @Test
    void joinRequestsStandMutations() throws IOException {
        Mutations.run(SignalFuzzTest.class, "joinRequest", UNFOLDED_BYTES, this::joinRequest);
    }

    @ParameterizedTest
    @ValueSource(strings = {"signalRequest", "joinQuery", "token"})
    void standsMutationsOfItsInputs(String target) throws IOException {
        long allocationBytes = target.equals("joinQuery") ? UNFOLDED_BYTES : Mutations.ALLOCATION_BYTES;
        Mutations.run(
                SignalFuzzTest.class,
                target,
                allocationBytes,
                switch (target) {
                    case "signalRequest" -> this::signalRequest;
                    case "joinQuery" -> this::joinQuery;
                    case "token" -> this::token;
                    default -> throw new IllegalArgumentException(target);
                });
    }

    private static HttpRequest request(String query) {
        return new HttpRequest("GET", "/rtc", query, Map.of(), InetAddress.getLoopbackAddress(), new byte[0]);
    }

    private static String text(byte[] input) {
        return new String(input, StandardCharsets.UTF_8);
    }
}
