# shellcheck shell=bash
# The options of deploy/run.

usage() {
    cat <<'USAGE'
usage: deploy/run [option…]

Builds artifactd and runs it on 127.0.0.1, with an nginx and a PostgreSQL of its own. What is missing is installed
first; no service of this machine is touched. Ctrl-C stops everything.

  --port N             nginx listens on 127.0.0.1:N (8080)
  --cdn-port N         the server for signed URLs, with redirect only (port + 1)
  --monitoring-port N  /-/health, /-/readiness, /-/metrics for operators (port + 2)
  --delivery MODE      accel: nginx sends archives; redirect: to signed URLs (accel)
  --data DIR           everything lives here: cluster, store, sockets, logs, nginx.conf
                       (/var/lib/artifactd as root, else ${XDG_STATE_HOME:-~/.local/state}/artifactd)
  --manifest FILE      applied before serving (the demo)
  --no-demo            apply nothing
  --database-url URL   use this PostgreSQL instead of a private cluster
  --detach             return when ready
  --stop               stop the instance in DIR, wait until it is gone
  --help               this text

ARTIFACTD_… variables are passed on to the server. DIR/artifactd.env holds the environment of the instance:
set -a; . DIR/artifactd.env; set +a; artifactd apply more.yaml
Exit status: 64 usage, 69 something is missing or a port is taken, 70 a service failed, 73 DIR cannot be written,
78 configuration.
USAGE
}

parse_options() {
    PORT=8080 CDN_PORT='' MONITORING_PORT='' DELIVERY=${ARTIFACTD_DELIVERY:-accel} DATA='' USER_MANIFEST='' DEMO=yes
    DETACH='' STOP='' MANIFEST=''
    # Set for the detached copy of this script only.
    DATABASE_URL=${DEPLOY_DATABASE_URL:-} DETACHED=${DEPLOY_DETACHED:-}
    unset DEPLOY_DATABASE_URL DEPLOY_DETACHED
    while (($#)); do
        parse_option "$@"
        shift "$CONSUMED"
    done
    complete_options
}

# The first of the arguments, with its value if it takes one. Sets CONSUMED to how many words that were.
parse_option() {
    local option=$1 value=${2-}
    CONSUMED=1
    case $option in
        --no-demo) DEMO='' ;;
        --detach) DETACH=yes ;;
        --stop) STOP=yes ;;
        --help | -h)
            usage
            exit 0
            ;;
        --*=*)
            # --port=8080: the same as two words.
            parse_option "${option%%=*}" "${option#*=}"
            ((CONSUMED == 2)) || die "$EX_USAGE" "${option%%=*} takes no value"
            CONSUMED=1
            ;;
        --port | --cdn-port | --monitoring-port | --delivery | --data | --manifest | --database-url)
            [[ -n $value ]] || die "$EX_USAGE" "$option needs a value"
            CONSUMED=2
            set_option "$option" "$value"
            ;;
        *) die "$EX_USAGE" "unknown option: $option (see --help)" ;;
    esac
}

set_option() {
    case $1 in
        --port) PORT=$2 ;;
        --cdn-port) CDN_PORT=$2 ;;
        --monitoring-port) MONITORING_PORT=$2 ;;
        --delivery) DELIVERY=$2 ;;
        --data) DATA=$2 ;;
        --manifest) USER_MANIFEST=$2 DEMO='' ;;
        --database-url) DATABASE_URL=$2 ;;
    esac
}

default_data() {
    if is_root; then
        printf /var/lib/artifactd
    else
        printf '%s' "${XDG_STATE_HOME:-${HOME:?is not set: give --data}/.local/state}/artifactd"
    fi
}

# Defaults that depend on others, and what can be wrong with a value.
complete_options() {
    DATA=$(realpath --canonicalize-missing -- "${DATA:-$(default_data)}")
    [[ $DATA != / ]] || die "$EX_USAGE" "--data: not the root directory"
    check_port_number --port "$PORT"
    CDN_PORT=${CDN_PORT:-$((PORT + 1))} MONITORING_PORT=${MONITORING_PORT:-$((PORT + 2))}
    check_port_number --cdn-port "$CDN_PORT"
    check_port_number --monitoring-port "$MONITORING_PORT"
    ((PORT != CDN_PORT && PORT != MONITORING_PORT && CDN_PORT != MONITORING_PORT)) ||
        die "$EX_USAGE" "--port, --cdn-port and --monitoring-port must differ: $PORT, $CDN_PORT, $MONITORING_PORT"
    check_delivery
    [[ -z $USER_MANIFEST ]] || check_manifest
    complete_paths
}

# Paths in the caller's variables are relative to where the caller is; the services run in /.
complete_paths() {
    local name
    for name in ARTIFACTD_CONFIG ARTIFACTD_CDN_KEY_FILE ARTIFACTD_TEST_BINARY; do
        [[ -z ${!name:-} ]] || export "$name=$(realpath -- "${!name}")"
    done
}

check_port_number() {
    # No leading zero: the shell would take it for octal.
    [[ $2 =~ ^[1-9][0-9]{0,4}$ && $2 -le 65535 ]] || die "$EX_USAGE" "$1: not a port: $2"
}

check_delivery() {
    case $DELIVERY in
        accel | redirect) ;;
        *) die "$EX_USAGE" "--delivery: accel or redirect, not $DELIVERY" ;;
    esac
}

check_manifest() {
    [[ -f $USER_MANIFEST && -r $USER_MANIFEST ]] || die "$EX_USAGE" "--manifest: no such file: $USER_MANIFEST"
    USER_MANIFEST=$(realpath -- "$USER_MANIFEST")
}
