package io.tributary.transport.rtcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class NtpTimeTest {
    @Test
    void theUnixEpochIsSeventyYearsAfterNtps() {
        assertThat(NtpTime.ofUnixMicros(0)).isEqualTo(0x83AA_7E80_0000_0000L);
        assertThat(NtpTime.ofUnixMicros(500_000)).isEqualTo(0x83AA_7E80_8000_0000L);
        assertThat(NtpTime.middle(0x83AA_7E80_8000_0000L)).isEqualTo(0x7E80_8000);
    }

    @Test
    void microsecondsSurviveTheWayThereAndBack() {
        long seed = 3;
        var random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            long micros = random.nextLong(2_000_000_000_000_000L);
            assertThat(NtpTime.toUnixMicros(NtpTime.ofUnixMicros(micros)))
                    .as("seed %d", seed)
                    .isEqualTo(micros);
        }
    }

    /// The worked example of RFC 3550 §6.4.1, figure 2.
    @Test
    void roundTripOfTheRfcsExample() {
        long receivedNtp = 0xb710_8000L << 16;
        assertThat(NtpTime.roundTripMicros(receivedNtp, 0xb705_2000, 0x0005_4000))
                .isEqualTo(6_125_000);
        assertThat(NtpTime.toShortUnits(5_250_000)).isEqualTo(0x0005_4000);
        assertThat(NtpTime.shortUnitsToMicros(0x0005_4000)).isEqualTo(5_250_000);
    }

    @Test
    void noRoundTripWithoutASenderReportOrBelowZero() {
        assertThat(NtpTime.roundTripMicros(1L << 40, 0, 0)).isEqualTo(-1);
        assertThat(NtpTime.roundTripMicros(0x10_0000_0000L, 0x0010_0001, 0)).isEqualTo(-1);
    }
}
