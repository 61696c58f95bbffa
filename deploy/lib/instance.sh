# shellcheck shell=bash
# A whole instance: start it here or detached, stop it from elsewhere.

# In this process, until a signal or until a service dies.
run_instance() {
    # The service user may not be able to enter the caller's directory; paths are absolute by now.
    cd /
    choose_sockets
    choose_manifest
    start_cluster
    install_server
    set_environment
    write_environment_file
    migrate
    apply_manifest
    raise_descriptor_limit
    start_server
    start_nginx
    print_examples >"$DATA/run/ready.new"
    mv "$DATA/run/ready.new" "$DATA/run/ready"
    cat "$DATA/run/ready"
    [[ -n $DETACH ]] || say $'\nCtrl-C stops everything. Logs: '"$DATA/logs"
    supervise
}

# The same script again, in a session of its own; the lock on DIR goes with descriptor 9. The URL may hold a password and
# goes through the environment, not through the arguments that everyone can list.
run_detached() {
    local log=$DATA/logs/deploy.log status=0
    local -a content=()
    [[ -n $DEMO ]] || content=(--no-demo)
    [[ -z $USER_MANIFEST ]] || content=(--manifest "$USER_MANIFEST")
    DEPLOY_DETACHED=yes DEPLOY_DATABASE_URL=$DATABASE_URL setsid bash "$DEPLOY/run" --detach --data "$DATA" \
        --port "$PORT" --cdn-port "$CDN_PORT" --monitoring-port "$MONITORING_PORT" --delivery "$DELIVERY" \
        "${content[@]}" </dev/null >"$log" 2>&1 &
    SUPERVISOR=$!
    trap 'kill -s TERM "$SUPERVISOR"; wait "$SUPERVISOR" || true' EXIT
    until [[ -e $DATA/run/ready ]]; do
        if ! is_running "$SUPERVISOR"; then
            wait "$SUPERVISOR" || status=$?
            trap - EXIT
            cat "$log" >&2
            exit "$((status ? status : EX_SOFTWARE))"
        fi
        sleep 0.05
    done
    trap - EXIT
    cat "$DATA/run/ready"
    say $'\nStop it: deploy/run --stop --data '"$(shell_quoted "$DATA")"
}

# Returns when all is gone, also when there was nothing.
stop_instance() {
    local supervisor
    is_root || check_data_owner
    [[ -e $DATA/.artifactd ]] || { say "Nothing runs in $DATA"; return 0; }
    supervisor=$(cat "$DATA/run/supervisor.pid" 2>/dev/null) || supervisor=''
    if is_alive "$supervisor"; then
        say "Stopping the instance in $DATA"
        stop_process "$supervisor" TERM 180
    else
        say "Nothing runs in $DATA"
    fi
    # The lock is free when the supervisor is gone; if another run has just taken it, its services are not leftovers.
    exec 9>>"$DATA/run/lock"
    ! flock --nonblock 9 || stop_leftovers
}
