package io.tributary.server;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;

/// An address of this machine and the interface that has it.
public record LocalAddress(String interfaceName, InetAddress address) {

    /// Those of the interfaces that are up, as the system lists them.
    public static List<LocalAddress> ofThisMachine() throws SocketException {
        List<LocalAddress> addresses = new ArrayList<>();
        for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
            if (network.isUp()) {
                network.inetAddresses().forEach(address -> addresses.add(new LocalAddress(network.getName(), address)));
            }
        }
        return addresses;
    }
}
