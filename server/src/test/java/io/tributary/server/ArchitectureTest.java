package io.tributary.server;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.conditions.ArchPredicates.are;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitCallTarget;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import io.tributary.frames.ClearPrefix;
import io.tributary.frames.FrameCodec;
import io.tributary.frames.LiveKitTrailer;
import io.tributary.frames.SFrameHeader;
import io.tributary.transport.loop.RunsOn;
import io.tributary.transport.loop.RunsOn.Plane;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What the layers may know of each other. Each rule is also shown to fail on code that breaks it
/// (`io.tributary.broken`), because a rule that nothing can break guards nothing.
class ArchitectureTest {
    private static final String GENERATED = "io.tributary.sfu.(*).proto..";

    private static final String[] EDGES = {
        "io.tributary.transport.netty..",
        "io.tributary.transport.web..",
        "io.tributary.transport.loop..",
        // The one island: Bouncy Castle's handshakes block, so each has a thread.
        "io.tributary.transport.dtls..",
        "io.tributary.server..",
    };

    private static final ImportOption NO_TEST_JARS = location -> !location.contains("-tests.jar");

    private static final JavaClasses PRODUCTION = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .withImportOption(NO_TEST_JARS)
            .importPackages("io.tributary");

    @Test
    void readsTheWholeProgram() {
        // A rule holds for nothing at all when nothing was read.
        assertThat(PRODUCTION.containPackage("io.tributary.transport.rtp")).isTrue();
        assertThat(PRODUCTION.containPackage("io.tributary.sfu.router")).isTrue();
        assertThat(PRODUCTION.containPackage("io.tributary.auth.endpoint")).isTrue();
        assertThat(PRODUCTION.containPackage("io.tributary.server")).isTrue();
    }

    @Test
    void packagesFormNoKnot() {
        packagesFormNoKnotRule().check(PRODUCTION);
        assertBreaks(packagesFormNoKnotRule(), "io.tributary.broken.knot");
    }

    @Test
    void onlyToolsKnowKeysAndCiphersOfFrames() {
        noClasses()
                .that()
                .resideOutsideOfPackages("io.tributary.frames..", "io.tributary.load..")
                .and()
                .haveNameNotMatching(".*\\.Frames(Command|Pipe)(\\$.*)?")
                .should()
                .dependOnClassesThat(resideInAPackage("io.tributary.frames..")
                        .and(not(belongToAnyOf(
                                ClearPrefix.class, FrameCodec.class, SFrameHeader.class, LiveKitTrailer.class))))
                .because("a server that never needs a key has nothing that could use one")
                .check(PRODUCTION);
    }

    @Test
    void nettyAndVertxStayAtTheEdge() {
        onlyIn("io.netty..", "io.tributary.transport.netty..", "io.tributary.transport.web..")
                .check(PRODUCTION);
        onlyIn("io.vertx..", "io.tributary.transport.web..").check(PRODUCTION);
        assertBreaks(onlyIn("io.netty..", "io.tributary.transport.netty.."), "io.tributary.broken.netty");
    }

    @Test
    void bouncyCastleStaysInDtls() {
        onlyIn("org.bouncycastle..", "io.tributary.transport.dtls..").check(PRODUCTION);
    }

    @Test
    void protobufStaysWhereItIsSpoken() {
        onlyIn("com.google.protobuf..", "io.tributary.sfu.signal..", "io.tributary.sfu.service..")
                .check(PRODUCTION);
    }

    @Test
    void timeThreadsAndRandomnessComeFromOutside() {
        coresTakeNothingFromOutsideRule().check(PRODUCTION);
        assertBreaks(coresTakeNothingFromOutsideRule(), "io.tributary.broken.clock");
    }

    @Test
    void controlReachesMediaByValuesOnly() {
        controlReachesMediaByValuesOnlyRule().check(PRODUCTION);
        assertBreaks(controlReachesMediaByValuesOnlyRule(), "io.tributary.broken.control", "io.tributary.broken.media");
    }

    @Test
    void everyPackageSaysItsThreadAndItsNulls() {
        everyPackageIsMarkedRule().check(PRODUCTION);
        assertBreaks(everyPackageIsMarkedRule(), "io.tributary.broken.unmarked");
    }

    @ParameterizedTest
    @ValueSource(strings = {"transport", "sfu", "auth"})
    void nobodyKnowsTheProgramAroundIt(String module) {
        noClasses()
                .that()
                .resideInAPackage("io.tributary." + module + "..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.tributary.server..")
                .check(PRODUCTION);
    }

    @Test
    void transportKnowsNoRooms() {
        noClasses()
                .that()
                .resideInAPackage("io.tributary.transport..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.tributary.sfu..")
                .check(PRODUCTION);
    }

    @Test
    void theDoorKnowsHttpAndNoSfu() {
        noClasses()
                .that()
                .resideInAPackage("io.tributary.auth..")
                .should()
                .dependOnClassesThat(JavaClass.Predicates.resideInAPackage("io.tributary..")
                        .and(DescribedPredicate.not(JavaClass.Predicates.resideInAnyPackage(
                                "io.tributary.auth..",
                                "io.tributary.transport.http..",
                                "io.tributary.transport.loop.."))))
                .check(PRODUCTION);
        noClasses()
                .that()
                .resideInAPackage("io.tributary.sfu..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.tributary.auth..")
                .check(PRODUCTION);
    }

    private static ArchRule packagesFormNoKnotRule() {
        return slices().matching("io.tributary.(**)").should().beFreeOfCycles();
    }

    private static ArchRule onlyIn(String library, String... packages) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(packages)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .because("it is an implementation detail of " + String.join(" and ", packages));
    }

    private static ArchRule coresTakeNothingFromOutsideRule() {
        return noClasses()
                .that()
                .resideOutsideOfPackages(EDGES)
                .and()
                .resideOutsideOfPackage(GENERATED)
                .should()
                .callCodeUnitWhere(are(fromOutside()))
                .because("a core is fed time and randomness as arguments, so that a test can replay it");
    }

    /// Methods by class name; `*` is all of a class's.
    private static final Map<String, Set<String>> OUTSIDE = Map.ofEntries(
            Map.entry("java.lang.System", Set.of("nanoTime", "currentTimeMillis")),
            Map.entry("java.time.Instant", Set.of("now")),
            Map.entry("java.time.LocalDateTime", Set.of("now")),
            Map.entry("java.time.Clock", Set.of("systemUTC", "systemDefaultZone", "system", "tickMillis")),
            Map.entry("java.time.InstantSource", Set.of("system")),
            Map.entry("java.lang.Thread", Set.of("sleep", "<init>", "ofVirtual", "ofPlatform", "startVirtualThread")),
            Map.entry("java.util.concurrent.TimeUnit", Set.of("sleep")),
            Map.entry("java.util.concurrent.locks.LockSupport", Set.of("park", "parkNanos")),
            Map.entry("java.util.concurrent.Executors", Set.of("*")),
            Map.entry("java.util.concurrent.ThreadLocalRandom", Set.of("current")),
            Map.entry("java.security.SecureRandom", Set.of("<init>", "getInstanceStrong")),
            Map.entry("java.util.UUID", Set.of("randomUUID")),
            Map.entry("java.lang.Math", Set.of("random")));

    private static DescribedPredicate<JavaCall<?>> fromOutside() {
        return DescribedPredicate.describe("calls for time, sleep, randomness or threads", call -> {
            CodeUnitCallTarget target = call.getTarget();
            String owner = target.getOwner().getFullName();
            Set<String> methods = OUTSIDE.getOrDefault(owner, Set.of());
            // A seeded Random is as good as an argument; one without a seed is not.
            boolean unseeded =
                    Set.of("java.util.Random", "java.util.SplittableRandom").contains(owner)
                            && target.getName().equals("<init>")
                            && target.getRawParameterTypes().isEmpty();
            return unseeded || methods.contains("*") || methods.contains(target.getName());
        });
    }

    private static ArchRule controlReachesMediaByValuesOnlyRule() {
        return classes()
                .that(runOn(Plane.CONTROL))
                .should(
                        new ArchCondition<JavaClass>(
                                "reach media packages by records, enums and sealed interfaces only") {
                            @Override
                            public void check(JavaClass control, ConditionEvents events) {
                                for (Dependency dependency : control.getDirectDependenciesFromSelf()) {
                                    JavaClass target =
                                            dependency.getTargetClass().getBaseComponentType();
                                    if (runOn(Plane.MEDIA).test(target) && !isValue(target)) {
                                        events.add(
                                                SimpleConditionEvent.violated(dependency, dependency.getDescription()));
                                    }
                                }
                            }
                        })
                .allowEmptyShould(true);
    }

    private static boolean isValue(JavaClass type) {
        boolean closedInterface = type.isInterface() && type.reflect().isSealed();
        return type.isRecord() || type.isEnum() || type.isAnnotation() || closedInterface;
    }

    private static DescribedPredicate<JavaClass> runOn(Plane plane) {
        return DescribedPredicate.describe("run on " + plane, type -> plane == planeOf(type.getPackage()));
    }

    private static Plane planeOf(JavaPackage of) {
        return of.tryGetAnnotationOfType(RunsOn.class).map(RunsOn::value).orElse(Plane.ANY);
    }

    private static ArchRule everyPackageIsMarkedRule() {
        return classes()
                .that()
                .resideOutsideOfPackage(GENERATED)
                // It depends on nothing of ours, not even on the annotation.
                .and()
                .resideOutsideOfPackage("io.tributary.frames..")
                .should(new ArchCondition<JavaClass>("be in a package with @NullMarked and @RunsOn") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        JavaPackage of = type.getPackage();
                        if (!of.isAnnotatedWith(NullMarked.class) || !of.isAnnotatedWith(RunsOn.class)) {
                            events.add(SimpleConditionEvent.violated(type, of.getName() + " is not marked"));
                        }
                    }
                });
    }

    private static void assertBreaks(ArchRule rule, String... packages) {
        JavaClasses broken = new ClassFileImporter().importPackages(packages);
        assertThat(broken.stream().map(JavaClass::getModifiers)).anyMatch(it -> it.contains(JavaModifier.FINAL));
        assertThatThrownBy(() -> rule.check(broken))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("was violated");
    }
}
