package io.tributary.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressTableTest {
    private final AddressTable table = new AddressTable();

    @ParameterizedTest
    @CsvSource({
        "192.0.2.7, 1",
        "192.0.2.7, 65535",
        "255.255.255.255, 40000",
        "2001:db8::1, 443",
        "::1, 7882",
        "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 65535"
    })
    void readsWhatTheKernelWrites(String host, int port) {
        var address = new InetSocketAddress(InetAddress.ofLiteral(host), port);
        assertThat(read(address)).isEqualTo(address);
        assertThat(read(address)).as("made once").isSameAs(read(address));
    }

    @Test
    void keepsTheScopeOfALinkLocalAddress() throws Exception {
        byte[] ip = InetAddress.ofLiteral("fe80::1").getAddress();
        var one = read(new InetSocketAddress(Inet6Address.getByAddress(null, ip, 1), 9));
        var two = read(new InetSocketAddress(Inet6Address.getByAddress(null, ip, 2), 9));
        assertThat(((Inet6Address) one.getAddress()).getScopeId()).isEqualTo(1);
        assertThat(((Inet6Address) two.getAddress()).getScopeId()).isEqualTo(2);
    }

    @Test
    void tellsManyMoreAddressesApartThanItRemembers() {
        var random = new Random(5);
        for (int i = 0; i < 10 * AddressTable.CAPACITY; i++) {
            byte[] ip = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(ip);
            var address = new InetSocketAddress(ofBytes(ip), random.nextInt(65_536));
            assertThat(read(address)).isEqualTo(address);
        }
    }

    @Test
    void hasNoAddressForAnotherFamily() {
        assertThat(table.read(MemorySegment.ofArray(new byte[32]), 0)).isNull();
    }

    private InetSocketAddress read(InetSocketAddress address) {
        byte[] bytes = SocketAddresses.encode(address, address.getAddress() instanceof Inet6Address);
        byte[] room = new byte[64];
        System.arraycopy(bytes, 0, room, 32, bytes.length);
        InetSocketAddress read = table.read(MemorySegment.ofArray(room), 32);
        return Objects.requireNonNull(read);
    }

    private static InetAddress ofBytes(byte[] ip) {
        try {
            return InetAddress.getByAddress(ip);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }
}
