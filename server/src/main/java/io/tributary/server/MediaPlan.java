package io.tributary.server;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Where media will be received on this machine, worked out before anything is opened.
///
/// @param ports one a media loop
/// @param bindAddresses each loop binds its port on each of these: concrete ones, so that an answer leaves by the
/// address that was asked
/// @param candidateAddresses what clients are told, best first; each with every port is a candidate
public record MediaPlan(List<Integer> ports, List<InetAddress> bindAddresses, List<InetAddress> candidateAddresses) {

    /// Interfaces that lead to containers and virtual machines of this host, never to a client.
    private static final Set<String> INNER_INTERFACES =
            Set.of("docker", "br-", "veth", "virbr", "vnet", "cni", "flannel", "cali", "podman", "lxc", "lxd");

    public MediaPlan {
        ports = List.copyOf(ports);
        bindAddresses = List.copyOf(bindAddresses);
        candidateAddresses = List.copyOf(candidateAddresses);
    }

    /// What the configuration comes to on a machine.
    ///
    /// @param cores of the machine
    /// @param local its addresses
    public static MediaPlan of(ServerConfig.Media media, List<LocalAddress> local, int cores) {
        return new MediaPlan(media.udpPorts().forLoops(cores), bind(media, local), candidates(media, local));
    }

    /// Link-local addresses are no candidates and need an interface to be bound.
    private static List<InetAddress> bind(ServerConfig.Media media, List<LocalAddress> local) {
        List<InetAddress> configured = media.bindAddresses();
        if (!configured.isEmpty() && configured.stream().noneMatch(InetAddress::isAnyLocalAddress)) {
            return configured;
        }
        return local.stream()
                .map(LocalAddress::address)
                .filter(address -> isBound(configured, address))
                .filter(address -> !address.isLinkLocalAddress() && !address.isMulticastAddress())
                .map(MediaPlan::withoutScope)
                .distinct()
                .toList();
    }

    private static List<InetAddress> candidates(ServerConfig.Media media, List<LocalAddress> local) {
        List<InetAddress> bound = local.stream()
                .filter(address -> isBound(media.bindAddresses(), address.address()))
                .map(LocalAddress::address)
                .toList();
        List<InetAddress> loopback =
                bound.stream().filter(InetAddress::isLoopbackAddress).toList();
        List<InetAddress> reachable = media.advertised().isEmpty()
                ? local.stream()
                        .filter(address -> bound.contains(address.address()))
                        .filter(MediaPlan::mayReachClients)
                        .map(LocalAddress::address)
                        .toList()
                : media.advertised();
        List<InetAddress> chosen = new ArrayList<>(inOrder(reachable));
        // A machine without a network still is a place to try things out.
        if (media.loopbackCandidates() || chosen.isEmpty()) {
            chosen.addAll(inOrder(loopback));
        }
        return chosen.stream().map(MediaPlan::withoutScope).distinct().toList();
    }

    private static boolean isBound(List<InetAddress> bindAddresses, InetAddress address) {
        return bindAddresses.isEmpty()
                || bindAddresses.stream()
                        .anyMatch(bound -> bound.equals(address)
                                || (bound.isAnyLocalAddress() && address instanceof Inet4Address));
    }

    private static boolean mayReachClients(LocalAddress local) {
        InetAddress address = local.address();
        return !address.isLoopbackAddress()
                && !address.isLinkLocalAddress()
                && !address.isMulticastAddress()
                && !address.isAnyLocalAddress()
                && INNER_INTERFACES.stream().noneMatch(local.interfaceName()::startsWith);
    }

    /// IPv4 first: of two ways that work it is the one that more home routers carry well.
    private static List<InetAddress> inOrder(List<InetAddress> addresses) {
        Stream<InetAddress> v4 = addresses.stream().filter(Inet4Address.class::isInstance);
        Stream<InetAddress> v6 = addresses.stream().filter(address -> !(address instanceof Inet4Address));
        return Stream.concat(v4, v6).toList();
    }

    /// An interface's own name for it (`%eth0`) means nothing to a client.
    private static InetAddress withoutScope(InetAddress address) {
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of a length that is none", e);
        }
    }
}
