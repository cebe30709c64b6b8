package io.tributary.server;

import io.tributary.auth.access.TokenGrant;
import io.tributary.auth.access.TokenMinter;
import io.tributary.sfu.token.DoorClaim;
import io.tributary.sfu.token.ParticipantIdentity;
import io.tributary.sfu.token.RoomName;
import io.tributary.sfu.token.TokenIssuer;
import java.time.InstantSource;
import java.util.Map;

/// Signs what the Matrix door gives out with the SFU's first key.
final class DoorTokens implements TokenMinter {
    private final TokenIssuer issuer;
    private final InstantSource clock;
    private final boolean canUpdateOwnMetadata;

    DoorTokens(TokenIssuer issuer, InstantSource clock, boolean canUpdateOwnMetadata) {
        this.issuer = issuer;
        this.clock = clock;
        this.canUpdateOwnMetadata = canUpdateOwnMetadata;
    }

    @Override
    public String mint(TokenGrant grant) {
        return issuer.createAtDoor(
                new ParticipantIdentity(grant.identity()),
                new TokenIssuer.DoorGrant(
                        new RoomName(grant.room()),
                        grant.mayPublish(),
                        canUpdateOwnMetadata,
                        grant.remake()
                                .map(room -> new DoorClaim.Remake(
                                        room.emptyTimeoutSeconds(),
                                        room.departureTimeoutSeconds(),
                                        room.maxParticipants()))),
                Map.of(DoorClaim.USER, grant.user().value(), "dev", grant.device(), "slot", grant.slot()),
                clock.millis());
    }
}
