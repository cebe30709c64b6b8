package io.tributary.load.call;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Who is in a call and what they do there.
///
/// @param name as people write it
/// @param roles one for each participant
public record Shape(String name, List<Role> roles) {
    /// What a run is aimed at must be bounded: the largest call that one generator was ever meant to make.
    public static final int MAX_PARTICIPANTS = 5_000;

    private static final Pattern FORM = Pattern.compile("(audio|idle|)(\\d{1,5})(?:x(\\d{1,5}))?");

    public Shape {
        roles = List.copyOf(roles);
    }

    /// Reads a shape:
    ///
    /// - `1x100`: one participant with camera and microphone, 100 who watch;
    /// - `4x12`: twelve participants who all watch each other, four of them with camera and microphone;
    /// - `audio10x50`: ten microphones that do not listen, 50 listeners;
    /// - `idle50`: 50 participants who do nothing.
    ///
    /// @return empty for anything else
    public static Optional<Shape> parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            return Optional.empty();
        }
        int first = Integer.parseInt(form.group(2));
        int second = form.group(3) == null ? 0 : Integer.parseInt(form.group(3));
        List<Role> roles = switch (form.group(1)) {
            case "audio" -> audience(first, new Role(true, false, false), second);
            case "idle" -> second == 0 ? audience(0, Role.VIEWER, first) : List.<Role>of();
            default -> first == 1 ? audience(1, new Role(true, true, false), second) : meeting(first, second);
        };
        boolean sensible = !roles.isEmpty() && roles.size() <= MAX_PARTICIPANTS;
        return sensible ? Optional.of(new Shape(text, roles)) : Optional.empty();
    }

    /// Tracks that arrive, at all subscribers together.
    public int subscriptions() {
        int published = roles.stream().mapToInt(Role::tracks).sum();
        return roles.stream()
                .filter(Role::watches)
                .mapToInt(role -> published - role.tracks())
                .sum();
    }

    /// Tracks that somebody who does this should get.
    int subscriptionsOf(Role role) {
        int published = roles.stream().mapToInt(Role::tracks).sum();
        return role.watches() ? published - role.tracks() : 0;
    }

    private static List<Role> audience(int publishers, Role publisher, int viewers) {
        List<Role> roles = new ArrayList<>();
        for (int i = 0; i < publishers; i++) {
            roles.add(publisher);
        }
        for (int i = 0; i < viewers; i++) {
            roles.add(Role.VIEWER);
        }
        return roles;
    }

    private static List<Role> meeting(int publishers, int participants) {
        if (publishers == 0 || publishers > participants) {
            return List.of();
        }
        List<Role> roles = new ArrayList<>(audience(publishers, new Role(true, true, true), participants - publishers));
        return roles;
    }
}
