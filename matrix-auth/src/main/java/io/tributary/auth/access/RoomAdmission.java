package io.tributary.auth.access;

import java.util.Collection;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/// Rooms at the SFU, as far as admission needs them. Implemented where the SFU is known. Called from any thread;
/// answers may come from any thread; a failed stage counts as [Outcome.Failed].
public interface RoomAdmission {
    /// Makes the room if it isn't there; does nothing to one that is.
    CompletionStage<Outcome> ensure(RoomPlan plan);

    /// Which of these rooms exist now. Asked only where a rule has a ceiling on rooms, and for no more than that many.
    CompletionStage<Set<String>> alive(Collection<String> rooms);

    /// What came of it.
    sealed interface Outcome {
        /// The room is there.
        record Ready() implements Outcome {}

        /// @param reason for the log
        record Failed(String reason) implements Outcome {}
    }
}
