// A peer of the benchmark: what a Go programmer would put behind nginx. net/http, archive/zip, database/sql with lib/pq.
//
// The same statement as artifactd's, prepared on 16 connections; whole archives by X-Accel-Redirect; of each archive the
// parsed directory is kept, by content.
package main

import (
	"archive/zip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"os"
	"path"
	"strconv"
	"sync"
)

// An archive that was opened once: its members by name.
type archive struct {
	once    sync.Once
	members map[string]*zip.File
	err     error
}

type server struct {
	authorizer
	store    string
	mutex    sync.Mutex
	archives map[int64]*archive
	buffers  sync.Pool
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
	f, name, allowed := s.decide(w, r)
	if !allowed {
		return
	}
	digest, place := f.place()
	headers := w.Header()
	headers.Set("Cache-Control", "private, no-cache")
	headers.Set("X-Content-Type-Options", "nosniff")
	if name == "" {
		headers.Set("Content-Type", "application/octet-stream")
		headers.Set("Content-Disposition", `attachment; filename="`+f.filename.String+`"`)
		headers.Set("ETag", `"`+digest+`"`)
		headers.Set("X-Accel-Redirect", "/_content/"+place)
		return
	}
	s.member(w, name, digest, s.open(f.content.Int64, s.store+"/contents/"+place))
}

func (s *server) member(w http.ResponseWriter, name string, digest string, archive *archive) {
	if archive.err != nil {
		refuse(w, http.StatusInternalServerError)
		return
	}
	member := archive.members[name]
	if member == nil {
		refuse(w, http.StatusNotFound)
		return
	}
	body, err := member.Open()
	if err != nil {
		refuse(w, http.StatusInternalServerError)
		return
	}
	defer body.Close()
	tag := sha256.Sum256([]byte(digest + ":" + name))
	headers := w.Header()
	headers.Set("Content-Type", "text/plain; charset=utf-8")
	headers.Set("Content-Disposition", `attachment; filename="`+path.Base(name)+`"`)
	headers.Set("ETag", `"`+hex.EncodeToString(tag[:])+`"`)
	headers.Set("Content-Length", strconv.FormatUint(member.UncompressedSize64, 10))
	buffer := s.buffers.Get().(*[64 << 10]byte)
	defer s.buffers.Put(buffer)
	// Only Write: ReadFrom would bring a smaller buffer of its own.
	_, _ = io.CopyBuffer(struct{ io.Writer }{w}, body, buffer[:])
}

func main() {
	handler := &server{authorizer: newAuthorizer(), store: os.Getenv("BENCH_STORE"), archives: map[int64]*archive{}}
	handler.buffers.New = func() interface{} { return new([64 << 10]byte) }
	serve(handler)
}
