# shellcheck shell=bash
# What every other library uses: messages, exit statuses, quoting.

# The exit statuses of sysexits(3), the same as artifactd's own.
readonly EX_USAGE=64 EX_UNAVAILABLE=69 EX_SOFTWARE=70 EX_CANTCREAT=73 EX_CONFIG=78

# Progress, for a person to read. Standard error, so that standard output holds only results.
say() {
    printf '%s\n' "$*" >&2
}

# die STATUS MESSAGE: every deliberate failure ends here; clean-up is the EXIT trap's.
die() {
    local status=$1
    shift
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit "$status"
}

# A word for a POSIX shell, in single quotes: `printf %q` writes bash's $'…', which dash does not read.
shell_quoted() {
    printf "'%s'" "${1//\'/\'\\\'\'}"
}

# Bytes, not characters: sun_path counts bytes.
byte_length() {
    local LC_ALL=C
    printf '%s' "${#1}"
}

# Percent-encodes all but unreserved characters and "/", byte by byte.
percent_encoded() {
    local LC_ALL=C text=$1 encoded='' index character
    for ((index = 0; index < ${#text}; index++)); do
        character=${text:index:1}
        case $character in
            [A-Za-z0-9._~/-]) encoded+=$character ;;
            *) encoded+=$(printf '%%%02X' "'$character") ;;
        esac
    done
    printf '%s' "$encoded"
}

is_root() {
    ((EUID == 0))
}
