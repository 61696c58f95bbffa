#!/bin/sh
# Publishes files of a CI job to artifactd with nothing but sh, curl and zip: what `artifactd publish` does, in ten requests.
#
#   ARTIFACTD_URL=https://artifacts.example ARTIFACTD_PROJECT=acme/site ARTIFACTD_TOKEN=glpat-… \
#       deploy/publish.sh REF JOB PATH…
#
# The variables: ARTIFACTD_URL, ARTIFACTD_PROJECT (path or number) and ARTIFACTD_TOKEN (an access token with the scope api)
# must be set; ARTIFACTD_SHA, ARTIFACTD_STAGE and ARTIFACTD_EXPIRE_IN may be. Prints the download URLs, one a line.
# Status: 0 done, 64 usage, 65 bad data, 69 unavailable, 77 not allowed, 78 configuration.
#
# Whatever fails is tried again without making anything twice: the server knows pipelines and jobs by the keys below, and
# uploads by their content.
set -eu

die() {
    status=$1
    shift
    printf 'publish.sh: %s\n' "$*" >&2
    exit "$status"
}

# Percent-encodes all but unreserved characters (RFC 3986), byte by byte.
encoded() {
    printf '%s' "$1" | od -An -v -tu1 | awk '{
        for (i = 1; i <= NF; i++) {
            character = sprintf("%c", $i + 0)
            if ($i < 128 && character ~ /[A-Za-z0-9._~-]/) printf "%s", character
            else printf "%%%02X", $i
        }
    }'
}

random_key() {
    od -An -N16 -tx1 /dev/urandom | tr -d ' \n'
}

# request WHAT TOKEN-FIELD TOKEN CURL-ARGUMENT…: leaves the answer in $scratch/answer. The token goes to curl by its
# standard input, as arguments can be read by every user of the machine.
request() {
    what=$1 field=$2 secret=$3
    shift 3
    attempt=1
    while :; do
        code=$(printf 'header = "%s: %s"\n' "$field" "$secret" |
            curl --config - --silent --show-error --connect-timeout 10 --output "$scratch/answer" \
                --write-out '%{http_code}' "$@" 2>"$scratch/error") || code=000
        case $code in
            2??) return ;;
            000 | 408 | 425 | 429 | 500 | 502 | 503 | 504) ;;
            401 | 403) refused 77 ;;
            5??) refused 69 ;;
            *) refused 65 ;;
        esac
        [ "$attempt" -lt 6 ] || refused 69
        sleep "$attempt"
        attempt=$((attempt + 1))
    done
}

refused() {
    [ "$code" != 000 ] || die "$1" "$what: $(cat "$scratch/error")"
    die "$1" "$what: the server answered $code: $(cat "$scratch/answer" 2>/dev/null)"
}

api() {
    what=$1
    shift
    request "$what" PRIVATE-TOKEN "$ARTIFACTD_TOKEN" "$@"
}

# number: the id of what was answered, which is the first member.
number() {
    sed -n 's/^{"id":\([0-9][0-9]*\).*/\1/p' "$scratch/answer" | grep . || die 70 "the server's answer has no id"
}

# Whatever happens, no job and no pipeline of ours is left running.
clean_up() {
    status=$?
    trap - EXIT
    trap '' INT TERM HUP
    set +e
    [ -z "$job" ] || (request "end of the job" JOB-TOKEN "$token" --request PUT --data state=failed \
        --data failure_reason=runner_system_failure "$base/jobs/$job")
    [ -z "$pipeline" ] || (finish_pipeline)
    rm -rf "$scratch"
    exit "$status"
}

finish_pipeline() {
    api "end of the pipeline" --request PUT --data state=finished "$base/projects/$project/pipelines/$pipeline"
}

[ $# -ge 3 ] || die 64 "usage: publish.sh REF JOB PATH..."
for variable in "${ARTIFACTD_URL:-}" "${ARTIFACTD_PROJECT:-}" "${ARTIFACTD_TOKEN:-}"; do
    [ -n "$variable" ] || die 78 "set ARTIFACTD_URL, ARTIFACTD_PROJECT and ARTIFACTD_TOKEN"
done
ref=$1 name=$2
shift 2
base=${ARTIFACTD_URL%/}/api/v4 project=$(encoded "$ARTIFACTD_PROJECT")
job='' pipeline='' token=''
scratch=$(mktemp -d)
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 129' HUP
trap 'exit 143' TERM

# zip only warns of what is missing.
for path in "$@"; do
    [ -e "$path" ] || [ -L "$path" ] || die 65 "$path: there is no such file or directory"
done

# 1. The archive. -y keeps symbolic links, -X leaves out what changes from one machine to the next.
zip -q -r -y -X "$scratch/artifacts.zip" -- "$@" >&2 || die 65 "zip failed"

# 2. The pipeline, which runs until step 6, and 3. the job, with its token.
api "new pipeline" --header "Idempotency-Key: $(random_key)" --data-urlencode "ref=$ref" \
    ${ARTIFACTD_SHA:+--data-urlencode "sha=$ARTIFACTD_SHA"} "$base/projects/$project/pipelines"
pipeline=$(number)
api "new job" --header "Idempotency-Key: $(random_key)" --data-urlencode "name=$name" --data status=running \
    ${ARTIFACTD_STAGE:+--data-urlencode "stage=$ARTIFACTD_STAGE"} "$base/projects/$project/pipelines/$pipeline/jobs"
job=$(number)
token=$(sed -n 's/.*"token":"\([^"]*\)".*/\1/p' "$scratch/answer")

# 4. The upload, 5. the end of the job, 6. the end of the pipeline.
request "upload" JOB-TOKEN "$token" --form "file=@$scratch/artifacts.zip;type=application/octet-stream" \
    ${ARTIFACTD_EXPIRE_IN:+--form-string "expire_in=$ARTIFACTD_EXPIRE_IN"} "$base/jobs/$job/artifacts"
request "end of the job" JOB-TOKEN "$token" --request PUT --data state=success "$base/jobs/$job"
published=$job job=''
finish_pipeline
pipeline=''

printf '%s\n' "$base/projects/$project/jobs/$published/artifacts" \
    "$base/projects/$project/jobs/artifacts/$(encoded "$ref")/download?job=$(encoded "$name")"
