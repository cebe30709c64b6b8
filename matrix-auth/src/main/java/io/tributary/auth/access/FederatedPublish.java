package io.tributary.auth.access;

import java.util.Locale;

/// Whether restricted users may publish into rooms that others made.
///
/// Callers of the legacy endpoint publish at the SFU of whoever started the call, so under [Mode#NEVER] the calls of
/// such clients across homeservers have no media of theirs.
///
/// @param allowlist counts in [Mode#ALLOWLIST] only
public record FederatedPublish(Mode mode, HomeserverAllowlist allowlist) {
    /// As configured: `never`, `legacy-only`, `allowlist`.
    public enum Mode {
        NEVER,
        LEGACY_ONLY,
        ALLOWLIST
    }

    public static final FederatedPublish NEVER = new FederatedPublish(Mode.NEVER, HomeserverAllowlist.parse(""));

    public static final FederatedPublish LEGACY_ONLY =
            new FederatedPublish(Mode.LEGACY_ONLY, HomeserverAllowlist.parse(""));

    public static FederatedPublish allowlist(HomeserverAllowlist allowlist) {
        return new FederatedPublish(Mode.ALLOWLIST, allowlist);
    }

    /// The mode as it is written in a configuration.
    public String configured() {
        return mode.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /// For somebody whose access is [Access#RESTRICTED].
    public boolean mayPublish(AccessRequest request) {
        return switch (mode) {
            case NEVER -> false;
            case LEGACY_ONLY -> request.route() == TokenRoute.SFU_GET;
            case ALLOWLIST -> allowlist.contains(request.homeserver());
        };
    }
}
