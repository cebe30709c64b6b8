package io.tributary.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UnfinishedRequestsTest {
    private static final int MOST_BYTES = 1 << 20;
    private static final int PIECE_BYTES = 30_000;

    private int cutOffs;
    private final UnfinishedRequests requests = new UnfinishedRequests(MOST_BYTES, () -> cutOffs++);
    private final List<Connection> connections = new ArrayList<>();

    /// Nothing that a loop closes is gone before its turn ends.
    @Test
    void takesNoMoreThanTheBoundBeforeWhatIsCutOffIsGone() {
        for (int i = 0; i < 100; i++) {
            connect().receive(10);
        }
        assertThat(held()).isBetween((long) MOST_BYTES, 2L * MOST_BYTES);
        assertThat(cutOffs).isZero();

        connections.forEach(Connection::endTurn);
        assertThat(cutOffs).isPositive();
        Connection ordinary = connect();
        ordinary.receive(1);
        assertThat(ordinary.bytes).isEqualTo(PIECE_BYTES);
        assertThat(ordinary.channel.isActive()).isTrue();
    }

    @Test
    void takesNoMoreThanTwiceTheBoundOfOrdinaryOnes() {
        for (int i = 0; i < 200; i++) {
            connect().receive(1);
        }
        assertThat(held()).isBetween(2L * MOST_BYTES - PIECE_BYTES, 2L * MOST_BYTES);
        connections.forEach(Connection::endTurn);
        assertThat(cutOffs).isEqualTo(200 - (int) (held() / PIECE_BYTES));
    }

    @Test
    void cutsOffWhoHoldsMostAndKeepsWhoAsksForLittle() {
        Connection largest = connect();
        Connection large = connect();
        largest.receive(20);
        large.receive(14);
        Connection ordinary = connect();
        ordinary.receive(1);
        connections.forEach(Connection::endTurn);

        assertThat(largest.channel.isActive()).isFalse();
        assertThat(large.channel.isActive()).isTrue();
        assertThat(ordinary.channel.isActive()).isTrue();
        assertThat(cutOffs).isOne();
    }

    @Test
    void whatIsCompleteCountsNoMore() {
        for (int i = 0; i < 100; i++) {
            Connection connection = connect();
            connection.receive(10);
            assertThat(connection.bytes).isEqualTo(10 * PIECE_BYTES);
            UnfinishedRequests.complete(connection.channel);
        }
        connections.forEach(Connection::endTurn);
        assertThat(cutOffs).isZero();
    }

    private Connection connect() {
        var connection = new Connection();
        connections.add(connection);
        return connection;
    }

    /// By those that are not closed yet.
    private long held() {
        return connections.stream()
                .filter(connection -> connection.channel.isActive())
                .mapToLong(connection -> connection.bytes)
                .sum();
    }

    /// Keeps what it gets, and is closed when its turn ends.
    private final class Connection extends ChannelDuplexHandler {
        private final List<Runnable> closes = new ArrayList<>();
        private final EmbeddedChannel channel = new EmbeddedChannel(this);
        private long bytes;

        Connection() {
            requests.watch(channel.pipeline().firstContext());
        }

        void receive(int pieces) {
            for (int i = 0; i < pieces; i++) {
                ByteBuf piece = Unpooled.wrappedBuffer(new byte[PIECE_BYTES]);
                channel.writeInbound(piece);
                assertThat(piece.refCnt()).isZero();
            }
        }

        void endTurn() {
            closes.forEach(Runnable::run);
            closes.clear();
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            var piece = (ByteBuf) message;
            bytes += piece.readableBytes();
            piece.release();
        }

        @Override
        public void close(ChannelHandlerContext context, ChannelPromise promise) {
            closes.add(() -> {
                var _ = context.close(promise);
            });
        }
    }
}
