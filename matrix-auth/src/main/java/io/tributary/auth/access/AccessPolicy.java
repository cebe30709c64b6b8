package io.tributary.auth.access;

/// Decides who may do what. Any thread, and at once: whatever has to be looked up for it is looked up beforehand.
public interface AccessPolicy {
    AccessDecision decide(AccessRequest request);
}
