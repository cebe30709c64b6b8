package io.tributary.server;

import java.util.List;
import java.util.stream.IntStream;

/// The UDP ports that media may use, first and last included. Each media loop opens one of them and no other is opened.
public record UdpPorts(int first, int last) {
    public UdpPorts {
        if (first < 1 || last > ConfigKeys.LAST_PORT || last < first) {
            throw new IllegalArgumentException("no range of ports: " + first + "–" + last);
        }
    }

    /// One port a loop: as many loops as there are cores, or ports when those are fewer.
    public List<Integer> forLoops(int cores) {
        int loops = Math.min(cores, last - first + 1);
        return IntStream.range(first, first + loops).boxed().toList();
    }

    @Override
    public String toString() {
        return first == last ? Integer.toString(first) : first + "-" + last;
    }
}
