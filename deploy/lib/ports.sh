# shellcheck shell=bash
# The ports on 127.0.0.1: checked before anything starts, so that nothing has to be undone.

# Every listener that takes PORT on 127.0.0.1, from the kernel's own table: connecting to it would disturb a stranger.
port_is_taken() {
    local wanted local_address state
    wanted=$(printf '%04X' "$1")
    while read -r _ local_address _ state _; do
        [[ $state == 0A && ${local_address##*:} == "$wanted" ]] || continue
        case ${local_address%:*} in
            # 127.0.0.1, any, and the same two as IPv6 sees them; words are little-endian.
            0100007F | 00000000 | 00000000000000000000000000000000 | 0000000000000000FFFF00000100007F) return 0 ;;
        esac
    done <<<"$(cat /proc/net/tcp /proc/net/tcp6 2>/dev/null)"
    return 1
}

# check_port OPTION PORT
check_port() {
    local option=$1 port=$2 first_free
    first_free=$(cat /proc/sys/net/ipv4/ip_unprivileged_port_start 2>/dev/null || echo 1024)
    ((port >= first_free)) ||
        die "$EX_USAGE" "$option $port: the services run without privileges and cannot listen below $first_free"
    ! port_is_taken "$port" || die "$EX_UNAVAILABLE" "$option: port $port is taken on 127.0.0.1; choose another"
}

check_ports() {
    check_port --port "$PORT"
    [[ $DELIVERY != redirect ]] || check_port --cdn-port "$CDN_PORT"
    check_port --monitoring-port "$MONITORING_PORT"
}
