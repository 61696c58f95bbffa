# shellcheck shell=bash
# The steps of deploy/test.

declare -a RESULTS=()
FAILED=0 PYTEST_LOG='' TEST_DIR=''

prepare_tests() {
    # A missing tool is a failure here; a developer's own `swift test` skips what needs it.
    export ARTIFACTD_REQUIRE_TOOLS=1
    PATH=$(postgresql_bin ''):$PATH
    # Not below TMPDIR: the service user must get through to the instances.
    TEST_DIR=$(mktemp -d /tmp/artifactd-tests.XXXXXXXX)
    chmod 755 "$TEST_DIR"
    export ARTIFACTD_TEST_DIR=$TEST_DIR
    PYTEST_LOG=$TEST_DIR/pytest.log
    trap end_tests EXIT
}

# A pytest that was killed could not stop its instances.
end_tests() {
    local status=$? marker
    trap '' INT TERM HUP PIPE
    set +e
    if [[ -n $STEP ]]; then
        kill -s TERM -- "-$STEP"
        wait "$STEP"
    fi 2>/dev/null
    for marker in "$TEST_DIR"/*/data/.artifactd; do
        [[ ! -e $marker ]] || bash "$DEPLOY/run" --stop --data "${marker%/.artifactd}"
    done
    rm -rf "$TEST_DIR"
    exit "$status"
}

# step_of_suite NAME COMMAND…: the suite goes on after a failure; the summary and the exit status tell.
step_of_suite() {
    local name=$1 started=$SECONDS result=ok
    shift
    say "== $name"
    "$@" || {
        result=FAILED
        FAILED=1
    }
    RESULTS+=("$(printf '%-20s %-7s %4d s' "$name" "$result" $((SECONDS - started)))")
}

# Swift Testing runs tests in parallel by itself.
unit_tests() {
    interruptible swift test --package-path "$REPO"
}

# A virtual environment that is remade only when the requirements change; two suites at once make it once.
prepare_clients() {
    local requirements=$REPO/Tests/Integration/requirements.txt
    VENV=$REPO/.build/integration-venv
    mkdir -p "$REPO/.build"
    (
        flock 8
        ! cmp -s "$requirements" "$VENV/requirements.txt" || exit 0
        say "Installing the Python clients"
        rm -rf "$VENV"
        python3 -m venv "$VENV" &&
            "$VENV/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements" &&
            cp "$requirements" "$VENV/requirements.txt"
    ) 8>"$REPO/.build/integration-venv.lock"
}

integration_tests() {
    ARTIFACTD_TEST_BINARY=${ARTIFACTD_TEST_BINARY:-$REPO/.build/release/artifactd}
    export ARTIFACTD_TEST_BINARY
    [[ -x $ARTIFACTD_TEST_BINARY ]] || { say "there is no binary to test"; return 1; }
    prepare_clients || return 1
    # No bytecode and no cache in the checkout. The log is for the summary.
    # shellcheck disable=SC2016  # the inner shell expands it
    PYTHONDONTWRITEBYTECODE=1 interruptible bash -o pipefail -c '"$@" 2>&1 | tee "$0"' "$PYTEST_LOG" \
        "$VENV/bin/python" -m pytest -p no:cacheprovider --rootdir "$REPO/Tests/Integration" "$REPO/Tests/Integration" "$@"
}

summary() {
    say "== summary"
    printf '%s\n' "${RESULTS[@]}" >&2
    # pytest's own count of what passed, failed and was skipped.
    [[ ! -s $PYTEST_LOG ]] || tail -n 1 "$PYTEST_LOG"
    ((FAILED == 0)) || exit 1
}
