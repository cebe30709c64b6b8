package io.tributary.server;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/// Real WebRTC peers in a process of their own, because libwebrtc takes its whole JVM down when it fails a check.
/// Obeys lines on standard input and reports lines on standard output; [WebRtcPeers] is the other end.
///
/// ```
/// join NAME TOKEN    publish NAME    smuggle NAME    restart NAME    stats NAME
/// ```
final class WebRtcProgram {
    private WebRtcProgram() {}

    public static void main(String[] args) throws IOException {
        URI server = URI.create(args[0]);
        var factory = WebRtcPeer.factory();
        System.out.println("ready");
        Map<String, WebRtcPeer> peers = new HashMap<>();
        var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", -1);
            String name = words[1];
            switch (words[0]) {
                case "join" -> peers.put(name, WebRtcPeer.join(factory, server, name, words[2]));
                case "publish" -> peer(peers, name).publish();
                case "smuggle" -> peer(peers, name).smuggle();
                case "restart" -> peer(peers, name).restartIce();
                case "stats" -> peer(peers, name).reportStats();
                default -> throw new IllegalArgumentException(line);
            }
        }
        // Nothing of libwebrtc is worth an orderly end.
        Runtime.getRuntime().halt(0);
    }

    private static WebRtcPeer peer(Map<String, WebRtcPeer> peers, String name) {
        WebRtcPeer peer = peers.get(name);
        if (peer == null) {
            throw new IllegalArgumentException("nobody is called " + name);
        }
        return peer;
    }
}
