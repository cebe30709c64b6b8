package io.tributary.transport.ice;

/// One side's username fragment and password (RFC 8445 §5.3). The password is never printed.
public record IceCredentials(String ufrag, String pwd) {
    @Override
    public String toString() {
        return "IceCredentials[" + ufrag + "]";
    }
}
