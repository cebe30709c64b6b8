package io.tributary.auth.access;

/// What a policy decided, and because of what.
///
/// @param rule for logs and for counting rooms together: the allowlist, or a rule's own name
/// @param maxParticipants in a room made under this decision; 0 for no ceiling
/// @param maxRooms that exist at the same time under this rule; 0 for no ceiling
public record AccessDecision(Access access, String rule, int maxParticipants, int maxRooms) {
    public AccessDecision {
        if (maxParticipants < 0 || maxRooms < 0) {
            throw new IllegalArgumentException("a ceiling below zero");
        }
    }

    /// A decision without ceilings.
    public static AccessDecision of(Access access, String rule) {
        return new AccessDecision(access, rule, 0, 0);
    }
}
