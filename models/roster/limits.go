package roster

import "strconv"

// Limits bound what one file may ask of the program.
type Limits struct {
	// Bytes is the size of the file as it arrives.
	Bytes int64
	// UnzippedBytes is what an xlsx may expand to, all parts together.
	UnzippedBytes int64
	// Parts is the number of files inside an xlsx.
	Parts int
	// Rows is the number of data rows; Columns the number of columns looked at.
	Rows, Columns int
}

// StandardLimits hold the largest roster the plan knows several times over.
func StandardLimits() Limits {
	return Limits{Bytes: 32 << 20, UnzippedBytes: 256 << 20, Parts: 2000, Rows: 100_000, Columns: 100}
}

func megabytes(size int64) string { return strconv.FormatInt(size>>20, 10) + " MB" }
