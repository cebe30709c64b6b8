package io.tributary.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BannerTest {
    private static final MediaPlan MEDIA = new MediaPlan(
            List.of(7882, 7883),
            List.of(),
            List.of(InetAddress.ofLiteral("192.0.2.7"), InetAddress.ofLiteral("2001:db8::7")));

    @Test
    void saysWhatAnOperatorWantsToKnowAndNoSecret() throws Exception {
        ServerConfig config = ConfigReader.read("keys: {one: hunter2, two: hunter3}", Map.of(), false)
                .config();

        assertThat(Banner.text("1.2.3", config, MEDIA, new Up(7880, true)))
                .contains("Tributary 1.2.3")
                .contains("TCP 7880, all addresses")
                .contains("UDP 7882, 7883")
                .contains("192.0.2.7, [2001:db8::7]")
                .contains("OpenSSL 3")
                .contains("one, two")
                .contains("http://localhost:7880/call/")
                .doesNotContain("hunter");
    }

    @Test
    void namesThePortThatWasReallyTaken() throws Exception {
        ServerConfig config = ConfigReader.read(
                        "port: 0\nbind_addresses: ['192.0.2.7']\nkeys: {one: s}", Map.of(), false)
                .config();

        assertThat(Banner.text("1.2.3", config, MEDIA, new Up(40123, true)))
                .contains("TCP 40123, 192.0.2.7")
                .contains("http://192.0.2.7:40123/call/");
    }

    @Test
    void promisesNoPageThatIsNotThere() throws Exception {
        ServerConfig config = ConfigReader.read("", Map.of(), true).config();

        assertThat(Banner.text("1.2.3", config, MEDIA, new Up(7880, false)))
                .contains("not built")
                .doesNotContain("/call/");
    }

    private record Up(int httpPort, boolean hasCallPage) implements RunningServer {
        @Override
        public String cryptoProvider() {
            return "OpenSSL 3";
        }

        @Override
        public void close() {}
    }
}
