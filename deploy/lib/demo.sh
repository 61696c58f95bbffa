# shellcheck shell=bash
# The demo manifest, and the lines to try.

# The document's files are relative to it, so that it moves to where its archives are built.
prepare_demo() {
    rm -rf "$DATA/demo"
    mkdir "$DATA/demo"
    bash "$DEPLOY/demo/build-archives" "$DATA/demo" || die "$EX_SOFTWARE" "could not build the demo's archives"
    cp "$DEPLOY/demo/manifest.yaml" "$DATA/demo/"
    MANIFEST=$DATA/demo/manifest.yaml
}

# Sets MANIFEST to what is applied, if anything.
choose_manifest() {
    if [[ -n $USER_MANIFEST ]]; then
        MANIFEST=$USER_MANIFEST
    elif [[ -n $DEMO ]]; then
        prepare_demo
    fi
}

# The base URL and three lines to paste. What a manifest of the caller's holds is not ours to know, let alone its tokens.
print_examples() {
    local url=http://127.0.0.1:$PORT monitoring=http://127.0.0.1:$MONITORING_PORT
    printf 'artifactd is ready at %s\n\n' "$url"
    if [[ -n $DEMO ]]; then
        sed -e '/^#/d' -e "s|@URL@|$url|g" "$DEPLOY/demo/examples"
    else
        cat <<EXAMPLES
curl --fail $monitoring/-/readiness
curl --fail $monitoring/-/metrics
curl --include $url/api/v4/projects/1/jobs/1/artifacts    # 404 as long as there is no such public job
EXAMPLES
    fi
}
