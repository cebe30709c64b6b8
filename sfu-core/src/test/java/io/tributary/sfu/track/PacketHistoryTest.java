package io.tributary.sfu.track;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.codec.FrameFacts;
import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import org.junit.jupiter.api.Test;

class PacketHistoryTest {
    private final PacketPool pool = new PacketPool();
    private final PacketHistory history = new PacketHistory(8);

    @Test
    void keepsTheLastPacketsAndGivesTheOthersBack() {
        for (long seq = 65_530; seq < 65_550; seq++) {
            put(seq);
        }
        assertThat(pool.outstanding()).isEqualTo(8);
        assertThat(history.get(65_541)).isNull();
        assertThat(history.get(65_542)).isNotNull();
        assertThat(history.get(65_549)).isNotNull();
        assertThat(history.get(65_550)).isNull();
        history.clear();
        assertThat(pool.outstanding()).isZero();
        assertThat(history.get(65_549)).isNull();
    }

    @Test
    void doesNotTradeANewPacketForALateOne() {
        PacketBuffer fresh = put(20);
        put(12);
        assertThat(history.get(20)).isSameAs(fresh);
        assertThat(history.get(12)).isNull();
        assertThat(pool.outstanding()).isEqualTo(1);
    }

    private PacketBuffer put(long seq) {
        PacketBuffer buffer = pool.take();
        history.put(seq, buffer, FrameShares.of(new FrameFacts()));
        buffer.release();
        return buffer;
    }
}
