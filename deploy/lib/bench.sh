# shellcheck shell=bash
# The steps of deploy/bench.

# has_option NAME ARGUMENT…
has_option() {
    local wanted=$1 argument
    shift
    for argument in "$@"; do
        [[ $argument != "$wanted" ]] || return 0
    done
    return 1
}

asks_for_help() {
    has_option --help "$@" || has_option -h "$@"
}

# The plain test run measures with the peers that are there, instead of installing three languages.
require_bench_packages() {
    if has_option --leaks "$@"; then
        require_packages "$RUN_PACKAGES" "$BENCH_PACKAGES" "$VALGRIND_PACKAGES"
    elif has_option --no-peers "$@" || has_option --smoke "$@" || has_option --soak "$@"; then
        require_packages "$RUN_PACKAGES" "$BENCH_PACKAGES"
    elif has_option --profile "$@"; then
        require_packages "$RUN_PACKAGES" "$BENCH_PACKAGES" "$PROFILE_PACKAGES"
    else
        require_packages "$RUN_PACKAGES" "$BENCH_PACKAGES" "$PEER_PACKAGES"
    fi
}

# Sets BINARY: ARTIFACTD_BENCH_BINARY, or a release build.
provide_bench_binary() {
    if [[ -n ${ARTIFACTD_BENCH_BINARY:-} ]]; then
        BINARY=$(realpath -- "$ARTIFACTD_BENCH_BINARY")
        [[ -x $BINARY ]] || die "$EX_USAGE" "ARTIFACTD_BENCH_BINARY: no such program: $BINARY"
        return
    fi
    provide_binary
}

# PostgreSQL's programs, pgbench among them, are not on Debian's PATH.
run_bench() {
    local bin
    bin=$(postgresql_bin '') || bin=''
    PYTHONDONTWRITEBYTECODE=1 PYTHONPATH=$REPO/Tests/Benchmarks PATH=${bin:+$bin:}$PATH BENCH_BINARY=${BINARY:-} \
        exec python3 -m bench "$@"
}
