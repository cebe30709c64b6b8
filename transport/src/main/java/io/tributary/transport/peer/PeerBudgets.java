package io.tributary.transport.peer;

import io.tributary.transport.dtls.HandshakeBudget;
import io.tributary.transport.ice.CheckBudget;
import io.tributary.transport.io.Allowance;
import java.util.random.RandomGenerator;

/// What strangers and hostile peers may cost one loop. The values are not for operators: those of [#DEFAULT] are far
/// from what honest clients need, and reasoned where they are defined. [#UNLIMITED] lets a test show what they are for.
///
/// @param checksPerAddress connectivity checks that fail, from one address, a second
/// @param checksTotal the same from everywhere
/// @param checksPerPeer checks of one peer on paths that are known, a second
/// @param handshakes DTLS handshakes under way at once
/// @param handshakesPerAddress the same with one address
/// @param forgeriesPerSecond packets of one peer that fail to authenticate before they are looked at more closely
/// @param recordsPerSecond DTLS records of one peer after its handshake
/// @param feedbackPerSecond units of RTCP work of one peer, see [RtcpReceiver]
public record PeerBudgets(
        int checksPerAddress,
        int checksTotal,
        int checksPerPeer,
        int handshakes,
        int handshakesPerAddress,
        int forgeriesPerSecond,
        int recordsPerSecond,
        int feedbackPerSecond) {
    /// After the handshake there are alerts and retransmissions, some of them because of loss.
    private static final int RECORDS_PER_SECOND = 50;

    public static final PeerBudgets DEFAULT = new PeerBudgets(
            CheckBudget.PER_ADDRESS,
            CheckBudget.TOTAL,
            CheckBudget.PER_PEER,
            HandshakeBudget.TOTAL,
            HandshakeBudget.PER_ADDRESS,
            ForgerySieve.FREE_FAILURES_PER_SECOND,
            RECORDS_PER_SECOND,
            RtcpReceiver.WORK_PER_SECOND);

    private static final int NO_LIMIT = Integer.MAX_VALUE;

    public static final PeerBudgets UNLIMITED =
            new PeerBudgets(NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT);

    CheckBudget checks(RandomGenerator random) {
        return new CheckBudget(checksPerAddress, checksTotal, checksPerPeer, random);
    }

    HandshakeBudget newHandshakes() {
        return new HandshakeBudget(handshakes, handshakesPerAddress);
    }

    Allowance forgeries() {
        return new Allowance(ForgerySieve.FREE_FAILURES, forgeriesPerSecond);
    }

    Allowance records() {
        return new Allowance(2 * RECORDS_PER_SECOND, recordsPerSecond);
    }

    Allowance feedback() {
        return new Allowance(RtcpReceiver.WORK_PER_SECOND, feedbackPerSecond);
    }
}
