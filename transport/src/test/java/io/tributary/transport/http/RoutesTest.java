package io.tributary.transport.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class RoutesTest {
    private static final HttpRoute ANY = HttpRoute.of(_ -> HttpReply.empty(200));
    private static final HttpRoute OTHER = HttpRoute.of(_ -> HttpReply.empty(200));

    @Test
    void collapsesLeadingSlashesAndTakesMountsOff() {
        assertThat(Routes.canonical("//rtc/v1")).isEqualTo("/rtc/v1");
        assertThat(Routes.canonical("/livekit/sfu/rtc")).isEqualTo("/rtc");
        assertThat(Routes.canonical("/livekit/sfu//rtc")).isEqualTo("/rtc");
        assertThat(Routes.canonical("//livekit/jwt/get_token")).isEqualTo("/get_token");
        assertThat(Routes.canonical("/livekit/sfu")).isEqualTo("/");
        assertThat(Routes.canonical("/livekit/sfux/rtc")).isEqualTo("/livekit/sfux/rtc");
        assertThat(Routes.canonical("")).isEqualTo("/");
    }

    @Test
    void prefersExactThenTheLongestPrefix() {
        var routes = new Routes().exact("/a/b", ANY).prefix("/a/", OTHER).prefix("/a/bb/", ANY);
        assertThat(routes.find("/a/b")).isEqualTo(new Routes.Target.Http(ANY));
        assertThat(routes.find("/a/c")).isEqualTo(new Routes.Target.Http(OTHER));
        assertThat(routes.find("/a/bb/c")).isEqualTo(new Routes.Target.Http(ANY));
        assertThat(routes.find("/a")).isInstanceOf(Routes.Target.Nobody.class);
        assertThat(routes.find("/")).isInstanceOf(Routes.Target.Nobody.class);
    }

    @Test
    void refusesTwoRoutesForOnePath() {
        var routes = new Routes().exact("/a", ANY);
        assertThatThrownBy(() -> routes.exact("/a", OTHER)).hasMessageContaining("/a has two routes");
    }
}
