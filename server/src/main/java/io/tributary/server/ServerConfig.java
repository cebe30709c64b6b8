package io.tributary.server;

import io.tributary.sfu.room.EncryptionRules;
import io.tributary.transport.netty.UdpShard.SendPath;
import io.tributary.transport.rtp.Codec;
import io.tributary.transport.srtp.SrtpProviders;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Everything an operator decided, checked: [ConfigReader] makes one of these or none.
///
/// @param keys API keys by name, in the order of the file; never empty. The first one signs the tokens we issue.
/// @param matrix who comes in with a Matrix account; absent where nobody does
public record ServerConfig(
        Http http,
        Media media,
        Map<String, ApiSecret> keys,
        RoomDefaults rooms,
        Prometheus prometheus,
        Optional<MatrixConfig> matrix,
        LogLevel logLevel) {

    static final String DEVELOPMENT_KEY = "devkey";
    static final ApiSecret DEVELOPMENT_SECRET = new ApiSecret("secret");

    public ServerConfig {
        keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("no API key");
        }
    }

    /// The key that signs what this server issues.
    public String signingKey() {
        return keys.keySet().iterator().next();
    }

    /// Whether anybody can sign a token anyway, so that the call page may be given one for the asking.
    public boolean hasWellKnownKey() {
        return DEVELOPMENT_SECRET.equals(keys.get(DEVELOPMENT_KEY));
    }

    /// Where signalling and the call page are served.
    ///
    /// @param port 0 takes any free one
    /// @param bindAddresses empty for every address of the machine
    public record Http(int port, List<InetAddress> bindAddresses) {
        public Http {
            bindAddresses = List.copyOf(bindAddresses);
        }
    }

    /// Where metrics are served: the addresses of [Http], a port of their own.
    ///
    /// @param port 0 serves none
    /// @param username empty when anybody may read them
    /// @param password empty when anybody may read them
    public record Prometheus(int port, String username, ApiSecret password) {
        public boolean isServed() {
            return port != 0;
        }

        /// Whether a password is asked for.
        public boolean isGuarded() {
            return !password.value().isEmpty();
        }
    }

    /// Where media is received.
    ///
    /// @param bindAddresses empty for every address of the machine
    /// @param advertised addresses to name in candidates in place of the machine's own; empty for those
    /// @param loopbackCandidates whether this machine's loopback addresses are named too
    /// @param send how packets leave, where the machine can
    /// @param ciphers who encrypts them, where the machine can
    public record Media(
            UdpPorts udpPorts,
            List<InetAddress> bindAddresses,
            List<InetAddress> advertised,
            boolean loopbackCandidates,
            SendPath send,
            SrtpProviders.Choice ciphers) {
        public Media {
            bindAddresses = List.copyOf(bindAddresses);
            advertised = List.copyOf(advertised);
        }
    }

    /// What rooms begin with.
    ///
    /// @param autoCreate whether joining makes a room that does not exist
    /// @param emptyTimeout how long a room waits for its first participant
    /// @param departureTimeout how long it stays after the last one has left
    /// @param maxParticipants 0 for no limit
    /// @param enabledCodecs what may be published
    /// @param tokenRefreshInterval how often a participant is given a fresh token
    /// @param encryption which tracks must be encrypted end to end
    public record RoomDefaults(
            boolean autoCreate,
            Duration emptyTimeout,
            Duration departureTimeout,
            int maxParticipants,
            List<Codec> enabledCodecs,
            Duration tokenRefreshInterval,
            EncryptionRules encryption) {
        public RoomDefaults {
            enabledCodecs = List.copyOf(enabledCodecs);
        }
    }
}
