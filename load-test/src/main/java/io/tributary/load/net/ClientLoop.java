package io.tributary.load.net;

import io.tributary.transport.io.PacketPool;
import io.tributary.transport.loop.DeadlineQueue;
import io.tributary.transport.loop.Loop;
import io.tributary.transport.loop.Timed;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread of the generator: all sockets, all media that is sent and all that is checked.
///
/// A turn: wait for sockets until the next deadline, read each that is readable, run what was posted, run what is due,
/// send. A single thread is enough because a packet costs it a decryption and a comparison, and it keeps the
/// generator's own share of the machine to one core that can be named.
public final class ClientLoop implements Loop, AutoCloseable {
    private static final int EVENTS = 256;

    /// Asked for with the right to exceed `net.core.rmem_max`, and without it as much as that allows: what arrives for
    /// one connection while the loop looks at hundreds of others.
    private static final int SOCKET_BUFFER_BYTES = 4 << 20;

    private static final long WAKEUP = -1;
    private static final long CLOSE_TIMEOUT_MILLIS = 5_000;

    private static final Logger log = LoggerFactory.getLogger(ClientLoop.class);

    private final LinuxCalls system = new LinuxCalls();
    private final LinuxCalls waking = new LinuxCalls(); // for whoever posts, one at a time
    private final DeadlineQueue deadlines = new DeadlineQueue();
    private final DeadlineQueue.Waker waker = this::wake;
    private final Queue<Runnable> mailbox = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean signalled = new AtomicBoolean();
    private final AtomicLong failures = new AtomicLong();
    private final List<ClientSocket> sockets = new ArrayList<>();
    private final PacketPool packets = new PacketPool();
    private final int epoll;
    private final int wakeup;
    private final Thread thread;
    private long nowMicros;
    private volatile boolean closed;

    @SuppressWarnings("NullAway.Init") // by the thread itself, which alone uses them
    private ReceiveBatch receive;

    @SuppressWarnings("NullAway.Init")
    private SendBatch send;

    /// @throws IOException when the system refuses an epoll
    public ClientLoop(String name) throws IOException {
        epoll = system.epoll();
        wakeup = system.wakeup();
        system.watch(epoll, wakeup, WAKEUP);
        thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
    }

    public ClientLoop start() {
        thread.start();
        return this;
    }

    /// Opens a socket on any free port. Loop only.
    public ClientSocket open(Inet4Address address, DatagramListener listener) throws IOException {
        assert inLoop();
        int fd = system.udpSocket(address.getAddress(), 0);
        if (!system.option(fd, LinuxCalls.SOL_SOCKET, LinuxCalls.SO_RCVBUFFORCE, SOCKET_BUFFER_BYTES)) {
            system.option(fd, LinuxCalls.SOL_SOCKET, LinuxCalls.SO_RCVBUF, SOCKET_BUFFER_BYTES);
        }
        system.option(fd, LinuxCalls.SOL_SOCKET, LinuxCalls.SO_SNDBUFFORCE, SOCKET_BUFFER_BYTES);
        system.option(fd, LinuxCalls.SOL_SOCKET, LinuxCalls.SO_TIMESTAMPNS, 1);
        system.option(fd, LinuxCalls.SOL_UDP, LinuxCalls.UDP_GRO, 1);
        ClientSocket socket =
                new ClientSocket(this, fd, new InetSocketAddress(address, system.localPort(fd)), listener);
        system.watch(epoll, fd, sockets.size());
        sockets.add(socket);
        return socket;
    }

    /// Where packet buffers come from. Loop only.
    public PacketPool packets() {
        return packets;
    }

    /// Nanoseconds since 1970 by the clock that the kernel stamps arrivals with. Loop only.
    public long realtimeNanos() {
        return system.realtimeNanos();
    }

    /// Datagrams that the kernel did not take from us. Loop only.
    public long refused() {
        return send.refused();
    }

    /// Tasks, deadlines and datagrams whose handling threw. Any thread.
    public long failures() {
        return failures.get();
    }

    /// The thread, whose processor time is the generator's own.
    public Thread thread() {
        return thread;
    }

    @Override
    public void post(Runnable task) {
        mailbox.add(task);
        if (!inLoop() && signalled.compareAndSet(false, true)) {
            synchronized (signalled) { // the call's memory is shared by whoever posts
                waking.signal(wakeup);
            }
        }
    }

    @Override
    public boolean inLoop() {
        return Thread.currentThread() == thread;
    }

    @Override
    public long nowMicros() {
        return inLoop() ? nowMicros : clockMicros();
    }

    @Override
    public void watch(Timed timed) {
        assert inLoop();
        deadlines.watch(timed);
    }

    @Override
    public void unwatch(Timed timed) {
        assert inLoop();
        deadlines.unwatch(timed);
    }

    /// Ends the thread and its sockets; waits for that a moment.
    @Override
    public void close() {
        post(() -> closed = true);
        try {
            thread.join(CLOSE_TIMEOUT_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void send(ClientSocket socket, long remote, byte[] bytes, int offset, int length) {
        assert inLoop();
        send.add(socket.fd, remote, bytes, offset, length);
    }

    long overruns(ClientSocket socket) {
        assert inLoop();
        return system.socketDrops(socket.fd);
    }

    private void run() {
        nowMicros = clockMicros();
        receive = new ReceiveBatch(system, packets.take());
        send = new SendBatch(system);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment events = arena.allocate(EVENTS * LinuxCalls.EVENT_BYTES, 8);
            while (!closed) {
                turn(events);
            }
        }
        for (ClientSocket socket : sockets) {
            system.close(socket.fd);
        }
        system.close(wakeup);
        system.close(epoll);
        receive.close();
        send.close();
    }

    private void turn(MemorySegment events) {
        int ready = system.await(epoll, events, EVENTS, waitNanos());
        nowMicros = clockMicros();
        for (int i = 0; i < ready; i++) {
            long which =
                    events.get(ValueLayout.JAVA_LONG_UNALIGNED, i * LinuxCalls.EVENT_BYTES + LinuxCalls.EVENT_DATA);
            if (which == WAKEUP) {
                system.clearSignal(wakeup);
            } else {
                read(sockets.get((int) which));
            }
        }
        signalled.set(false); // before the mailbox is looked at: a later post signals again
        for (Runnable task = mailbox.poll(); task != null; task = mailbox.poll()) {
            guarded(task);
        }
        nowMicros = clockMicros();
        deadlines.runDue(nowMicros, waker);
        send.flush();
    }

    private long waitNanos() {
        if (!mailbox.isEmpty()) {
            return 0;
        }
        long deadlineMicros = deadlines.nextDeadlineMicros();
        return deadlineMicros == Timed.NEVER ? -1 : Math.max(0, deadlineMicros - clockMicros()) * 1_000;
    }

    private void read(ClientSocket socket) {
        try {
            receive.read(socket);
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private void wake(Timed timed, long now) {
        try {
            timed.onDeadline(now);
        } catch (RuntimeException | Error e) {
            failed(e);
        }
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) { // one participant's trouble is not the others'
            failed(e);
        }
    }

    private void failed(Throwable e) {
        failures.incrementAndGet();
        log.error("something on loop {} failed", thread.getName(), e);
    }

    private static long clockMicros() {
        return System.nanoTime() / 1_000;
    }
}
