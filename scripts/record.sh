#!/usr/bin/env bash
# Makes the recordings of real streams anew that tests play: Chromium publishes, a server writes down what it receives.
#
#   scripts/record.sh [FOLDER]    without a folder, over those that are checked in
set -euo pipefail

cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/house.sh

folder=$(readlink -f "${1:-transport/src/test/resources/io/tributary/transport/recording}")
[ -d "$folder" ] || die "there is no folder $folder"
find_jdk
find_maven
have_node || die "Node $NODE_WANTED or newer with npm is not on PATH"
npm_packages server/src/test/peers
quietly target/record.log $MVN -B -ntp -pl server -am test-compile \
    org.apache.maven.plugins:maven-dependency-plugin:3.9.0:build-classpath \
    -Dmdep.outputFile=target/record.classpath -Dmdep.includeScope=test

export CI=true
TRIBUTARY_SERVE="$JAVA_HOME/bin/java --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow"
TRIBUTARY_SERVE+=" -cp server/target/test-classes:server/target/classes:$(cat server/target/record.classpath)"
TRIBUTARY_SERVE+=" io.tributary.server.RecordingServer $folder"
export TRIBUTARY_SERVE
exec node server/src/test/peers/run.mjs record.mjs
