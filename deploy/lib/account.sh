# shellcheck shell=bash
# The one user under whom PostgreSQL, artifactd and nginx run.

readonly SERVICE_USER=artifactd

# Sets OWNER and GROUP (who owns what the services write) and AS_SERVICE (the words before a command that become them).
#
# HOME: libpq looks there for .pgpass and certificates, and root's home is not readable to the service.
choose_account() {
    AS_SERVICE=(setpriv -- env HOME="$DATA")
    OWNER=$(id -u) GROUP=$(id -g)
    is_root || return 0
    if ! id "$SERVICE_USER" >/dev/null 2>&1; then
        say "Creating the system user $SERVICE_USER"
        useradd --system --user-group --no-create-home --home-dir /var/lib/artifactd --shell /usr/sbin/nologin \
            "$SERVICE_USER" || die "$EX_CANTCREAT" "could not create the user $SERVICE_USER"
    fi
    OWNER=$(id -u "$SERVICE_USER") GROUP=$(id -g "$SERVICE_USER")
    AS_SERVICE=(
        setpriv --reuid "$OWNER" --regid "$GROUP" --init-groups --inh-caps=-all --no-new-privs
        -- env HOME="$DATA"
    )
}

# A directory under root's home, say, cannot be entered by the service user, whatever its own mode is.
require_traversable() {
    local directory=$1
    ! is_root || "${AS_SERVICE[@]}" test -x "$directory" ||
        die "$EX_CONFIG" "the user $SERVICE_USER cannot enter $directory: choose another place with --data"
}
