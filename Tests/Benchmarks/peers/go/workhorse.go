// A peer of the benchmark: a single file as GitLab Workhorse sends it, by a process of its own (workhorse.go starts
// zip-cat.go), which reads the archive's whole directory, copies the member to its standard output and ends.
//
// After workhorse/internal/artifacts/entry.go of GitLab, whose Workhorse is no Debian package. Instead of asking Rails, which
// takes milliseconds, it runs the authorisation statement itself, so it is faster than GitLab. Whole archives it does not send.
package main

import (
	"bufio"
	"encoding/base64"
	"errors"
	"io"
	"log"
	"net/http"
	"os"
	"os/exec"
	"path"
	"strings"
	"syscall"
)

const exitNotFound = 2

type server struct {
	authorizer
	store, program string
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f, name, allowed := s.decide(w, r)
	if !allowed {
		return
	}
	if name == "" {
		refuse(w, http.StatusNotImplemented)
		return
	}
	_, place := f.place()
	if err := s.member(w, s.store+"/contents/"+place, name); err != nil {
		log.Print(err)
	}
}

// member starts a process, takes the size from its first line and the bytes from the rest, and waits for its end.
func (s *server) member(w http.ResponseWriter, archive string, name string) error {
	process := exec.Command(s.program)
	process.Env = append(os.Environ(), "ARCHIVE_PATH="+archive,
		"ENCODED_FILE_NAME="+base64.StdEncoding.EncodeToString([]byte(name)))
	process.Stderr = os.Stderr
	process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	output, err := process.StdoutPipe()
	if err == nil {
		err = process.Start()
	}
	if err != nil {
		refuse(w, http.StatusInternalServerError)
		return err
	}
	reader := bufio.NewReader(output)
	length, err := reader.ReadString('\n')
	if err != nil {
		err = process.Wait()
		var ended *exec.ExitError
		if errors.As(err, &ended) && ended.ExitCode() == exitNotFound {
			refuse(w, http.StatusNotFound)
			return nil
		}
		refuse(w, http.StatusInternalServerError)
		return err
	}
	headers := w.Header()
	headers.Set("Content-Type", "text/plain; charset=utf-8")
	headers.Set("Content-Disposition", `attachment; filename="`+path.Base(name)+`"`)
	headers.Set("Content-Length", strings.TrimSuffix(length, "\n"))
	if _, err = io.Copy(w, reader); err != nil {
		// The client has left: nobody reads the rest.
		_ = process.Process.Kill()
	}
	return process.Wait()
}

func main() {
	serve(&server{authorizer: newAuthorizer(), store: os.Getenv("BENCH_STORE"), program: os.Getenv("BENCH_ZIP_CAT")})
}
