package io.tributary.transport.http;

import java.util.concurrent.CompletionStage;

/// Asks other servers. Any thread.
public interface OutboundHttp {
    /// One GET on a connection of its own. Follows no redirect, keeps no cookie, decompresses nothing, looks no name
    /// up:
    /// what is connected to is what the request says. The stage never fails; trouble is an [OutboundReply.Failed].
    CompletionStage<OutboundReply> get(OutboundRequest request);
}
