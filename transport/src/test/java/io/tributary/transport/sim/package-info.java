/// A world in virtual time: loops, links and scripted WebRTC clients in one thread, every random choice from one seed.
///
/// Runs on: the test's thread.
/// Must not know: real clocks, real sockets.
/// Read first: [SimWorld], then [SimPeer].
@NullMarked
package io.tributary.transport.sim;

import org.jspecify.annotations.NullMarked;
