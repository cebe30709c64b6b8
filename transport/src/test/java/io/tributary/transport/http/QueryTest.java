package io.tributary.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QueryTest {
    @Test
    void skipsEmptySegments() {
        var query = Query.parse("&access_token=abc&&sdk=go&");
        assertThat(query.first("access_token")).contains("abc");
        assertThat(query.first("sdk")).contains("go");
        assertThat(query.first("")).isEmpty();
    }

    @Test
    void keepsEveryValueOfARepeatedNameInOrder() {
        assertThat(Query.parse("a=1&b=2&a=3").all("a")).containsExactly("1", "3");
    }

    @Test
    void decodesEscapesPlusAndUtf8() {
        var query = Query.parse("name=J%C3%B6rg+M%2B&%6Bey=v%3D%26");
        assertThat(query.first("name")).contains("Jörg M+");
        assertThat(query.first("key")).contains("v=&");
    }

    @Test
    void leavesBrokenEscapesAsTheyAre() {
        var query = Query.parse("a=100%&b=%zz&c=%4");
        assertThat(query.first("a")).contains("100%");
        assertThat(query.first("b")).contains("%zz");
        assertThat(query.first("c")).contains("%4");
    }

    @Test
    void readsANameWithoutValueAsEmpty() {
        assertThat(Query.parse("reconnect&x=y").first("reconnect")).contains("");
    }

    @Test
    void keepsPaddingOfBase64Values() {
        assertThat(Query.parse("join_request=AAE-_w==&x=1").first("join_request"))
                .contains("AAE-_w==");
    }
}
