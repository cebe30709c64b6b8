/// What real clients sent, checked in: streams to test with that no generator of ours made.
///
/// Runs on: the test's thread.
/// Must not know: who plays them.
/// Read first: [Recording].
@NullMarked
package io.tributary.transport.recording;

import org.jspecify.annotations.NullMarked;
