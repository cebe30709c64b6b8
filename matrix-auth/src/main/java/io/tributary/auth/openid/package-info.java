/// Whether somebody is who they say: a token of Matrix's OpenID, and the homeserver that gave it out.
///
/// Runs on: virtual threads of the caller's.
/// Must not know: what a verified user may do, HTTP requests of clients.
/// Read first: [OpenIdVerifier].
@NullMarked
@RunsOn(ANY)
package io.tributary.auth.openid;

import static io.tributary.transport.loop.RunsOn.Plane.ANY;

import io.tributary.transport.loop.RunsOn;
import org.jspecify.annotations.NullMarked;
