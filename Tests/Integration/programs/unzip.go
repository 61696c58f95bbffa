// Command unzip reads a zip file with Go's archive/zip and prints the name, mode and SHA-256 of each member.
package main

import (
	"archive/zip"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
)

func main() {
	if err := list(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func list(path string) error {
	reader, err := zip.OpenReader(path)
	if err != nil {
		return err
	}
	defer reader.Close()
	for _, file := range reader.File {
		content, err := file.Open()
		if err != nil {
			return fmt.Errorf("%q: %w", file.Name, err)
		}
		digest := sha256.New()
		if _, err := io.Copy(digest, content); err != nil {
			return fmt.Errorf("%q: %w", file.Name, err)
		}
		content.Close()
		fmt.Printf("%x %o %s\n", digest.Sum(nil), file.ExternalAttrs>>16, file.Name)
	}
	return nil
}
