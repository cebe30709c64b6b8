package io.tributary.transport.sim;

import io.tributary.transport.dtls.Fingerprint;
import io.tributary.transport.ice.IceCredentials;
import io.tributary.transport.srtp.JdkCipherProvider;
import io.tributary.transport.srtp.SrtpContext;
import io.tributary.transport.srtp.SrtpKeys;
import io.tributary.transport.srtp.SrtpProfile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The client half of a WebRTC connection: controlling ICE, a DTLS client in outline ([ScriptedDtls]), real SRTP.
/// It sends what it is told and keeps what it gets; behaviour is added on top ([SimSender]).
public final class SimPeer {
    private static final long CHECK_MICROS = 50_000;
    private static final long CONSENT_MICROS = 2_500_000; // libwebrtc's keep-alive on a writable pair
    private static final long HELLO_MICROS = 50_000;

    private final SimWorld world;
    private final String name;
    private final SrtpProfile profile;
    private final long keySeed;
    private final JdkCipherProvider ciphers = new JdkCipherProvider();
    private InetSocketAddress address;
    private IceCredentials local;
    private @Nullable IceCredentials remote;
    private @Nullable InetSocketAddress server;
    private @Nullable SrtpContext inbound;
    private @Nullable SrtpContext outbound;
    private boolean checked;
    private boolean secured;
    private boolean silent;
    private int generation;
    private int refused;

    private final List<SimRtp> received = new ArrayList<>();
    private final List<SimRtcp> reports = new ArrayList<>();
    private final List<Consumer<SimRtp>> onRtp = new ArrayList<>();
    private final List<Consumer<SimRtcp>> onRtcp = new ArrayList<>();

    public SimPeer(SimWorld world, String name, InetSocketAddress address) {
        this(world, name, address, SrtpProfile.AEAD_AES_128_GCM);
    }

    public SimPeer(SimWorld world, String name, InetSocketAddress address, SrtpProfile profile) {
        this.world = world;
        this.name = name;
        this.address = address;
        this.profile = profile;
        keySeed = world.random().nextLong();
        local = IceCredentials.random(world.random());
        world.network().bind(address, this::onDatagram);
    }

    /// An address from numbers only: `address("10.0.0.1", 5000)`.
    public static InetSocketAddress address(String ip, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(ip), port);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /// For the server's `setRemote`.
    public IceCredentials credentials() {
        return local;
    }

    /// For the server's `setRemote`.
    public Fingerprint fingerprint() {
        return new Fingerprint("sha-256", "43:4C:49");
    }

    public InetSocketAddress address() {
        return address;
    }

    /// Begins checks against a candidate of the server, then DTLS, then keeps consent alive.
    public void connect(InetSocketAddress serverAddress, IceCredentials serverCredentials) {
        server = serverAddress;
        remote = serverCredentials;
        startChecks();
    }

    /// New credentials of its own, as after `setLocalDescription` of an ICE restart; call [#connect] with the server's.
    public IceCredentials restartIce() {
        local = IceCredentials.random(world.random());
        return local;
    }

    /// Moves to another address, as a phone does that leaves its Wi-Fi; checks from there if `checks`.
    public void moveTo(InetSocketAddress newAddress, boolean checks) {
        world.network().unbind(address);
        address = newAddress;
        world.network().bind(address, this::onDatagram);
        generation++;
        if (checks) {
            startChecks();
        }
    }

    /// Vanishes without a word: sends nothing any more and answers nothing.
    public void vanish() {
        silent = true;
    }

    public void returnFromSilence() {
        silent = false;
    }

    /// Has a checked path and the server's word that DTLS is through.
    public boolean connected() {
        return checked && secured;
    }

    /// Packets from the server that did not decrypt.
    public int refused() {
        return refused;
    }

    /// Everything that came over RTP, in order of arrival.
    public List<SimRtp> received() {
        return received;
    }

    /// Everything that came over RTCP, compounds taken apart.
    public List<SimRtcp> reports() {
        return reports;
    }

    public void onRtp(Consumer<SimRtp> listener) {
        onRtp.add(listener);
    }

    public void onRtcp(Consumer<SimRtcp> listener) {
        onRtcp.add(listener);
    }

    /// Protects and sends; the answer is the datagram, for sending it again.
    public byte[] send(SimRtp packet) {
        return protect(packet.encode(), false);
    }

    /// Protects and sends one RTCP packet or compound.
    public byte[] sendRtcp(byte[] compound) {
        return protect(compound, true);
    }

    /// Sends bytes as they are.
    public void sendDatagram(byte[] datagram) {
        InetSocketAddress to = server;
        if (!silent && to != null) {
            world.network().send(address, to, datagram.clone());
        }
    }

    /// Makes the server believe that DTLS was closed.
    public void sayGoodbye() {
        sendDatagram(ScriptedDtls.bye());
    }

    /// Sends hostile input: protected, whatever it is, unless SRTP itself has no place for it.
    public void sendIfItCan(byte[] plain, boolean rtcp) {
        try {
            protect(plain, rtcp);
        } catch (IllegalStateException e) {
            // no header, or a sequence number again: this one could not have been sent
        }
    }

    private byte[] protect(byte[] plain, boolean rtcp) {
        SrtpContext context = outbound;
        if (context == null) {
            throw new IllegalStateException(name + " has no keys yet");
        }
        byte[] roomy = Arrays.copyOf(plain, plain.length + SrtpContext.MAX_GROWTH_BYTES);
        int length = rtcp ? context.protectRtcp(roomy, 0, plain.length) : context.protectRtp(roomy, 0, plain.length);
        if (length < 0) {
            throw new IllegalStateException(name + " may not send this: " + length);
        }
        byte[] datagram = Arrays.copyOf(roomy, length);
        sendDatagram(datagram);
        return datagram;
    }

    private void startChecks() {
        checked = false;
        int mine = ++generation;
        world.every(CHECK_MICROS, () -> {
            if (mine != generation || checked) {
                return false;
            }
            check();
            return true;
        });
    }

    private void check() {
        byte[] transaction = new byte[12];
        world.random().nextBytes(transaction);
        IceCredentials theirs = remote;
        if (theirs != null) {
            sendDatagram(SimStun.bindingRequest(transaction, local, theirs, true));
        }
    }

    private void onDatagram(InetSocketAddress from, byte[] datagram) {
        if (silent || !from.equals(server) || datagram.length == 0) {
            return;
        }
        int first = datagram[0] & 0xFF;
        if (first < 4) {
            onStun(datagram);
        } else if (first < 64) {
            secured |= ScriptedDtls.isHeard(datagram);
        } else {
            onSecured(datagram);
        }
    }

    private void onStun(byte[] datagram) {
        if (!SimStun.isSuccess(datagram) || checked) {
            return;
        }
        checked = true;
        int mine = generation;
        world.every(CONSENT_MICROS, () -> {
            if (mine == generation) {
                check();
            }
            return mine == generation;
        });
        if (!secured) {
            SrtpKeys keys = ScriptedDtls.keys(profile, keySeed).swapped();
            inbound = SrtpContext.inbound(keys, ciphers);
            outbound = SrtpContext.outbound(keys, ciphers);
            world.every(HELLO_MICROS, () -> {
                if (!secured) {
                    sendDatagram(ScriptedDtls.hello(profile, keySeed));
                }
                return !secured;
            });
        }
    }

    private void onSecured(byte[] datagram) {
        SrtpContext context = inbound;
        if (context == null) {
            return;
        }
        boolean rtcp = (datagram[1] & 0x7F) >= 64 && (datagram[1] & 0x7F) < 96;
        int length = rtcp
                ? context.unprotectRtcp(datagram, 0, datagram.length)
                : context.unprotectRtp(datagram, 0, datagram.length);
        if (length < 0) {
            refused++;
            return;
        }
        byte[] plain = Arrays.copyOf(datagram, length);
        if (rtcp) {
            for (SimRtcp packet : SimRtcp.decode(plain)) {
                reports.add(packet);
                onRtcp.forEach(listener -> listener.accept(packet));
            }
        } else {
            SimRtp packet = SimRtp.decode(plain);
            received.add(packet);
            onRtp.forEach(listener -> listener.accept(packet));
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
