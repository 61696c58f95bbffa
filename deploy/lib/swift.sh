# shellcheck shell=bash
# The compiler and the release binaries.

readonly SWIFT_NEEDED=6.2

require_swift() {
    local version
    command -v swift >/dev/null ||
        die "$EX_UNAVAILABLE" "Swift $SWIFT_NEEDED or newer is needed and there is no swift on the PATH (https://swift.org/install)"
    version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p' | head -n 1)
    [[ -n $version ]] || die "$EX_UNAVAILABLE" "Swift $SWIFT_NEEDED or newer is needed; swift --version does not say what this one is"
    [[ $(printf '%s\n' "$SWIFT_NEEDED" "$version" | sort -V | head -n 1) == "$SWIFT_NEEDED" ]] ||
        die "$EX_UNAVAILABLE" "Swift $SWIFT_NEEDED or newer is needed, this is $version ($(command -v swift))"
}

# What is installed.
build_release() {
    build_products artifactd artifactd-publish
}

# A static standard library: the binary runs as a user who may not read the toolchain, and on machines without one.
build_products() {
    local product
    for product in "$@"; do
        say "Building $product (release)"
        interruptible swift build --package-path "$REPO" --configuration release --static-swift-stdlib \
            --product "$product" >&2 || return
    done
}

# Sets BINARY. ARTIFACTD_TEST_BINARY: an instance per test must not cost a build each.
provide_binary() {
    BINARY=$REPO/.build/release/artifactd
    if [[ -n ${ARTIFACTD_TEST_BINARY:-} ]]; then
        BINARY=$ARTIFACTD_TEST_BINARY
        [[ -x $BINARY ]] || die "$EX_USAGE" "ARTIFACTD_TEST_BINARY: no such program: $BINARY"
        return
    fi
    require_swift
    build_release || die "$EX_SOFTWARE" "the build failed"
}
