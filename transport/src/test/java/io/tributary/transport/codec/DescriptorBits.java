package io.tributary.transport.codec;

import java.util.List;

/// Writes dependency descriptors the slow way, as text of zeros and ones, straight from the syntax in A.8.2 of
/// the AV1 RTP payload format. Shares nothing with what is tested.
final class DescriptorBits {
    /// One row of a table in A.10.2.
    ///
    /// @param indications `-`, `D`, `S` or `R` for each decode target
    record Template(
            int spatial, int temporal, List<Integer> frameDiffs, List<Integer> chainDiffs, String indications) {}

    private final StringBuilder bits = new StringBuilder();

    static DescriptorBits frame(boolean start, boolean end, int templateId, int frameNumber) {
        return new DescriptorBits()
                .f(1, start ? 1 : 0)
                .f(1, end ? 1 : 0)
                .f(6, templateId)
                .f(16, frameNumber);
    }

    /// The five flags: structure, active targets, custom indications, frame and chain differences.
    DescriptorBits flags(String flags) {
        bits.append(flags);
        return this;
    }

    DescriptorBits structure(int offset, List<Integer> protectedBy, List<Template> templates) {
        int targets = templates.getFirst().indications.length();
        int chains = templates.getFirst().chainDiffs.size();
        f(6, offset).f(5, targets - 1);
        for (int i = 0; i < templates.size(); i++) {
            if (i + 1 == templates.size()) {
                f(2, 3);
            } else if (templates.get(i + 1).spatial > templates.get(i).spatial) {
                f(2, 2);
            } else {
                f(2, templates.get(i + 1).temporal - templates.get(i).temporal);
            }
        }
        templates.forEach(template -> indications(template.indications));
        for (Template template : templates) {
            template.frameDiffs.forEach(diff -> f(1, 1).f(4, diff - 1));
            f(1, 0);
        }
        ns(targets + 1, chains);
        if (chains > 0) {
            protectedBy.forEach(chain -> ns(chains, chain));
            templates.forEach(template -> template.chainDiffs.forEach(diff -> f(4, diff)));
        }
        return f(1, 0);
    }

    DescriptorBits indications(String indications) {
        indications.chars().forEach(symbol -> f(2, "-DSR".indexOf(symbol)));
        return this;
    }

    DescriptorBits frameDiffs(int... diffs) {
        for (int diff : diffs) {
            int size = diff <= 16 ? 1 : diff <= 256 ? 2 : 3;
            f(2, size).f(4 * size, diff - 1);
        }
        return f(2, 0);
    }

    DescriptorBits f(int width, int value) {
        for (int i = width - 1; i >= 0; i--) {
            bits.append(value >> i & 1);
        }
        return this;
    }

    DescriptorBits ns(int values, int value) {
        int width = Integer.toBinaryString(values).length();
        int shorter = (1 << width) - values;
        return value < shorter ? f(width - 1, value) : f(width, value + shorter);
    }

    byte[] bytes() {
        String padded = bits + "0".repeat(-bits.length() & 7);
        var bytes = new byte[padded.length() / 8];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(padded.substring(8 * i, 8 * i + 8), 2);
        }
        return bytes;
    }
}
