package io.tributary.transport.sdp;

import java.util.List;

/// The `a=simulcast` line (RFC 8853 §5.1) as two lists of rids; alternatives stand beside each other, pause marks (`~`)
/// are ignored, for a sender may resume at any time.
public record Simulcast(List<String> send, List<String> receive) {
    static final Simulcast NONE = new Simulcast(List.of(), List.of());

    public Simulcast {
        send = List.copyOf(send);
        receive = List.copyOf(receive);
    }

    public boolean isEmpty() {
        return send.isEmpty() && receive.isEmpty();
    }
}
