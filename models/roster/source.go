package roster

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"strings"
)

// line is one row of a file with the number a spreadsheet shows for it.
type line struct {
	number int
	cells  []string
	// broken says why the row could not be split into cells.
	broken string
}

// sheet is the text of a file before anything in it has a meaning.
type sheet struct {
	lines []line
	// dates1904 is set for workbooks that count days from 1904.
	dates1904 bool
	problems  []Problem
}

func refused(code Code, value, detail string) sheet {
	return sheet{problems: []Problem{{Code: code, Value: shorten(value), Detail: detail}}}
}

// oleMagic opens every file of the compound format: .xls and encrypted .xlsx.
var oleMagic = []byte{0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1}

var zipMagic = []byte("PK\x03\x04")

// readSheet takes the file in, bounded, and reads it by what it is, not only by
// what it is called. The error is that of the reader; whatever is wrong with
// the file itself is a problem.
func readSheet(reader io.Reader, fileName string, limits Limits) (sheet, error) {
	data, err := io.ReadAll(io.LimitReader(reader, limits.Bytes+1))
	if err != nil {
		return sheet{}, fmt.Errorf("read roster: %w", err)
	}
	extension := strings.ToLower(path.Ext(strings.ReplaceAll(fileName, `\`, "/")))
	switch {
	case int64(len(data)) > limits.Bytes:
		return refused(FileTooLarge, "", megabytes(limits.Bytes)), nil
	case len(data) == 0:
		return refused(FileEmpty, "", ""), nil
	case extension == ".xls" || extension == ".et":
		return refused(FileOldFormat, extension, ""), nil
	case extension == ".xlsm" || extension == ".xltm" || extension == ".xlam" || extension == ".xlsb":
		return refused(FileMacro, extension, ""), nil
	case extension == ".xlsx":
		return readWorkbook(data, limits), nil
	case extension == ".csv" || extension == ".txt" || extension == ".tsv":
		if bytes.HasPrefix(data, zipMagic) || bytes.HasPrefix(data, oleMagic) {
			return refused(FileMismatch, extension, ""), nil
		}
		return readText(data, limits), nil
	default:
		return refused(FileExtension, extension, ""), nil
	}
}

// blank reports whether a row holds nothing but space.
func blank(cells []string) bool {
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}
