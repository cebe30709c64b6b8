package io.tributary.sfu.room;

import io.tributary.sfu.token.MediaSource;
import io.tributary.sfu.token.VideoGrant;
import java.util.Set;

/// What a participant may do right now; begins as its token's grant and may be replaced while it is in the room.
///
/// @param publishSources sources that may be published; empty for all
public record Permissions(
        boolean canSubscribe,
        boolean canPublish,
        boolean canPublishData,
        boolean hidden,
        boolean recorder,
        Set<MediaSource> publishSources,
        boolean canUpdateMetadata,
        boolean agent,
        boolean canSubscribeMetrics) {
    public Permissions {
        publishSources = Set.copyOf(publishSources);
    }

    public static Permissions of(VideoGrant grant) {
        // A list of sources that are all unknown here must not become "every source".
        boolean namesOnlyUnknown =
                grant.publishSources().isEmpty() && !grant.unknownSources().isEmpty();
        return new Permissions(
                grant.canSubscribe(),
                grant.canPublish() && !namesOnlyUnknown,
                grant.canPublishData(),
                grant.hidden(),
                grant.recorder(),
                grant.publishSources(),
                grant.canUpdateOwnMetadata(),
                grant.agent(),
                grant.canSubscribeMetrics());
    }

    /// A token's grant with what its bearer may do now, for the token's renewal.
    public VideoGrant appliedTo(VideoGrant grant) {
        return grant.with(
                canPublish,
                canSubscribe,
                canPublishData,
                publishSources,
                canUpdateMetadata,
                canSubscribeMetrics,
                hidden,
                recorder,
                agent);
    }

    /// Whether a track of this source may be published. Who is hidden publishes nothing: its tracks would name it.
    public boolean mayPublish(MediaSource source) {
        return canPublish && !hidden && (publishSources.isEmpty() || publishSources.contains(source));
    }
}
