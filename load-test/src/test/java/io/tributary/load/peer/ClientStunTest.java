package io.tributary.load.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.ice.CheckBudget;
import io.tributary.transport.ice.IceAgent;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.ice.IceDrop;
import io.tributary.transport.ice.IceEvents;
import io.tributary.transport.io.DropCounter;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import io.tributary.transport.io.Tuple;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The client's STUN and the server's, which were written apart, understand each other.
class ClientStunTest {
    private static final byte[] TRANSACTION = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};

    private final PacketPool pool = new PacketPool();
    private final Random random = new Random(4);
    private final IceCredentials server = IceCredentials.random(random);
    private final IceCredentials client = IceCredentials.random(random);
    private byte[] response = new byte[0];

    @Test
    void theServerAnswersACheckAndTheAnswerIsIntact() {
        byte[] check = ClientStun.check(
                TRANSACTION, server.ufrag() + ":" + client.ufrag(), ClientStun.key(server.pwd()), true, 5, true);

        serve(check);

        assertThat(ClientStun.isSuccess(response)).isTrue();
        assertThat(ClientStun.transaction(response)).isEqualTo(TRANSACTION);
        assertThat(ClientStun.isIntact(response, ClientStun.key(server.pwd()))).isTrue();
        assertThat(ClientStun.isIntact(response, ClientStun.key(client.pwd()))).isFalse();
    }

    @Test
    void aCheckWithAnotherPasswordIsNotAnswered() {
        serve(ClientStun.check(
                TRANSACTION, server.ufrag() + ":" + client.ufrag(), ClientStun.key("another"), true, 5, true));

        assertThat(response).isEmpty();
    }

    @Test
    void readsTheChecksOfAFullAgent() {
        byte[] check = ClientStun.check(
                TRANSACTION, client.ufrag() + ":" + server.ufrag(), ClientStun.key(client.pwd()), true, 5, true);

        assertThat(ClientStun.isRequest(check)).isTrue();
        assertThat(ClientStun.nominates(check)).isTrue();
        assertThat(ClientStun.username(check)).isEqualTo(client.ufrag() + ":" + server.ufrag());
        assertThat(ClientStun.isIntact(check, ClientStun.key(client.pwd()))).isTrue();
    }

    @Test
    void cutOffMessagesAreNeitherIntactNorDangerous() {
        byte[] check = ClientStun.check(TRANSACTION, "a:b", ClientStun.key("password"), false, 5, false);
        for (int length = 0; length < check.length; length++) {
            byte[] cut = Arrays.copyOf(check, length);

            ClientStun.username(cut);
            ClientStun.nominates(cut);
            assertThat(ClientStun.isIntact(cut, ClientStun.key("password")) && length < check.length - 8)
                    .as("%d bytes", length)
                    .isFalse();
        }
    }

    private CheckBudget budget() {
        return new CheckBudget(CheckBudget.PER_ADDRESS, CheckBudget.TOTAL, CheckBudget.PER_PEER, random);
    }

    private void serve(byte[] message) {
        IceAgent agent = new IceAgent(server, pool, new Recorder(), new DropCounter<>(IceDrop.class), budget());
        agent.remote(client);
        PacketBuffer datagram = pool.take();
        System.arraycopy(message, 0, datagram.array(), datagram.offset(), message.length);
        datagram.length(message.length);
        agent.receive(1, 0, new InetSocketAddress(InetAddress.getLoopbackAddress(), 4000), datagram);
        datagram.release();
    }

    private final class Recorder implements IceEvents {
        @Override
        public void onIceResponse(Tuple tuple, PacketBuffer answer) {
            response = Arrays.copyOfRange(answer.array(), answer.offset(), answer.end());
            answer.release();
        }

        @Override
        public void onIceValidated(Tuple tuple) {}

        @Override
        public void onIceForgotten(Tuple tuple) {}

        @Override
        public void onIceSelected(long nowMicros, Tuple tuple) {}

        @Override
        public void onIceConsentLost(long nowMicros) {}
    }
}
