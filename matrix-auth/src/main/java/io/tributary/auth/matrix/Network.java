package io.tributary.auth.matrix;

import java.net.InetAddress;
import java.util.Optional;

/// Addresses with a prefix in common, `10.0.0.0/8`.
///
/// @param address any of them; bits after the prefix don't count
/// @param prefixBits how many of the first bits they share
public record Network(InetAddress address, int prefixBits) {
    public Network {
        if (prefixBits < 0 || prefixBits > address.getAddress().length * 8) {
            throw new IllegalArgumentException("no prefix of " + prefixBits + " bits for " + address.getHostAddress());
        }
    }

    /// An address alone is a network of one.
    public static Optional<Network> parse(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        try {
            InetAddress address = InetAddress.ofLiteral(host);
            int all = address.getAddress().length * 8;
            return Optional.of(new Network(address, slash < 0 ? all : Integer.parseInt(text.substring(slash + 1))));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /// @throws IllegalArgumentException when `text` is no network
    public static Network of(String text) {
        return parse(text).orElseThrow(() -> new IllegalArgumentException("no network: " + text));
    }

    public boolean contains(InetAddress other) {
        byte[] ours = address.getAddress();
        byte[] theirs = other.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        for (int bit = 0; bit < prefixBits; bit += 8) {
            int mask = prefixBits - bit >= 8 ? 0xFF : 0xFF << (8 - (prefixBits - bit)) & 0xFF;
            if ((ours[bit / 8] & mask) != (theirs[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + prefixBits;
    }
}
