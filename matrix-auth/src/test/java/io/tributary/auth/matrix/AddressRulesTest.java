package io.tributary.auth.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRulesTest {
    private final AddressRules rules = new AddressRules(List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "127.0.0.1",
                "127.255.255.254",
                "10.1.2.3",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "100.127.255.255",
                "192.0.0.8",
                "198.18.0.1",
                "224.0.0.1",
                "239.255.255.250",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "fe80::1",
                "fc00::1",
                "fd12::1",
                "fec0::1",
                "ff02::1",
                "::ffff:127.0.0.1",
                "::ffff:10.0.0.1",
                "::127.0.0.1",
                "64:ff9b::7f00:1",
                "64:ff9b::a00:1",
                "64:ff9b:1::1",
                "2002:7f00:1::1",
                "2001::1",
                "100::1",
                "5f00::1"
            })
    void deniesWhatIsNotPublic(String address) {
        assertThat(rules.allows(InetAddress.ofLiteral(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "172.32.0.1",
                "100.128.0.1",
                "192.0.2.1",
                "203.0.113.9",
                "2606:4700::1111",
                "2001:db8::1",
                "::ffff:1.1.1.1",
                "64:ff9b::101:101"
            })
    void allowsWhatIs(String address) {
        assertThat(rules.allows(InetAddress.ofLiteral(address))).isTrue();
    }

    @Test
    void allowsWhatTheOperatorAllows() {
        var own = new AddressRules(List.of(Network.of("10.20.0.0/16"), Network.of("::1")));

        assertThat(own.allows(InetAddress.ofLiteral("10.20.255.1"))).isTrue();
        assertThat(own.allows(InetAddress.ofLiteral("10.21.0.1"))).isFalse();
        assertThat(own.allows(InetAddress.ofLiteral("::1"))).isTrue();
    }

    @Test
    void allowsPortsOfHomeserversOnly() {
        assertThat(List.of(443, 8448, 1024, 8008, 65_535)).allMatch(AddressRules::allowsPort);
        assertThat(List.of(1, 22, 25, 80, 442, 1023, 3306, 5432, 6379, 11_211)).noneMatch(AddressRules::allowsPort);
    }

    @Test
    void readsNetworks() {
        assertThat(Network.parse("10.0.0.0/33")).isEmpty();
        assertThat(Network.parse("10.0.0.0/x")).isEmpty();
        assertThat(Network.parse("a.example/8")).isEmpty();
        assertThat(Network.of("192.168.0.0/23").contains(InetAddress.ofLiteral("192.168.1.9")))
                .isTrue();
        assertThat(Network.of("192.168.0.0/23").contains(InetAddress.ofLiteral("192.168.2.9")))
                .isFalse();
    }
}
