package io.tributary.sfu.signal;

import io.tributary.sfu.room.JoinView;
import io.tributary.sfu.room.RoomMessage;
import io.tributary.sfu.track.TrackSid;
import io.tributary.transport.http.WebSocketConnection;
import io.tributary.transport.ice.IceCandidate;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What a participant is told, in the order it is told, over its WebSocket. Control loop only.
final class Outbox {
    private static final JsonMapper JSON = new JsonMapper();

    private final WebSocketConnection socket;
    private final int clientProtocol;

    Outbox(WebSocketConnection socket, int clientProtocol) {
        this.socket = socket;
        this.clientProtocol = clientProtocol;
    }

    void join(JoinView view, boolean subscriberPrimary, String nodeId) {
        socket.sendBinary(SignalWriter.join(view, subscriberPrimary, nodeId));
    }

    void tell(RoomMessage message) {
        SignalWriter.room(message, clientProtocol).forEach(socket::sendBinary);
    }

    void answer(int id, String sdp, Map<String, TrackSid> midToTrack) {
        socket.sendBinary(SignalWriter.answer(id, sdp, midToTrack));
    }

    void offer(int id, String sdp, Map<String, TrackSid> midToTrack) {
        socket.sendBinary(SignalWriter.offer(id, sdp, midToTrack));
    }

    /// Our candidates, the last one marked final. They are in the SDP too; clients that trickle wait for the mark.
    void trickle(List<IceCandidate> candidates, String ufrag, String mid, int mLineIndex, boolean subscriber) {
        for (int i = 0; i < candidates.size(); i++) {
            ObjectNode init = JSON.createObjectNode();
            init.put("candidate", candidates.get(i).toSdp() + " ufrag " + ufrag);
            init.put("sdpMid", mid);
            init.put("sdpMLineIndex", mLineIndex);
            init.putNull("usernameFragment");
            socket.sendBinary(SignalWriter.trickle(init.toString(), subscriber, i == candidates.size() - 1));
        }
    }

    void mediaSectionsRequirement(int audios, int videos) {
        socket.sendBinary(SignalWriter.mediaSectionsRequirement(audios, videos));
    }

    void refreshToken(String token) {
        socket.sendBinary(SignalWriter.refreshToken(token));
    }

    void close() {
        socket.close(WebSocketConnection.NORMAL);
    }
}
