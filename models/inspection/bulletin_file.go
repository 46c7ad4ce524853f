package inspection

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"bangfu/models/paper"
)

// FileName names one file of a bulletin.
type FileName string

// The files of a bulletin. All of them go to the whole city: none names an
// individual.
const (
	FileOfficial FileName = "official.docx"
	FileBrief    FileName = "brief.docx"
	FilePDF      FileName = "bulletin.pdf"
	FileAnnexes  FileName = "annexes.xlsx"
)

// FileNames are all files in their order.
var FileNames = []FileName{FileOfficial, FileBrief, FilePDF, FileAnnexes}

// Text is what pages call the file.
func (f FileName) Text() string {
	switch f {
	case FileOfficial:
		return "公文（docx）"
	case FileBrief:
		return "简报（docx）"
	case FilePDF:
		return "公文（PDF）"
	case FileAnnexes:
		return "附表（xlsx）"
	}
	return string(f)
}

// FileDigest is what one file is known by.
type FileDigest struct {
	Name FileName `json:"name"`
	// SHA256 is in lower-case hex, Size in bytes.
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// WriteFile writes one file of the bulletin as it stands. It is a function of
// the text and the state alone: the same bytes, whenever and wherever. A text that
// is not issued says so and carries no number.
func (b Bulletin) WriteFile(writer io.Writer, name FileName, state BulletinState) error {
	switch name {
	case FileOfficial:
		return paper.WriteOfficial(writer, b.marked(b.Masthead(state), state))
	case FileBrief:
		return paper.WriteBrief(writer, b.marked(b.briefMasthead(state), state))
	case FilePDF:
		return paper.WritePDF(writer, b.marked(b.Masthead(state), state), true)
	case FileAnnexes:
		return paper.WriteWorkbook(writer, b.markedSheets(state))
	}
	return fmt.Errorf("a bulletin has no file %q", string(name))
}

// marked is the paper, with a draft's mark below its title.
func (b Bulletin) marked(head Masthead, state BulletinState) paper.Document {
	document := b.Document(head)
	if mark := draftMark(state.Stage); mark != "" {
		document.Title += "\n" + mark
	}
	return document
}

// markedSheets are the tables; each says which bulletin it belongs to.
func (b Bulletin) markedSheets(state BulletinState) []paper.Sheet {
	mark := draftMark(state.Stage)
	if number := b.NumberText(state); number != "" {
		mark = "（" + number + "，" + dateWords(state.IssuedOn) + "）"
	}
	sheets := b.Sheets()
	for i := range sheets {
		sheets[i].Title += mark
	}
	return sheets
}

// BulletinFile is one file of a bulletin with what it is known by.
type BulletinFile struct {
	FileDigest
	Content []byte
}

// Files makes every file.
func (b Bulletin) Files(state BulletinState) ([]BulletinFile, error) {
	files := make([]BulletinFile, len(FileNames))
	for i, name := range FileNames {
		var file bytes.Buffer
		if err := b.WriteFile(&file, name, state); err != nil {
			return nil, fmt.Errorf("make %s of the bulletin of %s: %w", name, b.Quarter, err)
		}
		files[i] = BulletinFile{FileDigest: DigestOf(name, file.Bytes()), Content: file.Bytes()}
	}
	return files, nil
}

// DigestOf is what a file of that name and content is known by.
func DigestOf(name FileName, content []byte) FileDigest {
	sum := sha256.Sum256(content)
	return FileDigest{Name: name, SHA256: hex.EncodeToString(sum[:]), Size: int64(len(content))}
}

// FileDigests makes every file and says what it is known by.
func (b Bulletin) FileDigests(state BulletinState) ([]FileDigest, error) {
	files, err := b.Files(state)
	return Digests(files), err
}

// Digests are what files are known by.
func Digests(files []BulletinFile) []FileDigest {
	digests := make([]FileDigest, len(files))
	for i, file := range files {
		digests[i] = file.FileDigest
	}
	return digests
}
