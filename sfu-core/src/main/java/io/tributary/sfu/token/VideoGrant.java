package io.tributary.sfu.token;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// The `video` claim with its defaults applied: publishing and subscribing are granted unless taken away, everything
/// else is taken unless granted.
///
/// @param room the room these grants are for; empty for none
/// @param publishSources sources that may be published; empty for all
public record VideoGrant(
        String room,
        boolean roomJoin,
        boolean roomCreate,
        boolean roomList,
        boolean roomAdmin,
        boolean canPublish,
        boolean canSubscribe,
        boolean canPublishData,
        Set<MediaSource> publishSources,
        boolean canUpdateOwnMetadata,
        boolean canSubscribeMetrics,
        boolean hidden,
        boolean recorder,
        boolean agent,
        List<String> unknownSources) {
    public VideoGrant {
        publishSources = Set.copyOf(publishSources);
        unknownSources = List.copyOf(unknownSources);
    }

    /// Whether a track of this source may be published. A list that names only sources unknown here allows none.
    public boolean mayPublish(MediaSource source) {
        boolean everySource = publishSources.isEmpty() && unknownSources.isEmpty();
        return canPublish && (everySource || publishSources.contains(source));
    }

    /// `canPublishSources` as the claim spells it, the unknown ones included.
    public List<String> sourceNames() {
        return Stream.concat(publishSources.stream().sorted().map(MediaSource::grantName), unknownSources.stream())
                .toList();
    }

    /// This grant with what may change while its bearer is in a room.
    public VideoGrant with(
            boolean publish,
            boolean subscribe,
            boolean publishData,
            Set<MediaSource> sources,
            boolean updateOwnMetadata,
            boolean subscribeMetrics,
            boolean nowHidden,
            boolean nowRecorder,
            boolean nowAgent) {
        return new VideoGrant(
                room,
                roomJoin,
                roomCreate,
                roomList,
                roomAdmin,
                publish,
                subscribe,
                publishData,
                sources,
                updateOwnMetadata,
                subscribeMetrics,
                nowHidden,
                nowRecorder,
                nowAgent,
                sources.equals(publishSources) ? unknownSources : List.of());
    }
}
