package io.tributary.auth.matrix;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerNameTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "example.com",
                "a",
                "xn--bcher-kva.example",
                "localhost:8448",
                "1.2.3.4",
                "1.2.3.4:443",
                "[::1]",
                "[2001:db8::1]:8448",
                "Example.COM",
                "1password.com",
                "a-b.c1"
            })
    void readsNamesAndAddresses(String name) {
        assertThat(ServerName.parse(name).map(ServerName::value)).contains(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "a..b",
                "example.com.",
                "-a.example",
                "a_b.example",
                "example.com:",
                "example.com:0",
                "example.com:65536",
                "example.com:+1",
                "::1",
                "[::1",
                "[::1%lo]",
                "[1.2.3.4]x",
                "1.2.3.256",
                "127.1",
                "2130706433",
                "0x7f.1",
                "a.example:8448/x",
                "a example",
                "user@a.example",
                "a.example?x",
                "ünï.example",
                "[g::1]",
                "a.example\n",
                "http://a.example"
            })
    void refusesEverythingElse(String name) {
        assertThat(ServerName.parse(name)).isEmpty();
    }

    @Test
    void refusesWhatLeavesNoRoomForAUser() {
        assertThat(ServerName.parse("a".repeat(60) + ("." + "b".repeat(60)).repeat(3)))
                .isEmpty();
    }

    @Test
    void equalsWhateverTheCase() {
        assertThat(ServerName.of("A.example:443")).isEqualTo(ServerName.of("a.EXAMPLE:443"));
        assertThat(ServerName.of("a.example:443")).isNotEqualTo(ServerName.of("a.example"));
    }

    @Test
    void readsUserIds() {
        assertThat(UserId.parse("@alice:example.com").map(id -> id.server().value()))
                .contains("example.com");
        assertThat(UserId.parse("@a:b:c.example:8448")).isEmpty();
        assertThat(UserId.parse("@a/=+~ünï:[::1]:8448").map(id -> id.server().value()))
                .contains("[::1]:8448");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "@", "alice:a.example", "@:a.example", "@alice", "@alice:", "@a\u0000:a.example"})
    void refusesWhatIsNoUserId(String id) {
        assertThat(UserId.parse(id)).isEmpty();
    }

    @Test
    void keepsPeopleOutOfLogs() {
        assertThat(UserId.of("@alice:example.com")).hasToString("@…:example.com");
    }
}
