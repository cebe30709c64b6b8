# shellcheck shell=bash
# What ./run and ./check share: find the tools, build what changed. Sourced, from the repository's root.

JDK_WANTED=25
NODE_WANTED=20
STAMP=server/target/run.stamp
CLASSPATH_FILE=server/target/classpath
LOAD_STAMP=load-test/target/run.stamp
LOAD_CLASSPATH_FILE=load-test/target/classpath

say() { printf '%s\n' "$*" >&2; }
die() { say "$0: $*"; exit 1; }

# Prints the major version of the JDK in directory $1, or nothing when there is none that can compile.
jdk_major() {
    [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 0
    sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$1/release"
}

# Sets JAVA_HOME to a JDK that is new enough: the one asked for, the one on PATH, or one that is installed beside it.
find_jdk() {
    local home major best='' best_major=0 on_path=''
    if command -v java >/dev/null 2>&1; then
        on_path=$(readlink -f "$(command -v java)" 2>/dev/null) || on_path=''
        on_path=${on_path%/bin/java}
    fi
    for home in "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* /opt/* "$HOME"/.sdkman/candidates/java/* \
        "$HOME"/.jdks/* /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        [ -n "$home" ] || continue
        major=$(jdk_major "$home")
        [ "${major:-0}" -ge "$JDK_WANTED" ] || continue
        # Whoever says JAVA_HOME, or has it on PATH, is taken at their word. Of the others the oldest that is new
        # enough is the one the project is tested with.
        if [ "$home" = "${JAVA_HOME:-}" ] || [ "$home" = "$on_path" ]; then
            best=$home
            break
        fi
        if [ -z "$best" ] || [ "$major" -lt "$best_major" ]; then
            best=$home
            best_major=$major
        fi
    done
    if [ -z "$best" ]; then
        say "Tributary needs a JDK $JDK_WANTED or newer, and there is none in JAVA_HOME, on PATH, in /usr/lib/jvm,"
        say "/opt, ~/.sdkman, ~/.jdks or /Library/Java. To get one:"
        say "  Debian, Ubuntu  apt-get install temurin-25-jdk   (from the Adoptium repository: adoptium.net)"
        say "                  apt-get install openjdk-25-jdk   (Debian 14, Ubuntu 25.10 and newer)"
        say "  macOS           brew install --cask temurin@25"
        say "  any             sdk install java 25-tem          (sdkman.io)"
        say "It may stand beside an older default: nothing else on this machine has to change."
        exit 1
    fi
    export JAVA_HOME=$best
}

# Sets MVN to a Maven that can build this: the one installed when it is new enough, or the wrapper, which fetches one.
find_maven() {
    local version=''
    if command -v mvn >/dev/null 2>&1; then
        version=$(mvn --version 2>/dev/null | sed -n 's/.*Apache Maven \([0-9.]*\).*/\1/p')
    fi
    case $version in
        3.8.[7-9] | 3.8.[1-9][0-9] | 3.9.* | 3.[1-9][0-9].*) MVN=mvn ;;
        *) MVN=./mvnw ;;
    esac
    # Maven's own libraries still use what newer JDKs warn about.
    export MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow --enable-native-access=ALL-UNNAMED ${MAVEN_OPTS:-}"
}

# Whether Node and npm are there and new enough.
have_node() {
    local version
    command -v npm >/dev/null 2>&1 && version=$(node --version 2>/dev/null) || return 1
    version=${version#v}
    [ "${version%%.*}" -ge "$NODE_WANTED" ] 2>/dev/null
}

# Tries three times what needs the network.
again() {
    local attempt
    for attempt in 1 2; do
        "$@" && return
        say "once more in $((attempt * 10)) s …"
        sleep $((attempt * 10))
    done
    "$@"
}

# Runs $2… with its output in the file $1, says every 15 s that it is still busy, shows the end of the output when it
# fails.
quietly() {
    local log=$1 child status=0 seconds=0
    shift
    mkdir -p "$(dirname "$log")"
    "$@" >"$log" 2>&1 </dev/null &
    child=$!
    trap 'kill "$child" 2>/dev/null; exit 130' INT TERM
    while kill -0 "$child" 2>/dev/null; do
        sleep 0.2
        seconds=$((seconds + 1))
        [ $((seconds % 75)) -ne 0 ] || say "  … $((seconds / 5)) s"
    done
    wait "$child" || status=$?
    trap - INT TERM
    if [ "$status" -ne 0 ]; then
        # Maven's advice about its own switches helps nobody here.
        sed '/^\[ERROR\] -> \[Help/,$d' "$log" | tail -n 60 >&2
        say "failed: $*"
        say "all of its output: $log"
    fi
    return "$status"
}

# Installs the npm packages of directory $1 as its lockfile says, when that has changed since the last time.
npm_packages() {
    local seen=$1/node_modules/.package-lock.json
    if [ ! -e "$seen" ] || [ "$1/package-lock.json" -nt "$seen" ]; then
        again quietly "target/npm-$(basename "$1").log" npm ci --prefix "$1" --no-audit --no-fund || return 1
        touch "$seen"
    fi
}

# Builds the call page when its sources changed. Without Node the server still runs, without the page.
build_page() {
    local page=server/web
    [ -e $page/package.json ] || return 0
    if [ -d $page/dist ] && [ -z "$(find $page -path $page/node_modules -prune -o -path $page/dist -prune \
        -o -newer $page/dist -print -quit)" ]; then
        return 0
    fi
    if ! have_node; then
        say "Node $NODE_WANTED or newer with npm is not on PATH, so the call page is not built; the server itself does not need it."
        say "To get the page: apt-get install nodejs npm (Debian 13 and newer), nodejs.org, or nvm install $NODE_WANTED."
        return 0
    fi
    say "building the call page …"
    npm_packages $page || return 1
    quietly target/page.log npm run --silent --prefix $page build || return 1
    touch $page/dist
}

# Whether what was compiled last, by stamp $1 and class path $2, is still what the sources in $3… say, and all there.
up_to_date() {
    local entry stamp=$1 class_path=$2 IFS=:
    shift 2
    [ -e "$stamp" ] && [ -s "$class_path" ] || return 1
    for entry in $(cat "$class_path"); do
        [ -e "$entry" ] || return 1
    done
    unset IFS
    [ -z "$(find pom.xml ./*/pom.xml transport/src/main sfu-core/src/main e2ee-frames/src/main matrix-auth/src/main "$@" -newer "$stamp" -print -quit 2>/dev/null)" ]
}

# Compiles the server and writes the class path it runs with.
build_server() {
    ! up_to_date $STAMP $CLASSPATH_FILE server/src/main server/web/dist || return 0
    find_maven
    if [ -e $STAMP ]; then
        say "building what changed …"
    else
        say "building Tributary; the first time takes a minute or two …"
    fi
    mkdir -p server/target
    touch $STAMP.next
    # The test phase in name only: modules find each other's test fixtures by it.
    quietly target/build.log $MVN -B -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -pl server -am test-compile -Dmaven.test.skip=true || return 1
    mv $STAMP.next $STAMP
}

# Compiles the load generator and writes the class path it runs with.
build_load_test() {
    ! up_to_date $LOAD_STAMP $LOAD_CLASSPATH_FILE load-test/src/main || return 0
    find_maven
    say "building the load generator …"
    mkdir -p load-test/target
    touch $LOAD_STAMP.next
    quietly target/build.log $MVN -B -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -pl load-test -am test-compile -Dmaven.test.skip=true || return 1
    mv $LOAD_STAMP.next $LOAD_STAMP
}
