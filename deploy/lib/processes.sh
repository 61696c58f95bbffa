# shellcheck shell=bash
# The processes of an instance: start each in its own session, notice when one dies, stop them all.

# In the order in which they were started; stopping goes the other way.
declare -a SERVICES=()
declare -A PID=() LOG=()
STEP='' LOCKED=''

# What identifies a process for good: a pid alone may be someone else's by the time that it is read from a file.
process_identity() {
    local -a fields
    local stat
    stat=$(cat "/proc/${1:-none}/stat" 2>/dev/null) || return 1
    # The name in parentheses may itself hold spaces and parentheses; then state, and 19 further on the start time.
    read -ra fields <<<"${stat##*) }"
    # Empty when the process ends in between.
    ((${#fields[@]} > 19)) || return 1
    PROCESS_STATE=${fields[0]}
    PROCESS_IDENTITY="$1 ${fields[19]}"
}

# A zombie is gone: it only waits for a parent that may never ask.
is_alive() {
    process_identity "${1%% *}" && [[ $PROCESS_IDENTITY == "$1" && $PROCESS_STATE != Z ]]
}

# For a child, whose pid nobody else can get before we have asked for its status.
is_running() {
    process_identity "$1" && [[ $PROCESS_STATE != Z ]]
}

# The pid has been given to another process since.
is_stranger() {
    process_identity "${1%% *}" && [[ $PROCESS_IDENTITY != "$1" ]]
}

# record_process PID FILE
record_process() {
    ! process_identity "$1" || printf '%s\n' "$PROCESS_IDENTITY" >"$2"
}

# wait_until_gone IDENTITY SECONDS
wait_until_gone() {
    local deadline=$((SECONDS + $2))
    while is_alive "$1"; do
        ((SECONDS <= deadline)) || return 1
        sleep 0.05
    done
}

# stop_process IDENTITY SIGNAL SECONDS: politely, then with its whole session. Workers outlive a master that was killed.
stop_process() {
    local identity=$1 signal=$2 patience=$3 pid=${1%% *}
    [[ -n $identity ]] && ! is_stranger "$identity" || return 0
    if is_alive "$identity"; then
        kill -s "$signal" "$pid" 2>/dev/null || true
        wait_until_gone "$identity" "$patience" || say "process $pid does not end, killing it"
    fi
    kill -s KILL "$pid" 2>/dev/null || true
    kill -s KILL -- "-$pid" 2>/dev/null || true
    wait_until_gone "$identity" 10 || true
}

# PostgreSQL: INT is its fast shutdown, TERM would wait for clients. artifactd drains first.
stop_service() {
    case $1 in
        postgresql) stop_process "$2" INT 60 ;;
        *) stop_process "$2" TERM 40 ;;
    esac
}

# spawn NAME LOG COMMAND…: a service, as the service user.
#
# An own session, so that Ctrl-C in the terminal reaches only this script, which stops things in order. The death signal
# is the net below that: when this script itself is killed, the services end too. The lock stays with this script.
spawn() {
    local name=$1 log=$2 signal=TERM
    shift 2
    [[ $name != postgresql ]] || signal=INT
    setsid setpriv --pdeathsig "$signal" "${AS_SERVICE[@]:1}" "$@" \
        </dev/null >>"$log" 2>&1 9>&- &
    PID[$name]=$!
    LOG[$name]=$log
    SERVICES+=("$name")
    record_process "${PID[$name]}" "$DATA/run/$name.pid"
}

# A step that takes long, such as the build: a signal is handled at once, not after the step.
interruptible() {
    local status=0
    setsid "$@" &
    STEP=$!
    wait "$STEP" || status=$?
    STEP=''
    return "$status"
}

# Fails loudly when a service has ended: it may not, before it is told to.
check_services() {
    local name status=0
    for name in "${SERVICES[@]}"; do
        ! is_running "${PID[$name]}" || continue
        wait "${PID[$name]}" || status=$?
        say "$name ended unexpectedly ($(ending "$status")); the last lines of ${LOG[$name]}:"
        tail -n 20 "${LOG[$name]}" >&2
        die "$EX_SOFTWARE" "$name ended unexpectedly; stopping everything"
    done
}

ending() {
    if (($1 > 128)); then
        printf 'signal %s' "$(kill -l "$(($1 - 128))")"
    else
        printf 'exit status %s' "$1"
    fi
}

# wait_for WHAT SECONDS COMMAND…: until the command succeeds.
wait_for() {
    local what=$1 deadline=$((SECONDS + $2))
    shift 2
    until "$@"; do
        check_services
        ((SECONDS <= deadline)) || die "$EX_UNAVAILABLE" "$what is not ready after a long wait; see $DATA/logs"
        sleep 0.05
    done
}

# Until a signal, or until a service dies. Polling: `wait -n` does not see a service that died just before it.
supervise() {
    while true; do
        check_services
        interruptible sleep 0.5
    done
}

# The EXIT trap. Nothing may interrupt it, a closed terminal included, or something would stay behind.
stop_everything() {
    local status=$? index name
    trap '' INT TERM HUP PIPE
    set +e
    if [[ -n $STEP ]]; then
        kill -s TERM -- "-$STEP"
        wait "$STEP"
    fi 2>/dev/null
    for ((index = ${#SERVICES[@]} - 1; index >= 0; index--)); do
        name=${SERVICES[index]}
        stop_service "$name" "$(cat "$DATA/run/$name.pid" 2>/dev/null)"
    done
    ((${#SERVICES[@]} == 0)) || say "Stopped"
    # Without the lock, the records are those of another run.
    [[ -z $LOCKED ]] || forget_instance
    exit "$status"
}

# Signals become exits, and exits run the trap above.
install_traps() {
    trap stop_everything EXIT
    # `set -e` alone ends a script without a word.
    set -o errtrace
    trap 'say "unexpected failure in ${FUNCNAME[0]:-main}: $BASH_COMMAND"' ERR
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
}
