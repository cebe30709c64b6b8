/// End-to-end encrypted frames as clients make them: SFrame (RFC 9605) and LiveKit's format. The server needs
/// neither; it forwards what it cannot read. Tools and the load generator need both, and the forwarding core needs
/// to know how much of a frame is in the clear.
///
/// Runs on: any thread; an object with state (a sender, a receiver, a key ring) belongs to one thread at a time.
/// Must not know: RTP, rooms, how keys are exchanged.
/// Read first: [SFrameCipher] and [LiveKitSender].
@NullMarked
package io.tributary.frames;

import org.jspecify.annotations.NullMarked;
