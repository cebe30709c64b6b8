package io.tributary.transport.web;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// A WebSocket client of bare frames: compression, hostile lengths and a reader that doesn't read.
final class RawWebSocket implements AutoCloseable {
    /// One received frame; `first` is its first byte: FIN, RSV1 to 3, opcode.
    static final class Frame {
        final int first;
        final byte[] payload;

        Frame(int first, byte[] payload) {
            this.first = first;
            this.payload = payload;
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private final String handshake;

    RawWebSocket(int port, String path, String extraHeaders) throws IOException {
        socket = new Socket();
        socket.setReceiveBufferSize(16 << 10); // small, so that a client that doesn't read stops us soon
        socket.setSoTimeout(20_000);
        socket.connect(new java.net.InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
        in = new DataInputStream(socket.getInputStream());
        write(("GET " + path + " HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n" + extraHeaders
                        + "\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.readUnsignedByte());
        }
        handshake = head.toString();
    }

    String handshake() {
        return handshake;
    }

    /// The next bytes as text: the body of a refusal.
    String rest(int sizeBytes) throws IOException {
        return new String(in.readNBytes(sizeBytes), StandardCharsets.UTF_8);
    }

    /// Sends one masked frame, the mask all zero.
    void send(int first, byte[] payload) throws IOException {
        var frame = ByteBuffer.allocate(payload.length + 14);
        frame.put((byte) first);
        if (payload.length < 126) {
            frame.put((byte) (0x80 | payload.length));
        } else if (payload.length < 65_536) {
            frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
        } else {
            frame.put((byte) (0x80 | 127)).putLong(payload.length);
        }
        frame.putInt(0).put(payload);
        write(Arrays.copyOf(frame.array(), frame.position()));
    }

    /// The next frame; an [IOException] when the connection ends.
    Frame receive() throws IOException {
        int first = in.readUnsignedByte();
        long length = in.readUnsignedByte();
        if (length == 126) {
            length = in.readUnsignedShort();
        } else if (length == 127) {
            length = in.readLong();
        }
        byte[] payload = new byte[Math.toIntExact(length)];
        in.readFully(payload);
        return new Frame(first, payload);
    }

    /// RFC 7692 §7.2.1.
    static byte[] deflate(byte[] message) {
        try (var deflater = new Deflater(Deflater.BEST_COMPRESSION, true)) {
            deflater.setInput(message);
            var out = new ByteArrayOutputStream();
            byte[] piece = new byte[8192];
            int n;
            do {
                n = deflater.deflate(piece, 0, piece.length, Deflater.SYNC_FLUSH);
                out.write(piece, 0, n);
            } while (n == piece.length);
            byte[] all = out.toByteArray();
            return Arrays.copyOf(all, all.length - 4); // without 00 00 ff ff
        }
    }

    /// RFC 7692 §7.2.2.
    static byte[] inflate(byte[] payload) throws Exception {
        try (var inflater = new Inflater(true)) {
            byte[] in = Arrays.copyOf(payload, payload.length + 4);
            in[in.length - 2] = (byte) 0xFF;
            in[in.length - 1] = (byte) 0xFF;
            inflater.setInput(in);
            byte[] out = new byte[1 << 20];
            return Arrays.copyOf(out, inflater.inflate(out));
        }
    }

    private void write(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
