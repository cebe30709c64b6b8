package io.tributary.transport.ice;

import java.net.InetAddress;

/// A UDP host candidate of ours (RFC 8839 §5.1): an address that is advertised, which behind a NAT is not the one
/// bound.
public record IceCandidate(String foundation, long priority, InetAddress address, int port) {
    /// The attribute's value without `a=`: `candidate:1 1 udp 2130706431 127.0.0.1 7882 typ host`.
    public String toSdp() {
        String host = address.getHostAddress();
        int scope = host.indexOf('%');
        return "candidate:" + foundation + " 1 udp " + priority + " " + (scope < 0 ? host : host.substring(0, scope))
                + " " + port + " typ host";
    }
}
