// A peer of the benchmark: what a Go programmer would put behind nginx. net/http, archive/zip, database/sql with lib/pq.
//
// The same statement as artifactd's, prepared on 16 connections; whole archives by X-Accel-Redirect; of each archive the
// parsed directory is kept, by content.
package main

import (
	"archive/zip"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path"
	"strconv"
	"strings"
	"sync"

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
	ignored                        [9]interface{}
}

func (f *facts) columns() []interface{} {
	i := &f.ignored
	return []interface{}{
		&f.token, &f.revoked, &f.expired, &f.api, &f.readAPI,
		&i[0], &i[1], &i[2], &i[3], &i[4], &i[5], &i[6],
		&f.user, &f.state, &f.admin, &f.auditor, &f.external,
		&f.project, new(interface{}), &f.visibility, &f.publicJobs, &f.builds, new(interface{}),
		&i[7], &i[8], &f.role, &f.job,
		&f.artifact, &f.access, &f.filename, &f.available, new(interface{}),
		&f.content, &f.digest, new(interface{}),
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
	needed := map[string]int64{"all": 0, "developer": 30, "maintainer": 40}
	least, readable := needed[f.access.String]
	if !readable || f.role.Int64 < least && !f.admin.Bool {
		return http.StatusForbidden
	}
	if !f.available.Bool {
		return http.StatusNotFound
	}
	return http.StatusOK
}

type archive struct {
	once    sync.Once
	members map[string]*zip.File
	err     error
}

type server struct {
	store     string
	statement *sql.Stmt
	mutex     sync.Mutex
	archives  map[int64]*archive
	buffers   sync.Pool
}

func (s *server) open(id int64, file string) *archive {
	s.mutex.Lock()
	found := s.archives[id]
	if found == nil {
		found = &archive{}
		s.archives[id] = found
	}
	s.mutex.Unlock()
	found.once.Do(func() {
		reader, err := zip.OpenReader(file)
		if err != nil {
			found.err = err
			return
		}
		found.members = make(map[string]*zip.File, len(reader.File))
		for _, member := range reader.File {
			found.members[member.Name] = member
		}
	})
	return found
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// /api/v4/projects/ID/jobs/ID/artifacts[/PATH]
	parts := strings.SplitN(r.URL.Path, "/", 9)
	if len(parts) < 8 || parts[3] != "projects" || parts[5] != "jobs" || parts[7] != "artifacts" {
		http.Error(w, `{"error":"404 Not Found"}`, http.StatusNotFound)
		return
	}
	project, _ := strconv.ParseInt(parts[4], 10, 64)
	job, _ := strconv.ParseInt(parts[6], 10, 64)
	digest := sha256.Sum256([]byte(r.Header.Get("PRIVATE-TOKEN")))
	var f facts
	err := s.statement.QueryRow(digest[:], nil, project, nil, job, "archive").Scan(f.columns()...)
	if err != nil {
		log.Print(err)
		http.Error(w, `{"message":"500 Internal Server Error"}`, http.StatusInternalServerError)
		return
	}
	if status := f.status(); status != http.StatusOK {
		http.Error(w, fmt.Sprintf(`{"message":"%d %s"}`, status, http.StatusText(status)), status)
		return
	}
	name := hex.EncodeToString(f.digest)
	place := fmt.Sprintf("%s/%s/%s.%d", name[:2], name[2:4], name, f.content.Int64)
	headers := w.Header()
	headers.Set("Cache-Control", "private, no-cache")
	headers.Set("X-Content-Type-Options", "nosniff")
	if len(parts) == 8 {
		headers.Set("Content-Type", "application/octet-stream")
		headers.Set("Content-Disposition", `attachment; filename="`+f.filename.String+`"`)
		headers.Set("ETag", `"`+name+`"`)
		headers.Set("X-Accel-Redirect", "/_content/"+place)
		return
	}
	s.member(w, parts[8], name, s.open(f.content.Int64, s.store+"/contents/"+place))
}

func (s *server) member(w http.ResponseWriter, name string, digest string, archive *archive) {
	if archive.err != nil {
		http.Error(w, `{"message":"500 Archive is corrupt"}`, http.StatusInternalServerError)
		return
	}
	member := archive.members[name]
	if member == nil {
		http.Error(w, `{"message":"404 Not Found"}`, http.StatusNotFound)
		return
	}
	body, err := member.Open()
	if err != nil {
		http.Error(w, `{"message":"500 Archive is corrupt"}`, http.StatusInternalServerError)
		return
	}
	defer body.Close()
	tag := sha256.Sum256([]byte(digest + ":" + name))
	headers := w.Header()
	headers.Set("Content-Type", "text/plain; charset=utf-8")
	headers.Set("Content-Disposition", `attachment; filename="`+path.Base(name)+`"`)
	headers.Set("ETag", `"`+hex.EncodeToString(tag[:])+`"`)
	headers.Set("Content-Length", strconv.FormatUint(member.UncompressedSize64, 10))
	buffer := s.buffers.Get().([]byte)
	defer s.buffers.Put(buffer)
	// Only Write: ReadFrom would bring a smaller buffer of its own.
	_, _ = io.CopyBuffer(struct{ io.Writer }{w}, body, buffer)
}

func main() {
	text, err := os.ReadFile(os.Getenv("BENCH_STATEMENT"))
	if err != nil {
		log.Fatal(err)
	}
	database, err := sql.Open("postgres", os.Getenv("BENCH_DATABASE")+" sslmode=disable")
	if err != nil {
		log.Fatal(err)
	}
	database.SetMaxOpenConns(connections)
	database.SetMaxIdleConns(connections)
	statement, err := database.Prepare(string(text))
	if err != nil {
		log.Fatal(err)
	}
	listener, err := net.Listen("unix", os.Getenv("BENCH_SOCKET"))
	if err != nil {
		log.Fatal(err)
	}
	handler := &server{store: os.Getenv("BENCH_STORE"), statement: statement, archives: map[int64]*archive{}}
	handler.buffers.New = func() interface{} { return make([]byte, 64<<10) }
	log.Fatal(http.Serve(listener, handler))
}
