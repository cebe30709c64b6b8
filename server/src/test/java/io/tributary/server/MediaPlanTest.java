package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.tributary.transport.netty.UdpShard.SendPath;
import io.tributary.transport.srtp.SrtpProviders;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MediaPlanTest {
    private static final List<LocalAddress> MACHINE = List.of(
            local("lo", "127.0.0.1"),
            local("lo", "::1"),
            local("eth0", "fe80::1"),
            local("eth0", "2001:db8::7"),
            local("eth0", "192.168.1.7"),
            local("docker0", "172.17.0.1"),
            local("veth12ab", "169.254.3.4"));

    @Test
    void namesTheAddressesThatClientsMayReach() {
        assertThat(candidates(media(List.of(), List.of(), false)))
                .containsExactlyElementsOf(addresses("192.168.1.7", "2001:db8::7"));
    }

    @Test
    void namesLoopbackLastWhenAskedTo() {
        assertThat(candidates(media(List.of(), List.of(), true)))
                .containsExactlyElementsOf(addresses("192.168.1.7", "2001:db8::7", "127.0.0.1", "::1"));
    }

    @Test
    void namesTheConfiguredAddressInPlaceOfItsOwn() {
        assertThat(candidates(media(List.of(), addresses("203.0.113.5"), false)))
                .containsExactlyElementsOf(addresses("203.0.113.5"));
    }

    @Test
    void namesNothingThatIsNotBound() {
        assertThat(candidates(media(addresses("192.168.1.7"), List.of(), true)))
                .containsExactlyElementsOf(addresses("192.168.1.7"));
        assertThat(candidates(media(addresses("127.0.0.1"), List.of(), true)))
                .containsExactlyElementsOf(addresses("127.0.0.1"));
        assertThat(candidates(media(addresses("0.0.0.0"), List.of(), false)))
                .containsExactlyElementsOf(addresses("192.168.1.7"));
    }

    @Test
    void bindsConcreteAddressesSoThatAnswersLeaveByTheOneThatWasAsked() {
        assertThat(MediaPlan.of(media(List.of(), List.of(), false), MACHINE, 2).bindAddresses())
                .containsExactlyInAnyOrderElementsOf(
                        addresses("127.0.0.1", "::1", "2001:db8::7", "192.168.1.7", "172.17.0.1"));
        assertThat(MediaPlan.of(media(addresses("0.0.0.0"), List.of(), false), MACHINE, 2)
                        .bindAddresses())
                .containsExactlyInAnyOrderElementsOf(addresses("127.0.0.1", "192.168.1.7", "172.17.0.1"));
    }

    @Test
    void fallsBackToLoopbackOnAMachineWithoutANetwork() {
        MediaPlan plan = MediaPlan.of(media(List.of(), List.of(), false), List.of(local("lo", "127.0.0.1")), 2);

        assertThat(plan.candidateAddresses()).containsExactlyElementsOf(addresses("127.0.0.1"));
    }

    private static List<InetAddress> candidates(ServerConfig.Media media) {
        return MediaPlan.of(media, MACHINE, 2).candidateAddresses();
    }

    private static ServerConfig.Media media(
            List<InetAddress> bindAddresses, List<InetAddress> advertised, boolean loopbackCandidates) {
        return new ServerConfig.Media(
                new UdpPorts(7882, 7890),
                bindAddresses,
                advertised,
                loopbackCandidates,
                SendPath.SEGMENTS,
                SrtpProviders.Choice.AUTO);
    }

    private static LocalAddress local(String interfaceName, String literal) {
        return new LocalAddress(interfaceName, InetAddress.ofLiteral(literal));
    }

    private static List<InetAddress> addresses(String... literals) {
        return Arrays.stream(literals).map(InetAddress::ofLiteral).toList();
    }
}
