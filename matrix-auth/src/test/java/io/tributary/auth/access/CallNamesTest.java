package io.tributary.auth.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class CallNamesTest {
    static List<Arguments> vectors() {
        return List.of(
                vector("O8437W3+jmzMVjoIP3tNwbm+XxHQk2iKpOA7aqw3qSc", "!roomid:example.com", "slot1234"),
                vector("IMeDd+K3MIqJTI20EXBIrepKkhhORvf3q8fx3rlrhTk", "!roomid:example.com", "slot123", "random123"),
                vector("J+T45tGruxc+HrUOqJJlyQSV33m728Cme4+vt8/SWrU", "@alice:example.com", "DEVICE123", "memberABC"),
                vector("M3VnsLXrkbxIDINXO64u8PZzFyD9ZYFiQULR2dshWYs", "@alice:example.com", "memberABC"),
                vector("krj2dgxw2K6EOm9he4GfQJ6JsSVWfJ8a7BkyjZcSmxs", "!room:example.com", "m.call#ROOM"),
                vector("H/9wDLNT1slJ1eOP4UMc2v6Gne36jd2m/K4vdw/Njhc", "!a&b:x", "m.call#ROOM"),
                vector("g6WDOEYOVIsNEnrziW0S1QrI10LBm0WUz8uK9YOpBak", "@ünï:example.com", "D/É", "m\"1"),
                vector("0XVVs9d6NvwCDTZcY+NHRTFDUZqmzqROOi+ATWdI2Nk", "@a:b", "D\u0001", "x\u2028y"));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void hashesTheCanonicalJsonOfTheParts(String expected, String[] parts) {
        assertThat(CallNames.hash(parts)).isEqualTo(expected);
    }

    /// The ninth row: what Go's encoder makes of `&`, which is another name.
    @Test
    void doesNotEscapeWhatGoEscapes() {
        assertThat(CallNames.room("!a&b:x", "m.call#ROOM")).isNotEqualTo("qF75hjBIFZbEJSUOJFTiYkhFd8X1CYs/5zSFUq1kfgM");
        assertThat(CallNames.canonicalJson("<&>\u2028\u2029/é😀")).isEqualTo("[\"<&>\u2028\u2029/é😀\"]");
    }

    @Test
    void usesTheShortestEscapes() {
        assertThat(CallNames.canonicalJson("\"\\\b\f\n\r\t\u0000\u001f\u007f"))
                .isEqualTo("[\"\\\"\\\\\\b\\f\\n\\r\\t\\u0000\\u001f\u007f\"]");
    }

    @Test
    void namesParticipantsTheWayTheirEndpointDoes() {
        assertThat(CallNames.member("@alice:example.com", "DEVICE123", "memberABC"))
                .isEqualTo("J+T45tGruxc+HrUOqJJlyQSV33m728Cme4+vt8/SWrU");
        assertThat(CallNames.legacyMember("@alice:example.com", "DEVICE123")).isEqualTo("@alice:example.com:DEVICE123");
        assertThat(CallNames.legacyMember("@alice:example.com", "")).isEqualTo("@alice:example.com:");
    }

    @Test
    void findsHalvesOfSurrogatePairs() {
        assertThat(CallNames.isEncodable("😀")).isTrue();
        assertThat(CallNames.isEncodable("\ud83d")).isFalse();
        assertThat(CallNames.isEncodable("x\ude00y")).isFalse();
    }

    @Test
    void knowsDevicesThatWouldBeAnotherUsersIdentity() {
        assertThat(CallNames.legacyMember("@a:b", "8448:X")).isEqualTo(CallNames.legacyMember("@a:b:8448", "X"));
        assertThat(CallNames.isAmbiguous("8448:X")).isTrue();
        assertThat(CallNames.isAmbiguous("8448")).isFalse();
        assertThat(CallNames.isAmbiguous("AB:C")).isFalse();
        assertThat(CallNames.isAmbiguous("")).isFalse();
    }

    private static Arguments vector(String expected, String... parts) {
        return Arguments.of(expected, parts);
    }
}
