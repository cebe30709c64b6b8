package io.tributary.auth.access;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The first rule that fits decides; when none does, the policy behind the list.
public final class RuleListPolicy implements AccessPolicy {
    private final List<AccessRule> rules;
    private final AccessPolicy otherwise;

    /// @throws IllegalArgumentException when two rules have one name, for their rooms would be counted together
    public RuleListPolicy(List<AccessRule> rules, AccessPolicy otherwise) {
        this.rules = List.copyOf(rules);
        this.otherwise = otherwise;
        Set<String> names = new HashSet<>();
        for (AccessRule rule : rules) {
            if (!names.add(rule.name())) {
                throw new IllegalArgumentException("two rules are called '" + rule.name() + "'");
            }
        }
    }

    @Override
    public AccessDecision decide(AccessRequest request) {
        for (AccessRule rule : rules) {
            if (rule.fits(request)) {
                return rule.decision();
            }
        }
        return otherwise.decide(request);
    }
}
