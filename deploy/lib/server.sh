# shellcheck shell=bash
# artifactd: its copy in DIR, its environment, its commands.

# A copy, because the checkout may be under a home that the service user cannot enter, and because the next build must
# not change a running instance.
install_server() {
    install -m 755 "$BINARY" "$DATA/bin/artifactd" || die "$EX_CANTCREAT" "could not install $BINARY"
    # What `artifactd publish` runs, where it has been built.
    local client=${BINARY%/*}/artifactd-publish
    rm -f "$DATA/bin/artifactd-publish"
    [[ ! -x $client ]] || install -m 755 "$client" "$DATA/bin/artifactd-publish" ||
        die "$EX_CANTCREAT" "could not install $client"
    rm -rf "$DATA/migrations"
    mkdir "$DATA/migrations"
    cp "$REPO"/migrations/*.sql "$DATA/migrations/" 2>/dev/null || true
    chmod -R u=rwX,go=rX "$DATA/migrations"
    install -m 644 "$REPO/deploy/openapi.yaml" "$DATA/openapi.yaml"
}

# The caller's ARTIFACTD_… variables stay; these win, because the other parts of the instance rely on them.
set_environment() {
    # Ours and the tests' own: artifactd refuses variables that it does not know.
    unset "${!ARTIFACTD_TEST_@}" ARTIFACTD_REQUIRE_TOOLS ARTIFACTD_WARNINGS_AS_ERRORS ARTIFACTD_ISAL
    export ARTIFACTD_EXTERNAL_URL=${ARTIFACTD_EXTERNAL_URL:-http://127.0.0.1:$PORT}
    export ARTIFACTD_DATABASE_URL=$DATABASE_URL
    export ARTIFACTD_STORE=$DATA/store
    export ARTIFACTD_MIGRATIONS=$DATA/migrations
    export ARTIFACTD_LISTEN=unix:$SOCKETS/fastcgi.sock
    export ARTIFACTD_UPLOAD_LISTEN=unix:$SOCKETS/upload.sock
    export ARTIFACTD_MONITORING_ADDRESS=127.0.0.1:$MONITORING_PORT
    export ARTIFACTD_DELIVERY=$DELIVERY
    [[ $DELIVERY != redirect ]] || set_signed_urls
}

# Unless the caller says otherwise, nginx's second server block signs with a key of this instance, made once.
set_signed_urls() {
    export ARTIFACTD_CDN_URL=${ARTIFACTD_CDN_URL:-http://127.0.0.1:$CDN_PORT}
    [[ -z ${ARTIFACTD_CDN_KEY_FILE:-} ]] || return 0
    export ARTIFACTD_CDN_KEY_FILE=$DATA/cdn.keys
    [[ ! -s $ARTIFACTD_CDN_KEY_FILE ]] || return 0
    install -m 600 -o "$OWNER" -g "$GROUP" /dev/null "$ARTIFACTD_CDN_KEY_FILE.new"
    # 256 random bits, through no argument of any process.
    od --address-radix=n --format=x1 --read-bytes=32 --width=32 /dev/urandom | tr -d ' ' >"$ARTIFACTD_CDN_KEY_FILE.new"
    mv "$ARTIFACTD_CDN_KEY_FILE.new" "$ARTIFACTD_CDN_KEY_FILE"
}

# For `set -a; . DIR/artifactd.env; set +a; artifactd apply more.yaml`: any POSIX shell reads it, and finds the program.
write_environment_file() {
    local name file=$DATA/artifactd.env
    rm -f "$file"
    (
        umask 077
        {
            printf '# The environment of the instance in this directory, written by deploy/run. It may hold secrets.\n'
            for name in $(compgen -e ARTIFACTD_); do
                printf '%s=%s\n' "$name" "$(shell_quoted "${!name}")"
            done
            # shellcheck disable=SC2016  # expanded by the shell that reads the file
            printf 'PATH=%s:"$PATH"\n' "$(shell_quoted "$DATA/bin")"
        } >"$file"
    )
}

# step WHAT COMMAND…: a command of artifactd whose failure ends the start, with its own exit status.
step() {
    local what=$1 status=0
    shift
    interruptible "$@" >&2 || status=$?
    ((status == 0)) || die "$status" "$what failed"
}

migrate() {
    say "Migrating the database"
    step "artifactd migrate" "${AS_SERVICE[@]}" "$DATA/bin/artifactd" migrate
}

# As the caller, not as the service user: the manifest and its files may be readable to the caller only. As root that
# works because the socket admits root, and artifactd gives what it stores to the owner of the store's directory.
apply_manifest() {
    [[ -n $MANIFEST ]] || return 0
    say "Applying $MANIFEST"
    step "artifactd apply $MANIFEST" "$DATA/bin/artifactd" apply "$MANIFEST"
}

# Sockets and files of many clients at once; what the system allows is enough where it is less.
raise_descriptor_limit() {
    ulimit -S -n 16384 2>/dev/null || ulimit -S -n "$(ulimit -H -n)" 2>/dev/null || true
}

start_server() {
    say "Starting artifactd"
    # A socket that a crash left would be taken for somebody's.
    rm -f "$SOCKETS/fastcgi.sock" "$SOCKETS/upload.sock"
    spawn artifactd "$DATA/logs/artifactd.log" "$DATA/bin/artifactd" serve
    wait_for artifactd 60 server_is_ready
}

# No .curlrc, no proxy: this is loopback.
http_status() {
    curl -q --silent --noproxy '*' --max-time 5 --output /dev/null --write-out '%{http_code}' "$1" || true
}

server_is_ready() {
    [[ $(http_status "http://127.0.0.1:$MONITORING_PORT/-/readiness") == 200 ]]
}
