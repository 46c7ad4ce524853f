package paper

import (
	"archive/zip"
	"fmt"
	"io"
	"time"
)

// part is one file of an Office package.
type part struct {
	name string
	data []byte
}

// packedAt is the time that every part bears: the earliest that a zip can write.
var packedAt = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

// pack writes the parts in their order as a zip whose bytes depend on nothing else.
func pack(writer io.Writer, parts []part) error {
	archive := zip.NewWriter(writer)
	for _, one := range parts {
		file, err := archive.CreateHeader(&zip.FileHeader{Name: one.name, Method: zip.Deflate, Modified: packedAt})
		if err != nil {
			return fmt.Errorf("pack %s: %w", one.name, err)
		}
		if _, err := file.Write(one.data); err != nil {
			return fmt.Errorf("pack %s: %w", one.name, err)
		}
	}
	if err := archive.Close(); err != nil {
		return fmt.Errorf("close package: %w", err)
	}
	return nil
}
