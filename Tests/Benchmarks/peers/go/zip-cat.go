// The process that workhorse.go starts for each file: the size in decimal and a line feed, then the member's bytes.
//
// After workhorse/cmd/gitlab-zip-cat/main.go of GitLab, without its reading of archives by HTTP.
package main

import (
	"archive/zip"
	"encoding/base64"
	"fmt"
	"io"
	"os"
)

func main() {
	name, err := base64.StdEncoding.DecodeString(os.Getenv("ENCODED_FILE_NAME"))
	if err != nil {
		os.Exit(1)
	}
	archive, err := zip.OpenReader(os.Getenv("ARCHIVE_PATH"))
	if err != nil {
		os.Exit(1)
	}
	for _, member := range archive.File {
		if member.Name == string(name) {
			copyOut(member)
			return
		}
	}
	os.Exit(2)
}

func copyOut(member *zip.File) {
	body, err := member.Open()
	if err != nil {
		os.Exit(1)
	}
	fmt.Printf("%d\n", member.UncompressedSize64)
	if _, err := io.Copy(os.Stdout, body); err != nil {
		os.Exit(1)
	}
}
