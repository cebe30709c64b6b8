/// Fuzz targets: each takes any bytes, feeds them to one parser, and lets nothing come back but an answer.
///
/// Read first: [TransportFuzzTest].
@NullMarked
package io.tributary.transport.fuzz;

import org.jspecify.annotations.NullMarked;
