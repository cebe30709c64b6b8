package io.tributary.transport.ice;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.tributary.transport.io.PacketBuffer;
import io.tributary.transport.io.PacketPool;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Against the published vectors of RFC 5769 §2.
class StunMessageTest {
    private static final String PASSWORD = "VOkJxbRl1RmTxUk/WvJxBt";

    private static final String REQUEST = """
            00 01 00 58  21 12 a4 42  b7 e7 a7 01  bc 34 d6 86  fa 87 df ae
            80 22 00 10  53 54 55 4e  20 74 65 73  74 20 63 6c  69 65 6e 74
            00 24 00 04  6e 00 01 ff  80 29 00 08  93 2f f9 b1  51 26 3b 36
            00 06 00 09  65 76 74 6a  3a 68 36 76  59 20 20 20
            00 08 00 14  9a ea a7 0c  bf d8 cb 56  78 1e f2 b5  b2 d3 f2 49  c1 b5 71 a2
            80 28 00 04  e5 7a 3b cf
            """;

    private static final String IPV4_RESPONSE = """
            01 01 00 3c  21 12 a4 42  b7 e7 a7 01  bc 34 d6 86  fa 87 df ae
            80 22 00 0b  74 65 73 74  20 76 65 63  74 6f 72 20
            00 20 00 08  00 01 a1 47  e1 12 a6 43
            00 08 00 14  2b 91 f5 99  fd 9e 90 c3  8c 74 89 f9  2a f9 ba 53  f0 6b e7 d7
            80 28 00 04  c0 7d 4c 96
            """;

    private static final String IPV6_RESPONSE = """
            01 01 00 48  21 12 a4 42  b7 e7 a7 01  bc 34 d6 86  fa 87 df ae
            80 22 00 0b  74 65 73 74  20 76 65 63  74 6f 72 20
            00 20 00 14  00 02 a1 47  01 13 a9 fa  a5 d3 f1 79  bc 25 f4 b5  be d2 b9 d9
            00 08 00 14  a3 82 95 4e  4b e6 7b f1  17 84 c9 7c  82 92 c2 75  bf e3 ed 41
            80 28 00 04  c8 fb 0b 4c
            """;

    private final PacketPool pool = new PacketPool();
    private final StunMessage message = new StunMessage();

    @Test
    void readsTheSampleRequest() {
        assertThat(message.wrap(buffer(bytes(REQUEST)))).isTrue();

        assertThat(message.isBindingRequest()).isTrue();
        assertThat(message.hasCredentials()).isTrue();
        assertThat(message.localUfrag()).isEqualTo("evtj");
        assertThat(message.isFor("evtj".getBytes(US_ASCII), "h6vY".getBytes(US_ASCII)))
                .isTrue();
        assertThat(message.isFor("evtj".getBytes(US_ASCII), null)).isTrue();
        assertThat(message.isFor("evtj".getBytes(US_ASCII), "h6v".getBytes(US_ASCII)))
                .isFalse();
        assertThat(message.isFor("evt".getBytes(US_ASCII), null)).isFalse();
        assertThat(message.isIntact(IceAgent.hmac(PASSWORD))).isTrue();
        assertThat(message.isIntact(IceAgent.hmac("another"))).isFalse();
        assertThat(message.controlled()).isTrue();
        assertThat(message.useCandidate()).isFalse();
        assertThat(message.unknownCount()).isZero();
    }

    @Test
    void acceptsTheIntegrityOfTheSampleResponses() {
        for (String response : new String[] {IPV4_RESPONSE, IPV6_RESPONSE}) {
            assertThat(message.wrap(buffer(bytes(response)))).isTrue();
            assertThat(message.isBindingRequest()).isFalse();
            assertThat(message.isIntact(IceAgent.hmac(PASSWORD))).isTrue();
        }
    }

    @Test
    void writesTheMappedAddressesOfTheSampleResponses() throws Exception {
        assertThat(mappedAddress("192.0.2.1")).isEqualTo(HexFormat.of().parseHex("002000080001a147e112a643"));
        assertThat(mappedAddress("2001:db8:1234:5678:11:2233:4455:6677"))
                .isEqualTo(HexFormat.of().parseHex("002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9"));
    }

    @Test
    void writesIntegrityAndFingerprintThatItReads() {
        PacketBuffer buffer = pool.take();
        StunWriter writer = new StunWriter();
        writer.begin(buffer, Stun.BINDING_REQUEST);
        writer.transaction(new byte[12]);
        writer.attribute(Stun.USERNAME, "a:b".getBytes(US_ASCII));
        writer.messageIntegrity(IceAgent.hmac(PASSWORD));
        writer.end(buffer);

        assertThat(message.wrap(buffer)).isTrue();
        assertThat(message.isIntact(IceAgent.hmac(PASSWORD))).isTrue();
    }

    @Test
    void noFlippedBitIsBelieved() {
        byte[] request = bytes(REQUEST);
        int covered = request.length - 8; // FINGERPRINT itself is not
        for (int bit = 0; bit < covered * 8; bit++) {
            byte[] damaged = request.clone();
            damaged[bit / 8] ^= (byte) (1 << bit % 8);
            // A length can flip so that USERNAME swallows the rest, FINGERPRINT included: then nothing authenticates.
            boolean believed = message.wrap(buffer(damaged))
                    && message.hasCredentials()
                    && message.isIntact(IceAgent.hmac(PASSWORD));
            assertThat(believed).as("bit %d", bit).isFalse();
        }
    }

    @Test
    void everyTruncationIsNoticed() {
        byte[] request = bytes(REQUEST);
        for (int length = 0; length < request.length; length++) {
            byte[] cut = Arrays.copyOf(request, length);
            assertThat(message.wrap(buffer(cut))).as("length %d", length).isFalse();
        }
    }

    @Test
    void randomBytesNeverThrow() {
        long seed = Long.getLong("test.seed", 5769L);
        Random random = new Random(seed);
        for (int round = 0; round < 50_000; round++) {
            byte[] bytes = new byte[random.nextInt(120)];
            random.nextBytes(bytes);
            if (bytes.length >= 20 && random.nextInt(4) > 0) {
                // Let most of them past the header, so that the attributes are read.
                byte[] header = bytes(REQUEST);
                System.arraycopy(header, 0, bytes, 0, 20);
                bytes[2] = 0;
                bytes[3] = (byte) (bytes.length - 20);
                for (int at = 20; at + 4 <= bytes.length; at += 4 + random.nextInt(20)) {
                    bytes[at] = (byte) (random.nextBoolean() ? 0 : 0x80);
                    bytes[at + 1] = (byte) random.nextInt(0x2B);
                    bytes[at + 2] = 0;
                    bytes[at + 3] = (byte) random.nextInt(24);
                }
            }
            assertThatCode(() -> {
                        if (message.wrap(buffer(bytes)) && message.hasCredentials()) {
                            message.isFor("abcd".getBytes(US_ASCII), null);
                            message.isIntact(IceAgent.hmac(PASSWORD));
                        }
                        message.localUfrag();
                    })
                    .as("seed %d round %d", seed, round)
                    .doesNotThrowAnyException();
        }
    }

    private byte[] mappedAddress(String address) throws Exception {
        message.wrap(buffer(bytes(REQUEST)));
        PacketBuffer response = pool.take();
        StunWriter writer = new StunWriter();
        writer.begin(response, Stun.BINDING_SUCCESS);
        writer.transactionOf(message);
        writer.xorMappedAddress(new InetSocketAddress(InetAddress.getByName(address), 32853));
        writer.end(response);
        int from = response.offset() + Stun.HEADER_BYTES;
        return Arrays.copyOfRange(response.array(), from, response.end() - 8);
    }

    private PacketBuffer buffer(byte[] bytes) {
        PacketBuffer buffer = pool.take();
        System.arraycopy(bytes, 0, buffer.array(), buffer.offset(), bytes.length);
        buffer.length(bytes.length);
        return buffer;
    }

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }
}
