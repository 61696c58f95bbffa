# shellcheck shell=bash
# Which Debian packages a step needs, and which of them this machine lacks.

# For the build that inflates with ISA-L, which nobody gets unasked.
ISAL_PACKAGE=
[[ ${ARTIFACTD_ISAL:-} != 1 ]] || ISAL_PACKAGE='pc      libisal     libisal-dev'

# One line a package: what proves that it is there, and its name. The proof is what we use, not dpkg's database, so that
# a machine without apt-get that has nginx from elsewhere is served too.
readonly RUN_PACKAGES="
command nginx       nginx
command pkg-config  pkg-config
pc      fcgi        libfcgi-dev
pc      libpq       libpq-dev
pc      zlib        zlib1g-dev
pc      libcrypto   libssl-dev
pc      libcurl     libcurl4-openssl-dev
server  initdb      postgresql
command psql        postgresql-client
command setpriv     util-linux
command curl        curl
command zip         zip
$ISAL_PACKAGE
"
readonly TEST_PACKAGES='
command unzip       unzip
command 7z          p7zip-full
command bsdtar      libarchive-tools
command go          golang-go
command python3     python3
python  venv        python3-venv
ruby    gitlab      ruby-gitlab
perl    GitLab::API::v4 libgitlab-api-v4-perl
command wrk         wrk
command cc          gcc
command valgrind    valgrind
'
readonly BENCH_PACKAGES='
command python3     python3
command wrk         wrk
command cc          gcc
server  pgbench     postgresql
'
# For deploy/bench --leaks.
readonly VALGRIND_PACKAGES='
command valgrind    valgrind
command strip       binutils
'
readonly PROFILE_PACKAGES='
command perf        linux-perf
command strace      strace
'
# What the peers of the benchmark are written in.
readonly PEER_PACKAGES='
command go          golang-go
file    /usr/share/gocode/src/github.com/lib/pq golang-github-lib-pq-dev
file    /usr/sbin/php-fpm*              php-fpm
file    /usr/lib/php/*/pgsql.so         php-pgsql
file    /usr/lib/php/*/zip.so           php-zip
module  uvicorn     python3-uvicorn
module  asyncpg     python3-asyncpg
module  uvloop      python3-uvloop
module  httptools   python3-httptools
'
readonly LINT_PACKAGES='
command shellcheck  shellcheck
command python3     python3
'

# postgresql_bin VERSION: where that PostgreSQL's programs are, the newest for ''. Debian keeps them off the PATH.
postgresql_bin() {
    local version=$1 directory
    for directory in $(printf '%s\n' /usr/lib/postgresql/*/bin | sort -t/ -k5,5Vr) "$(pg_config --bindir 2>/dev/null || :)"; do
        [[ -x $directory/initdb && -x $directory/postgres ]] || continue
        [[ -z $version || $("$directory/postgres" --version) =~ \ ${version}[.\ a-z] ]] || continue
        printf '%s' "$directory"
        return
    done
    return 1
}

package_is_there() {
    local kind=$1 proof=$2
    case $kind in
        command) command -v "$proof" >/dev/null || [[ -x /usr/sbin/$proof ]] ;;
        pc) pkg-config --exists "$proof" 2>/dev/null ;;
        server) postgresql_bin '' >/dev/null ;;
        # Debian splits ensurepip out of python3; without it `python3 -m venv` fails half-way.
        python) python3 -c 'import ensurepip, venv' 2>/dev/null ;;
        # The pattern may stand for several versions.
        file) compgen -G "$proof" >/dev/null ;;
        # Debian's Python, whatever environment the caller is in.
        module) /usr/bin/python3 -c "import $proof" 2>/dev/null ;;
        # Clients that the integration tests drive.
        ruby) ruby -e "require '$proof'" 2>/dev/null ;;
        perl) perl "-M$proof" -e 1 2>/dev/null ;;
    esac
}

# missing_packages TABLE…: the names, one a line.
missing_packages() {
    local kind proof name
    while read -r kind proof name; do
        [[ -n $kind ]] || continue
        package_is_there "$kind" "$proof" || printf '%s\n' "$name"
    done <<<"$(printf '%s\n' "$@")"
}

# require_packages TABLE…: installs what is missing in one go, or says what to install.
require_packages() {
    local -a missing=() as_root=()
    mapfile -t missing < <(missing_packages "$@")
    if ((${#missing[@]} == 0)); then
        ! is_root || bash "$DEPLOY/lib/install-packages" --restore
        return
    fi
    command -v apt-get >/dev/null ||
        die "$EX_UNAVAILABLE" "these packages (Debian names) are missing, and there is no apt-get here: ${missing[*]}"
    if ! is_root; then
        sudo -n true 2>/dev/null ||
            die "$EX_UNAVAILABLE" "these packages are missing, and installing them needs root: ${missing[*]}
as root: apt-get install --no-install-recommends ${missing[*]}"
        as_root=(sudo -n)
    fi
    say "Installing ${missing[*]}"
    "${as_root[@]}" bash "$DEPLOY/lib/install-packages" "${missing[@]}" >&2 ||
        die "$EX_UNAVAILABLE" "could not install: ${missing[*]}"
    mapfile -t missing < <(missing_packages "$@")
    ((${#missing[@]} == 0)) || die "$EX_UNAVAILABLE" "installed, but still not usable: ${missing[*]}"
}
