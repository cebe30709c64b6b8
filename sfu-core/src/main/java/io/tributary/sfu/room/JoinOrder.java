package io.tributary.sfu.room;

import io.tributary.sfu.token.AccessToken;
import java.util.Map;

/// Everything a room must know of somebody who wants in.
///
/// @param autoSubscribe receive every track without asking
/// @param adaptiveStream start with the lowest layer, because sizes will be told
/// @param metadata replaces the token's; empty keeps it
/// @param attributes replace the token's of the same keys
public record JoinOrder(
        AccessToken token,
        ClientInfo client,
        boolean autoSubscribe,
        boolean adaptiveStream,
        String metadata,
        Map<String, String> attributes) {
    public JoinOrder {
        attributes = Map.copyOf(attributes);
    }
}
