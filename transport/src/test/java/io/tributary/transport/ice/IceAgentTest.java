package io.tributary.transport.ice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.io.Tuple;
import io.tributary.transport.loop.Timed;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IceAgentTest implements IceEvents {
    private static final IceCredentials LOCAL = IceCredentials.random(new Random(1));
    private static final IceCredentials REMOTE = new IceCredentials("Rufr", "remote-password-of-22+");
    private static final InetSocketAddress HOME = new InetSocketAddress("192.0.2.7", 40_000);
    private static final InetSocketAddress MOBILE = new InetSocketAddress("2001:db8::7", 40_001);
    private static final int UNKNOWN_REQUIRED = 0x7F00;

    private final PacketPool pool = new PacketPool();
    private final DropCounter<IceDrop> drops = new DropCounter<>(IceDrop.class);
    private final IceAgent agent = new IceAgent(LOCAL, pool, this, drops, budget(new Random(2)));
    private final List<Tuple> selections = new ArrayList<>();
    private final Set<Tuple> known = new HashSet<>();
    private final List<Integer> responses = new ArrayList<>();
    private final List<Integer> answerBytes = new ArrayList<>();
    private IceCredentials answering = LOCAL;
    private int consentLost;

    @AfterEach
    void noBufferIsOut() {
        assertThat(pool.outstanding()).isZero();
    }

    @Test
    void answersACheckAndSelectsItsPathBeforeAnyNomination() {
        agent.remote(REMOTE);
        check(1_000, HOME, false);

        assertThat(responses).containsExactly(Stun.BINDING_SUCCESS);
        assertThat(selections).containsExactly(new Tuple(0, HOME));
        assertThat(agent.selected()).isEqualTo(new Tuple(0, HOME));
        assertThat(agent.isValidated(0, HOME)).isTrue();
        assertThat(agent.isValidated(1, HOME)).isFalse();
        assertThat(agent.hasConsent()).isTrue();
        assertThat(agent.lastCheckMicros()).isEqualTo(1_000);
    }

    @Test
    void answersBeforeTheRemoteIsKnown() {
        check(1_000, HOME, true);

        assertThat(responses).containsExactly(Stun.BINDING_SUCCESS);
    }

    @Test
    void followsANewAddressOnlyWhenItIsNominated() {
        agent.remote(REMOTE);
        check(1_000, HOME, true);
        check(2_000, MOBILE, false);
        assertThat(agent.selected()).isEqualTo(new Tuple(0, HOME));
        check(3_000, MOBILE, true);

        assertThat(selections).containsExactly(new Tuple(0, HOME), new Tuple(0, MOBILE));
        assertThat(known).containsExactlyInAnyOrder(new Tuple(0, HOME), new Tuple(0, MOBILE));
    }

    @Test
    void silentlyDropsWhatDoesNotAuthenticate() {
        agent.remote(REMOTE);
        String name = LOCAL.ufrag() + ":" + REMOTE.ufrag();
        receive(0, HOME, request(name, "not the password", true));
        receive(0, HOME, request(LOCAL.ufrag() + ":else", LOCAL.pwd(), true));
        receive(0, HOME, request("else:" + REMOTE.ufrag(), LOCAL.pwd(), true));
        receive(0, HOME, request(LOCAL.ufrag(), LOCAL.pwd(), true));
        PacketBuffer damaged = request(name, LOCAL.pwd(), true);
        damaged.array()[damaged.end() - 1] ^= 1;
        receive(0, HOME, damaged);
        PacketBuffer bare = pool.take();
        StunWriter writer = new StunWriter();
        writer.begin(bare, Stun.BINDING_REQUEST);
        writer.transaction(new byte[12]);
        writer.end(bare);
        receive(0, HOME, bare);
        PacketBuffer response = pool.take();
        writer.begin(response, Stun.BINDING_SUCCESS);
        writer.transaction(new byte[12]);
        writer.end(response);
        receive(0, HOME, response);

        assertThat(responses).isEmpty();
        assertThat(known).isEmpty();
        assertThat(agent.selected()).isNull();
        assertThat(drops.counted(IceDrop.BAD_INTEGRITY)).isEqualTo(1);
        assertThat(drops.counted(IceDrop.UNKNOWN_USERNAME)).isEqualTo(3);
        assertThat(drops.counted(IceDrop.MALFORMED)).isEqualTo(1);
        assertThat(drops.counted(IceDrop.UNAUTHENTICATED)).isEqualTo(1);
        assertThat(drops.counted(IceDrop.NOT_A_BINDING_REQUEST)).isEqualTo(1);
    }

    @Test
    void tellsAControlledRemoteToSwitch() {
        receive(0, HOME, request(LOCAL.ufrag() + ":x", LOCAL.pwd(), true, Stun.ICE_CONTROLLED, new byte[8]));

        assertThat(responses).containsExactly(Stun.BINDING_ERROR);
        assertThat(known).isEmpty();
    }

    @Test
    void namesWhatItDoesNotUnderstand() {
        receive(0, HOME, request(LOCAL.ufrag() + ":x", LOCAL.pwd(), true, UNKNOWN_REQUIRED, new byte[3]));

        assertThat(responses).containsExactly(Stun.BINDING_ERROR);
        assertThat(agent.selected()).isNull();
    }

    @Test
    void aRestartKeepsTheOldCredentialsUntilTheNewOnesAreUsed() {
        agent.remote(REMOTE);
        check(1_000, HOME, true);
        IceCredentials newLocal = IceCredentials.random(new Random(2));
        IceCredentials newRemote = new IceCredentials("Sufr", "another-password-of-22");
        agent.restart(newLocal);
        agent.remote(newRemote);
        check(2_000, HOME, true);
        assertThat(responses).hasSize(2);

        answering = newLocal;
        receive(3_000, MOBILE, request(newLocal.ufrag() + ":" + newRemote.ufrag(), newLocal.pwd(), false));
        assertThat(responses).hasSize(3);
        assertThat(agent.selected()).isEqualTo(new Tuple(0, HOME));
        receive(4_000, MOBILE, request(newLocal.ufrag() + ":" + newRemote.ufrag(), newLocal.pwd(), true));
        assertThat(agent.selected()).isEqualTo(new Tuple(0, MOBILE));

        check(5_000, HOME, true);
        assertThat(responses).hasSize(4);
        assertThat(drops.counted(IceDrop.UNKNOWN_USERNAME)).isEqualTo(1);
    }

    @Test
    void losesConsentAndRecovers() {
        assertThat(agent.nextDeadlineMicros()).isEqualTo(Timed.NEVER);
        check(1_000_000, HOME, true);
        assertThat(agent.nextDeadlineMicros()).isEqualTo(1_000_000 + IceAgent.CONSENT_TIMEOUT_MICROS);
        agent.onDeadline(1_500_000);
        assertThat(consentLost).isZero();

        agent.onDeadline(1_000_000 + IceAgent.CONSENT_TIMEOUT_MICROS);
        assertThat(consentLost).isEqualTo(1);
        assertThat(agent.nextDeadlineMicros()).isEqualTo(Timed.NEVER);
        assertThat(agent.hasConsent()).isFalse();

        check(90_000_000, HOME, true);
        assertThat(agent.hasConsent()).isTrue();
        assertThat(selections).containsExactly(new Tuple(0, HOME), new Tuple(0, HOME));
    }

    @Test
    void afterLosingConsentAnyAuthenticatedPathWillDo() {
        check(1_000_000, HOME, true);
        agent.onDeadline(60_000_000);
        check(61_000_000, MOBILE, false);

        assertThat(agent.selected()).isEqualTo(new Tuple(0, MOBILE));
    }

    @Test
    void remembersABoundedNumberOfPathsAndNeverForgetsTheSelectedOne() {
        check(0, HOME, true);
        for (int port = 1; port < 1_000; port++) {
            check(port * 1_000_000L / IceAgent.PATHS_PER_SECOND, new InetSocketAddress("192.0.2.8", port), false);
            assertThat(known).hasSizeLessThanOrEqualTo(IceAgent.MAX_TUPLES);
        }

        assertThat(agent.isValidated(0, HOME)).isTrue();
        assertThat(agent.isValidated(0, new InetSocketAddress("192.0.2.8", 999)))
                .isTrue();
        assertThat(agent.isValidated(0, new InetSocketAddress("192.0.2.8", 1))).isFalse();
    }

    /// Whoever has our password and uses it from everywhere costs two HMACs a check up to a bound, then one.
    @Test
    void triesABoundedNumberOfPathsAtOnce() {
        for (int port = 1; port <= 1_000; port++) {
            check(0, new InetSocketAddress("192.0.2.8", port), false);
        }

        assertThat(responses).hasSize(IceAgent.PATH_BURST);
        assertThat(drops.counted(IceDrop.PATH_BUDGET)).isEqualTo(CheckBudget.PER_ADDRESS + IceAgent.RESERVE_BURST);
        assertThat(drops.counted(IceDrop.PATH_BUDGET) + drops.counted(IceDrop.STRANGER_BUDGET))
                .isEqualTo(1_000 - IceAgent.PATH_BURST);
    }

    @Test
    void answersABoundedNumberOfChecksOnAKnownPath() {
        for (int i = 0; i < 1_000; i++) {
            check(0, HOME, true);
        }
        assertThat(responses).hasSize(1 + 2 * CheckBudget.PER_PEER);
        check(1_000_000, HOME, true);

        assertThat(responses).hasSize(2 + 2 * CheckBudget.PER_PEER);
        assertThat(drops.counted(IceDrop.CHECK_BUDGET)).isEqualTo(1_000 - 1 - 2 * CheckBudget.PER_PEER);
    }

    /// Behind one NAT somebody tries passwords; who comes next from there names a connection of their own and gets in.
    @Test
    void aFloodOfFailuresFromAnAddressLeavesRoomForOthersThere() {
        var strangers = budget(new Random(4));
        var attacked = new IceAgent(IceCredentials.random(new Random(5)), pool, this, drops, strangers);
        var newcomer = new IceAgent(LOCAL, pool, this, drops, strangers);
        String name = attacked.localUfrags().getFirst() + ":x";
        for (int port = 1; port <= 5_000; port++) {
            PacketBuffer guess = request(name, "a guess", true);
            attacked.receive(0, 0, new InetSocketAddress("192.0.2.8", port), guess);
            guess.release();
        }
        assertThat(drops.counted(IceDrop.BAD_INTEGRITY)).isEqualTo(CheckBudget.PER_ADDRESS + IceAgent.RESERVE_BURST);
        assertThat(responses).isEmpty();
        PacketBuffer genuine = request(LOCAL.ufrag() + ":" + REMOTE.ufrag(), LOCAL.pwd(), true);
        newcomer.receive(0, 0, new InetSocketAddress("192.0.2.8", 6_000), genuine);
        genuine.release();

        assertThat(responses).containsExactly(Stun.BINDING_SUCCESS);
    }

    /// An office that comes back after an outage: two connections each, four paths of each, all within a moment.
    @Test
    void manyGenuineNewcomersOfOneAddressDoNotUseUpEachOthersShare() {
        var strangers = budget(new Random(6));
        for (int person = 0; person < 400; person++) {
            var newcomer = new IceAgent(LOCAL, pool, this, drops, strangers);
            for (int path = 0; path < 4; path++) {
                PacketBuffer genuine = request(LOCAL.ufrag() + ":" + REMOTE.ufrag(), LOCAL.pwd(), true);
                newcomer.receive(0, 0, new InetSocketAddress("192.0.2.8", 1 + 4 * person + path), genuine);
                genuine.release();
            }
        }
        assertThat(responses).hasSize(1_600);
    }

    /// Whatever the addresses, no answer is larger than what asked for it, and nothing unauthenticated has one.
    @Test
    void answersAreNoLargerThanTheirQuestions() {
        agent.remote(REMOTE);
        String name = LOCAL.ufrag() + ":" + REMOTE.ufrag();
        for (InetSocketAddress from : List.of(HOME, MOBILE)) {
            for (boolean nominates : new boolean[] {true, false}) {
                asks(from, request(name, LOCAL.pwd(), nominates));
                asks(from, request(name, LOCAL.pwd(), nominates, Stun.ICE_CONTROLLED, new byte[8]));
                asks(from, request(name, LOCAL.pwd(), nominates, UNKNOWN_REQUIRED, new byte[4]));
            }
        }
        assertThat(answerBytes).hasSize(12);
    }

    private static CheckBudget budget(Random random) {
        return new CheckBudget(CheckBudget.PER_ADDRESS, CheckBudget.TOTAL, CheckBudget.PER_PEER, random);
    }

    private void asks(InetSocketAddress from, PacketBuffer request) {
        int asked = request.length();
        receive(0, from, request);
        assertThat(answerBytes.getLast()).isLessThanOrEqualTo(asked);
    }

    @Test
    void randomCredentialsAreIceChars() {
        IceCredentials credentials = IceCredentials.random(new Random(3));

        assertThat(credentials.ufrag()).matches("[A-Za-z0-9+/]{16}");
        assertThat(credentials.pwd()).matches("[A-Za-z0-9+/]{32}");
        assertThat(credentials.toString()).doesNotContain(credentials.pwd());
    }

    @Test
    void randomDatagramsNeverThrow() {
        long seed = Long.getLong("test.seed", 8445L);
        Random random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            PacketBuffer datagram = request(LOCAL.ufrag() + ":x", LOCAL.pwd(), true);
            for (int hits = random.nextInt(6); hits > 0; hits--) {
                datagram.array()[datagram.offset() + random.nextInt(datagram.length())] = (byte) random.nextInt();
            }
            datagram.length(random.nextInt(8) == 0 ? random.nextInt(datagram.length()) : datagram.length());
            receive(round, HOME, datagram);
        }
        assertThat(drops.counted(IceDrop.MALFORMED)).as("seed %d", seed).isPositive();
    }

    @Override
    public void onIceResponse(Tuple tuple, PacketBuffer response) {
        StunMessage message = new StunMessage();
        assertThat(message.wrap(response)).isTrue();
        assertThat(message.isIntact(IceAgent.hmac(answering.pwd()))).isTrue();
        byte[] array = response.array();
        int at = response.offset();
        answerBytes.add(response.length());
        responses.add((array[at] & 0xFF) << 8 | (array[at + 1] & 0xFF));
        assertThat(array[response.end() - 8]).as("FINGERPRINT is last").isEqualTo((byte) 0x80);
        response.release();
    }

    @Override
    public void onIceValidated(Tuple tuple) {
        known.add(tuple);
    }

    @Override
    public void onIceForgotten(Tuple tuple) {
        known.remove(tuple);
    }

    @Override
    public void onIceSelected(long nowMicros, Tuple tuple) {
        selections.add(tuple);
    }

    @Override
    public void onIceConsentLost(long nowMicros) {
        consentLost++;
    }

    private void check(long nowMicros, InetSocketAddress from, boolean nominate) {
        receive(nowMicros, from, request(LOCAL.ufrag() + ":" + REMOTE.ufrag(), LOCAL.pwd(), nominate));
    }

    private void receive(long nowMicros, InetSocketAddress from, PacketBuffer datagram) {
        agent.receive(nowMicros, 0, from, datagram);
        datagram.release();
    }

    private PacketBuffer request(String username, String password, boolean nominate) {
        return request(username, password, nominate, Stun.PRIORITY, new byte[4]);
    }

    private PacketBuffer request(String username, String password, boolean nominate, int attribute, byte[] value) {
        PacketBuffer buffer = pool.take();
        StunWriter writer = new StunWriter();
        writer.begin(buffer, Stun.BINDING_REQUEST);
        writer.transaction(new byte[12]);
        writer.attribute(Stun.USERNAME, username.getBytes(UTF_8));
        writer.attribute(attribute, value);
        if (nominate) {
            writer.attribute(Stun.USE_CANDIDATE, new byte[0]);
        }
        writer.messageIntegrity(IceAgent.hmac(password));
        writer.end(buffer);
        return buffer;
    }
}
