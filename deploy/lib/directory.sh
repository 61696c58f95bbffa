# shellcheck shell=bash
# DIR: what is in it and who owns it.
#
# As root, DIR and all that root later reads or runs (bin, run, artifactd.env) belong to root, and only what the services
# write belongs to them: who takes over a service must not get root by replacing a file.

# Longest path that fits sockaddr_un with its terminating zero.
readonly SOCKET_PATH_LIMIT=107

# make_directory OWNER MODE PATH…
make_directory() {
    local owner=$1 mode=$2
    shift 2
    install -d -m "$mode" -o "$owner" -g "$GROUP" "$@" || die "$EX_CANTCREAT" "could not create $*"
}

# Quotes and "$" mean something in nginx.conf, even in quotes. The rest is quoted where it is used.
check_data_path() {
    case $DATA in
        *[\"\'\\\$]* | *[[:cntrl:]]*) die "$EX_USAGE" "--data: quotes, backslashes, \$ and control characters are not allowed: $DATA" ;;
    esac
    [[ ! -e $DATA || -d $DATA ]] || die "$EX_USAGE" "--data: not a directory: $DATA"
    check_data_owner
    # We set modes and owners below: never on a directory that is for something else.
    [[ ! -d $DATA || -e $DATA/.artifactd || -z $(ls -A "$DATA" 2>&1) ]] ||
        die "$EX_USAGE" "--data: the directory is neither empty nor an instance of artifactd: $DATA"
}

# One user an instance: root would take a user's files away from that user's services.
check_data_owner() {
    [[ ! -d $DATA || -O $DATA ]] || die "$EX_CANTCREAT" "--data: $DATA belongs to the user $(stat -c %U "$DATA")"
}

prepare_directory() {
    local parent=${DATA%/*} file
    check_data_path
    mkdir -p "${parent:-/}" || die "$EX_CANTCREAT" "could not create $parent"
    require_traversable "${parent:-/}"
    make_directory "$EUID" "$(is_root && echo 750 || echo 700)" "$DATA"
    printf '1\n' >"$DATA/.artifactd" || die "$EX_CANTCREAT" "could not write in $DATA"
    make_directory "$EUID" 750 "$DATA"/{bin,run,logs,nginx}
    make_directory "$OWNER" 700 "$DATA"/{store,nginx/temp}
    # Created beforehand, in a directory that is not theirs: root opens these files, and must not follow a link there.
    for file in postgresql artifactd nginx-access nginx-error; do
        [[ -e $DATA/logs/$file.log ]] || install -m 640 -o "$OWNER" -g "$GROUP" /dev/null "$DATA/logs/$file.log"
    done
}

# One instance a directory. The descriptor stays open in this script, and goes on to the detached one.
lock_directory() {
    exec 9>>"$DATA/run/lock"
    flock --nonblock 9 ||
        die "$EX_UNAVAILABLE" "an instance is running in $DATA (process $(cut -d' ' -f1 "$DATA/run/supervisor.pid" 2>/dev/null)); stop it: deploy/run --stop --data $(shell_quoted "$DATA")"
    LOCKED=yes
    # What a killed run left behind.
    stop_leftovers
    # No other run sees the record half-written: they look at the lock first.
    record_process "$$" "$DATA/run/supervisor.pid"
}

# Sockets go into DIR unless their path gets too long, or has a comma, which separates hosts and directories for libpq.
choose_sockets() {
    SOCKETS=$DATA/sockets
    if (($(byte_length "$SOCKETS/.s.PGSQL.5432") > SOCKET_PATH_LIMIT)) || [[ $SOCKETS == *,* ]]; then
        # Not TMPDIR: it may be deep itself, or closed to the service user.
        SOCKETS=$(mktemp -d /tmp/artifactd.XXXXXXXX) || die "$EX_CANTCREAT" "no temporary directory for the sockets"
    fi
    # The record is what finds a temporary directory again after a crash.
    printf '%s\n' "$SOCKETS" >"$DATA/run/sockets"
    make_directory "$OWNER" 700 "$SOCKETS"
}

# After everything has ended: no socket, no record of a process is left.
forget_instance() {
    local sockets
    rm -f "$DATA"/run/*.pid "$DATA/run/ready"
    sockets=$(cat "$DATA/run/sockets" 2>/dev/null) || return 0
    case $sockets in
        "$DATA"/sockets | /tmp/artifactd.????????) rm -rf "$sockets" ;;
    esac
    rm -f "$DATA/run/sockets"
}

# Services whose supervisor was killed. The last started goes first.
stop_leftovers() {
    local name
    for name in nginx artifactd postgresql; do
        [[ ! -s $DATA/run/$name.pid ]] || stop_service "$name" "$(cat "$DATA/run/$name.pid")"
    done
    forget_instance
}
