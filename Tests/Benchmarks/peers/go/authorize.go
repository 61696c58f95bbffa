package main

import (
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"log"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"

	_ "github.com/lib/pq"
)

const connections = 16

// The columns of authorize.sql that decide, in its order.
type facts struct {
	token                          sql.NullInt64
	revoked, expired, api, readAPI sql.NullBool
	user                           sql.NullInt64
	state                          sql.NullString
	admin, auditor, external       sql.NullBool
	project                        sql.NullInt64
	visibility                     sql.NullString
	publicJobs                     sql.NullBool
	builds                         sql.NullString
	role, job, artifact            sql.NullInt64
	access                         sql.NullString
	filename                       sql.NullString
	available                      sql.NullBool
	content                        sql.NullInt64
	digest                         []byte
	ignored                        ignored
}

// A column that nobody looks at: it is not converted.
type ignored struct{}

func (*ignored) Scan(interface{}) error { return nil }

func (f *facts) columns() []interface{} {
	i := &f.ignored
	return []interface{}{
		&f.token, &f.revoked, &f.expired, &f.api, &f.readAPI,
		i, i, i, i, i, i, i,
		&f.user, &f.state, &f.admin, &f.auditor, &f.external,
		&f.project, i, &f.visibility, &f.publicJobs, &f.builds, i,
		i, i, &f.role, &f.job,
		&f.artifact, &f.access, &f.filename, &f.available, i,
		&f.content, &f.digest, i,
	}
}

// The status that the rules give; 200 lets the request through.
func (f *facts) status() int {
	if !f.token.Valid || f.revoked.Bool || f.expired.Bool || !(f.api.Bool || f.readAPI.Bool) {
		return http.StatusUnauthorized
	}
	if f.state.String != "active" {
		return http.StatusForbidden
	}
	reader := f.admin.Bool || f.auditor.Bool
	seen := reader || f.visibility.String == "public" || f.role.Int64 >= 10 ||
		f.visibility.String == "internal" && !f.external.Bool
	if !f.project.Valid || !seen {
		return http.StatusNotFound
	}
	if f.builds.String == "disabled" || f.builds.String == "private" && f.role.Int64 < 10 && !reader ||
		!(f.publicJobs.Bool || f.role.Int64 >= 20 || reader) {
		return http.StatusForbidden
	}
	if !f.job.Valid || !f.artifact.Valid {
		return http.StatusNotFound
	}
	if !f.mayDownload() {
		return http.StatusForbidden
	}
	if !f.available.Bool {
		return http.StatusNotFound
	}
	return http.StatusOK
}

func (f *facts) mayDownload() bool {
	switch f.access.String {
	case "all":
		return true
	case "developer":
		return f.role.Int64 >= 30 || f.admin.Bool
	case "maintainer":
		return f.role.Int64 >= 40 || f.admin.Bool
	}
	return false
}

// The name of the content's file below contents, without its digits for directories.
func (f *facts) place() (digest, place string) {
	digest = hex.EncodeToString(f.digest)
	return digest, digest[:2] + "/" + digest[2:4] + "/" + digest + "." + strconv.FormatInt(f.content.Int64, 10)
}

// An authorizer holds the prepared statement: one for each of the pool's connections.
type authorizer struct {
	statement *sql.Stmt
}

func newAuthorizer() authorizer {
	text, err := os.ReadFile(os.Getenv("BENCH_STATEMENT"))
	if err != nil {
		log.Fatal(err)
	}
	database, err := sql.Open("postgres", os.Getenv("BENCH_DATABASE")+" sslmode=disable binary_parameters=yes")
	if err != nil {
		log.Fatal(err)
	}
	database.SetMaxOpenConns(connections)
	database.SetMaxIdleConns(connections)
	statement, err := database.Prepare(string(text))
	if err != nil {
		log.Fatal(err)
	}
	return authorizer{statement}
}

// Decides about /api/v4/projects/ID/jobs/ID/artifacts[/PATH], and answers what is refused. The path is "" for the archive.
func (a authorizer) decide(w http.ResponseWriter, r *http.Request) (f *facts, path string, allowed bool) {
	parts := strings.SplitN(r.URL.Path, "/", 9)
	if len(parts) < 8 || parts[3] != "projects" || parts[5] != "jobs" || parts[7] != "artifacts" {
		refuse(w, http.StatusNotFound)
		return nil, "", false
	}
	project, _ := strconv.ParseInt(parts[4], 10, 64)
	job, _ := strconv.ParseInt(parts[6], 10, 64)
	digest := sha256.Sum256([]byte(r.Header.Get("PRIVATE-TOKEN")))
	f = &facts{}
	if err := a.statement.QueryRow(digest[:], nil, project, nil, job, "archive").Scan(f.columns()...); err != nil {
		log.Print(err)
		refuse(w, http.StatusInternalServerError)
		return nil, "", false
	}
	if status := f.status(); status != http.StatusOK {
		refuse(w, status)
		return nil, "", false
	}
	if len(parts) == 9 {
		path = parts[8]
	}
	return f, path, true
}

func refuse(w http.ResponseWriter, status int) {
	http.Error(w, `{"message":"`+strconv.Itoa(status)+" "+http.StatusText(status)+`"}`, status)
}

func serve(handler http.Handler) {
	listener, err := net.Listen("unix", os.Getenv("BENCH_SOCKET"))
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(listener, handler))
}
