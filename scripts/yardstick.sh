#!/usr/bin/env bash
# What a server costs: µs of processor time per forwarded packet for each shape of call, the largest load without loss,
# memory per participant. ./check --yardstick runs this.
#
#   --against COMMAND    measure another LiveKit-compatible server too, started by this command line. It must listen on
#                        port 7880 of the address in $NODE_IP and take its keys from $LIVEKIT_KEYS, as livekit-server does
#   --label NAME         what to call that one in the table; other
#   --only-against       leave ours out
#   --shapes "1x30 …"    which calls; "1x30 1x100 audio10x50 4x12"
#   --seconds N          how long one window is; 20
#   --repetitions N      windows, of which the median counts; 5
#   --warm-up N          seconds of each call before its first window; 30. The server has had busier calls before
#   --brief              neither the largest load nor memory
#
# The server runs on core 0 and the generator on core 1, each in a network namespace of its own with a pair of virtual
# Ethernet interfaces between them. Needs root, two cores, iproute2 and util-linux. Ends in 45 minutes at most with the
# defaults; what it prints last also stands in target/yardstick.md.
set -uo pipefail

cd "$(dirname "$(readlink -f "$0")")/.." || exit 1
. scripts/house.sh

against='' label=other ours=yes brief=''
shapes='1x30 1x100 audio10x50 4x12' seconds=20 repetitions=5 warm_up=30
while [ $# -gt 0 ]; do
    case $1 in
        --against) against=${2:?--against needs a command}; shift ;;
        --label) label=${2:?--label needs a name}; shift ;;
        --only-against) ours='' ;;
        --shapes) shapes=${2:?--shapes needs a list}; shift ;;
        --seconds) seconds=${2:?}; shift ;;
        --repetitions) repetitions=${2:?}; shift ;;
        --warm-up) warm_up=${2:?}; shift ;;
        --brief) brief=yes ;;
        -h | --help) sed -n '2,/^set/{/^#/s/^# \{0,1\}//p}' "$0"; exit 0 ;;
        *) die "there is no option $1; ./check --yardstick --help lists them" ;;
    esac
    shift
done

PATH=$PATH:/sbin:/usr/sbin
[ "$(id -u)" -eq 0 ] || die "network namespaces and fixed cores need root: run it with sudo, or in a container as root"
for tool in ip taskset nproc; do
    command -v $tool >/dev/null || die "there is no $tool here: apt-get install iproute2 util-linux"
done
[ "$(nproc)" -ge 2 ] || die "the server and the generator need a core each, and this machine has one"

readonly SERVER_CORE=0 GENERATOR_CORE=1
readonly SERVER_SPACE=tributary-s-$$ GENERATOR_SPACE=tributary-g-$$
readonly SERVER_LINK=ts$$ GENERATOR_LINK=tg$$
readonly SERVER_ADDRESS=198.18.0.1 GENERATOR_ADDRESS=198.18.0.2 # for benchmarks (RFC 2544)
readonly SECRET=yardstick-0123456789abcdef0123456789abcdef
readonly LONGEST_STEP=1800 # seconds that any one command of a run may take

scratch=$(mktemp -d)
server_pid='' metrics=() head=()

stop_server() {
    [ -n "$server_pid" ] || return 0
    kill "$server_pid" 2>/dev/null
    wait "$server_pid" 2>/dev/null
    server_pid=''
}

clean_up() {
    stop_server
    ip netns delete "$SERVER_SPACE" 2>/dev/null
    ip netns delete "$GENERATOR_SPACE" 2>/dev/null
    rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

make_network() {
    ip netns add "$SERVER_SPACE" && ip netns add "$GENERATOR_SPACE" &&
        ip link add "$SERVER_LINK" netns "$SERVER_SPACE" type veth peer name "$GENERATOR_LINK" netns "$GENERATOR_SPACE" &&
        ip -n "$SERVER_SPACE" address add $SERVER_ADDRESS/30 dev "$SERVER_LINK" &&
        ip -n "$GENERATOR_SPACE" address add $GENERATOR_ADDRESS/30 dev "$GENERATOR_LINK" &&
        ip -n "$SERVER_SPACE" link set lo up && ip -n "$GENERATOR_SPACE" link set lo up &&
        ip -n "$SERVER_SPACE" link set "$SERVER_LINK" up && ip -n "$GENERATOR_SPACE" link set "$GENERATOR_LINK" up
}

load_test() {
    timeout $LONGEST_STEP ip netns exec "$GENERATOR_SPACE" taskset -c $GENERATOR_CORE ./run load-test "$@" \
        --url ws://$SERVER_ADDRESS:7880 --allow-remote $SERVER_ADDRESS \
        --api-key yardstick --api-secret $SECRET --server-pid "$server_pid" "${metrics[@]}"
}

# Waits until the server of process $server_pid answers.
await_server() {
    local _
    for _ in $(seq 300); do
        kill -0 "$server_pid" 2>/dev/null || return 1
        # The shell's own TCP, for want of any tool that is sure to be there.
        ip netns exec "$GENERATOR_SPACE" bash -c "exec 3<>/dev/tcp/$SERVER_ADDRESS/7880" 2>/dev/null && return 0
        sleep 0.1
    done
    return 1
}

# Starts $@ as the server. Each step of the way replaces itself by the next, so that the process whose number we have
# is the server in the end: its processor time is what is measured.
start_server() {
    LIVEKIT_KEYS="yardstick: $SECRET" NODE_IP=$SERVER_ADDRESS \
        ip netns exec "$SERVER_SPACE" taskset -c $SERVER_CORE "$@" >"$scratch/server.log" 2>&1 &
    server_pid=$!
    if ! await_server; then
        tail -n 20 "$scratch/server.log" >&2
        die "the server does not answer on $SERVER_ADDRESS:7880: $*"
    fi
}

start_ours() {
    cat >"$scratch/config.yaml" <<YAML
port: 7880
bind_addresses: ["$SERVER_ADDRESS"]
rtc: {udp_port: 7882, node_ip: $SERVER_ADDRESS}
prometheus: {port: 7883}
logging: {level: warn}
YAML
    metrics=(--metrics-url http://$SERVER_ADDRESS:7883/metrics)
    start_server ./run serve --config "$scratch/config.yaml"
}

start_other() {
    metrics=()
    # exec: the process that is measured must be the server, not a shell.
    start_server bash -c "exec $against"
}

# Calls that are not measured, at twice the rate: a server compiles, caches and grows for a while after its start,
# and a call's own rate would take many minutes to get through that.
get_going() {
    # shellcheck disable=SC2086 # a list of shapes
    load_test measure $shapes --rate 2 --warm-up 3 --seconds 15 --repetitions 1 >/dev/null
}

# The rows of one server, named $1.
measure() {
    say "getting going …"
    get_going
    # shellcheck disable=SC2086 # a list of shapes
    load_test measure $shapes "${head[@]}" --label "$1" \
        --warm-up "$warm_up" --seconds "$seconds" --repetitions "$repetitions" >>"$scratch/rows"
    local status=$?
    head=(--no-head)
    return $status
}

jiffies() { awk '/^cpu /{ print $2 + $3 + $4 + $7 + $8, $9 }' /proc/stat; }

quiet_machine() {
    local before after
    read -r before _ < <(jiffies)
    sleep 2
    read -r after _ < <(jiffies)
    # Of the 200 hundredths of a second that each core has had.
    [ $((after - before)) -le 20 ] ||
        say "this machine is busy with other things ($(((after - before) / 2)) % of a core): figures will be too high"
}

find_jdk
build_server || exit 1
build_load_test || exit 1
make_network || die "cannot make network namespaces; in a container it takes --privileged or CAP_SYS_ADMIN"
quiet_machine
read -r _ stolen < <(jiffies)
failed=0

if [ -n "$ours" ]; then
    say "== Tributary: $shapes"
    start_ours
    measure Tributary || failed=1
    if [ -z "$brief" ]; then
        say "== Tributary: the largest load"
        load_test find-max 1x100 --warm-up "$warm_up" >>"$scratch/max" || failed=1
    fi
    stop_server
    if [ -z "$brief" ]; then
        say "== Tributary: memory"
        # With all of the heap resident from the start, what is resident besides grows by native memory only.
        TRIBUTARY_JAVA_OPTS="-XX:+AlwaysPreTouch -Xms1g ${TRIBUTARY_JAVA_OPTS:-}" start_ours
        load_test memory >>"$scratch/memory" || failed=1
        stop_server
    fi
fi
if [ -n "$against" ]; then
    say "== $label: $shapes"
    start_other
    measure "$label" || failed=1
    stop_server
fi

read -r _ stolen_now < <(jiffies)
{
    echo "$(uname -srm), $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1); server on core $SERVER_CORE," \
        "generator on core $GENERATOR_CORE, veth between two namespaces; $repetitions windows of $seconds s after" \
        "$warm_up s, medians ± median deviation; $((stolen_now - stolen)) hundredths of a second stolen by the host."
    echo
    cat "$scratch/rows" 2>/dev/null
    for part in max memory; do
        [ ! -s "$scratch/$part" ] || { echo; cat "$scratch/$part"; }
    done
} | tee target/yardstick.md
[ "$failed" -eq 0 ] || die "not everything could be measured, or not everything arrived; see above"
