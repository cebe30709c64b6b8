package io.tributary.auth.access;

/// Which endpoint asked. It decides the identity at the SFU, so clients of both kinds keep finding each other.
public enum TokenRoute {
    /// `POST /get_token`: hashed identities, slots.
    GET_TOKEN,

    /// `POST /sfu/get`: clients that announce themselves in state events.
    SFU_GET
}
