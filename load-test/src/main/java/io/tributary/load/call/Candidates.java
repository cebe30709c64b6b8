package io.tributary.load.call;

import io.tributary.load.net.ClientSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// Candidate lines (RFC 8839 §5.1), of which IPv4 over UDP is understood.
final class Candidates {
    private static final JsonMapper JSON = new JsonMapper();

    private Candidates() {}

    /// The line in an RTCIceCandidateInit, empty where there is none.
    static String of(String candidateInit) {
        try {
            return JSON.readTree(candidateInit).path("candidate").asString("");
        } catch (JacksonException e) {
            return "";
        }
    }

    /// Packed as [ClientSocket#endpoint] does; 0 for what cannot be used.
    static long endpoint(String line) {
        String[] words = line.strip().split(" ", -1);
        // candidate:1 1 udp 2130706431 127.0.0.1 7882 typ host
        if (words.length < 8 || !words[1].equals("1") || !words[2].equalsIgnoreCase("udp")) {
            return 0;
        }
        try {
            InetAddress address = InetAddress.ofLiteral(words[4]);
            int port = Integer.parseInt(words[5]);
            return address instanceof Inet4Address && port > 0 && port < 65_536
                    ? ClientSocket.endpoint(address.getAddress(), port)
                    : 0;
        } catch (IllegalArgumentException e) {
            return 0;
        }
    }
}
