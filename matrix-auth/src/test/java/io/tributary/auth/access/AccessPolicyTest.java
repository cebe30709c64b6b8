package io.tributary.auth.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tributary.auth.matrix.Deadline;
import io.tributary.auth.matrix.UserId;
import io.tributary.auth.world.World;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AccessPolicyTest {
    @Test
    void readsAllowlistsWithCommasSpacesAndPorts() {
        HomeserverAllowlist list = HomeserverAllowlist.parse(" a.example,b.example:8448  C.example, ");

        assertThat(list.decide(of("@x:a.example")).access()).isEqualTo(Access.FULL);
        assertThat(list.decide(of("@x:b.example:8448")).access()).isEqualTo(Access.FULL);
        assertThat(list.decide(of("@x:b.example")).access()).isEqualTo(Access.RESTRICTED);
        assertThat(list.decide(of("@x:c.example")).access()).isEqualTo(Access.FULL);
        assertThat(list.decide(of("@x:d.a.example")).access()).isEqualTo(Access.RESTRICTED);
    }

    @Test
    void takesAStarAloneForEverybody() {
        assertThat(HomeserverAllowlist.parse("*").decide(of("@x:any.example")).access())
                .isEqualTo(Access.FULL);
        assertThatThrownBy(() -> HomeserverAllowlist.parse("*,a.example")).hasMessageContaining("stands alone");
        assertThatThrownBy(() -> HomeserverAllowlist.parse("https://a.example")).hasMessageContaining("server name");
        assertThat(HomeserverAllowlist.parse("").decide(of("@x:a.example")).access())
                .isEqualTo(Access.RESTRICTED);
    }

    @Test
    void letsTheFirstRuleThatFitsDecide() {
        var policy = new RuleListPolicy(
                List.of(
                        new AccessRule("banned", "*", "@mallory:*", "*", Access.DENIED, 0, 0),
                        new AccessRule("staff", "*.corp.example", "@staff-*", "*", Access.FULL, 50, 3),
                        new AccessRule("lobby", "*", "*", "!lobby?:a.example", Access.FULL, 0, 0)),
                HomeserverAllowlist.parse("a.example"));

        assertThat(policy.decide(of("@mallory:a.example")).access()).isEqualTo(Access.DENIED);
        AccessDecision staff = policy.decide(of("@staff-1:x.CORP.example"));
        assertThat(staff).isEqualTo(new AccessDecision(Access.FULL, "staff", 50, 3));
        assertThat(policy.decide(of("@guest:x.corp.example")).access()).isEqualTo(Access.RESTRICTED);
        assertThat(policy.decide(of("@any:b.example", "!lobby1:a.example", TokenRoute.GET_TOKEN))
                        .rule())
                .isEqualTo("lobby");
        assertThat(policy.decide(of("@any:a.example")).rule()).isEqualTo("full_access_homeservers");
    }

    @Test
    void matchesUsersToTheLetterAndServersInAnyCase() {
        var rule = new AccessRule("r", "A.example", "@Staff:*", "*", Access.FULL, 0, 0);

        assertThat(rule.fits(of("@Staff:a.example"))).isTrue();
        assertThat(rule.fits(of("@staff:a.example"))).isFalse();
    }

    @Test
    void matchesStarsWithoutTrying() {
        var rule = new AccessRule("r", "*", "*a*a*a*a*a*a*a*a*a*a*a*b", "*", Access.FULL, 0, 0);

        assertThat(rule.fits(of("@" + "a".repeat(200) + ":a.example"))).isFalse();
    }

    @Test
    void refusesTwoRulesOfOneName() {
        var rule = new AccessRule("r", "*", "*", "*", Access.FULL, 0, 0);
        assertThatThrownBy(() -> new RuleListPolicy(List.of(rule, rule), HomeserverAllowlist.parse("*")))
                .hasMessageContaining("'r'");
    }

    @Test
    void letsRestrictedUsersPublishAsConfigured() {
        AccessRequest legacy = of("@x:b.example", "!r:a.example", TokenRoute.SFU_GET);
        AccessRequest current = of("@x:b.example", "!r:a.example", TokenRoute.GET_TOKEN);
        FederatedPublish listed = FederatedPublish.allowlist(HomeserverAllowlist.parse("b.example"));

        assertThat(FederatedPublish.NEVER.mayPublish(legacy)).isFalse();
        assertThat(FederatedPublish.LEGACY_ONLY.mayPublish(legacy)).isTrue();
        assertThat(FederatedPublish.LEGACY_ONLY.mayPublish(current)).isFalse();
        assertThat(listed.mayPublish(current)).isTrue();
        assertThat(listed.mayPublish(of("@x:c.example"))).isFalse();
    }

    @Test
    void countsTheRoomsOfARuleAndForgetsThoseThatAreGone() {
        Set<String> gone = new HashSet<>();
        var rooms = new RoomCeilings(new RoomAdmission() {
            @Override
            public CompletionStage<Outcome> ensure(RoomPlan plan) {
                return CompletableFuture.completedFuture(new Outcome.Ready());
            }

            @Override
            public CompletionStage<Set<String>> alive(Collection<String> of) {
                Set<String> alive = new HashSet<>(of);
                alive.removeAll(gone);
                return CompletableFuture.completedFuture(alive);
            }
        });
        var decision = new AccessDecision(Access.FULL, "two", 0, 2);
        Deadline deadline = Deadline.in(Duration.ofSeconds(30), World.CLOCK);

        assertThat(rooms.ensure("a", decision, deadline)).isInstanceOf(RoomCeilings.Outcome.Ready.class);
        assertThat(rooms.ensure("b", decision, deadline)).isInstanceOf(RoomCeilings.Outcome.Ready.class);
        assertThat(rooms.ensure("a", decision, deadline)).isInstanceOf(RoomCeilings.Outcome.Ready.class);
        assertThat(rooms.ensure("c", decision, deadline)).isInstanceOf(RoomCeilings.Outcome.Full.class);
        gone.add("a");
        assertThat(rooms.ensure("c", decision, deadline)).isInstanceOf(RoomCeilings.Outcome.Ready.class);
        assertThat(rooms.ensure("a", decision, deadline)).isInstanceOf(RoomCeilings.Outcome.Full.class);
    }

    @Test
    void makesNoRoomTooManyForManyAtTheSameTime() throws InterruptedException {
        Set<String> made = ConcurrentHashMap.newKeySet();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var rooms = new RoomCeilings(new RoomAdmission() {
                @Override
                public CompletionStage<Outcome> ensure(RoomPlan plan) {
                    return CompletableFuture.supplyAsync(
                            () -> {
                                made.add(plan.room());
                                return new Outcome.Ready();
                            },
                            threads);
                }

                @Override
                public CompletionStage<Set<String>> alive(Collection<String> of) {
                    return CompletableFuture.supplyAsync(() -> Set.copyOf(of), threads);
                }
            });
            var decision = new AccessDecision(Access.FULL, "three", 0, 3);
            Deadline deadline = Deadline.in(Duration.ofSeconds(30), World.CLOCK);

            var outcomes = threads.invokeAll(IntStream.range(0, 200)
                    .<Callable<RoomCeilings.Outcome>>mapToObj(i -> () -> rooms.ensure("room-" + i, decision, deadline))
                    .toList());

            assertThat(outcomes)
                    .filteredOn(outcome -> outcome.resultNow() instanceof RoomCeilings.Outcome.Ready)
                    .hasSize(3);
            assertThat(made).hasSize(3);
        }
    }

    private static AccessRequest of(String user) {
        return of(user, "!r:a.example", TokenRoute.GET_TOKEN);
    }

    private static AccessRequest of(String user, String room, TokenRoute route) {
        UserId id = UserId.of(user);
        return new AccessRequest(id.server(), id, room, CallNames.ROOM_SLOT, route);
    }
}
