package api

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"mime"
	"os"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/emmansun/gmsm/sm3"
	"github.com/gabriel-vasile/mimetype"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"bangfu/models/store"
)

// defaultEvidenceLimit is how large one piece of evidence may be when the
// settings say nothing: 20 MiB.
const defaultEvidenceLimit = 20 << 20

const (
	typePDF  = "application/pdf"
	typePNG  = "image/png"
	typeJPEG = "image/jpeg"
	typeOFD  = "application/ofd"
	typeDOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	typeXLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)

// evidenceTypes is the allow-list: open formats (GB/T 18894) and the two office
// formats in which units send their forms, with the extensions each may bear.
var evidenceTypes = map[string][]string{
	typePDF: {".pdf"}, typePNG: {".png"}, typeJPEG: {".jpg", ".jpeg"},
	typeOFD: {".ofd"}, typeDOCX: {".docx"}, typeXLSX: {".xlsx"},
}

// fileFault says why a file is not taken.
type fileFault string

const (
	fileEmpty    fileFault = "evidence-empty"
	fileTooLarge fileFault = "evidence-too-large"
	fileType     fileFault = "evidence-type"
	fileMismatch fileFault = "evidence-type-mismatch"
	fileMacro    fileFault = "evidence-macro"
	fileName     fileFault = "evidence-name"
)

// fileRefusal is a file that cannot be taken, with what was found in it.
type fileRefusal struct {
	fault fileFault
	found string
}

// Error names the fault.
func (r *fileRefusal) Error() string { return fmt.Sprintf("file refused: %s %s", r.fault, r.found) }

// fileClaim is what the sender says about a file.
type fileClaim struct {
	name      string
	mediaType string
}

// receivedFile is a whole file that arrived, was measured and found to be of a
// known type. It waits in a temporary file until it is stored or closed.
type receivedFile struct {
	name      string
	mediaType string
	size      int64
	sha256    string
	sm3       string
	spool     *os.File
}

// receiveFile reads a file once: it is measured, digested and written to a
// temporary file in one pass, so that a broken upload never reaches the bucket.
func receiveFile(body io.Reader, claim fileClaim, limit int64) (*receivedFile, error) {
	name, err := cleanFileName(claim.name)
	if err != nil {
		return nil, err
	}
	file, err := spoolFile(body, name, limit)
	if err != nil {
		return nil, err
	}
	if err := file.judge(claim); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

// spoolFile measures and digests a file of whatever type into a temporary file.
func spoolFile(body io.Reader, name string, limit int64) (*receivedFile, error) {
	spool, err := os.CreateTemp("", "bangfu-upload-*")
	if err != nil {
		return nil, fmt.Errorf("open a temporary file for an upload: %w", err)
	}
	file := &receivedFile{name: name, spool: spool}
	if err := file.fill(body, limit); err != nil {
		file.Close()
		return nil, err
	}
	return file, nil
}

func (f *receivedFile) fill(body io.Reader, limit int64) error {
	first, second := sha256.New(), sm3.New()
	size, err := io.Copy(io.MultiWriter(f.spool, first, second), io.LimitReader(body, limit+1))
	switch {
	case err != nil:
		return fmt.Errorf("receive an upload: %w", err)
	case size == 0:
		return &fileRefusal{fault: fileEmpty}
	case size > limit:
		return &fileRefusal{fault: fileTooLarge, found: fmt.Sprint(limit)}
	}
	f.size, f.sha256, f.sm3 = size, digest(first), digest(second)
	return nil
}

func digest(sum hash.Hash) string { return hex.EncodeToString(sum.Sum(nil)) }

// judge finds the type in the bytes and compares it with what was claimed.
func (f *receivedFile) judge(claim fileClaim) error {
	found, err := f.sniff()
	if err != nil {
		return err
	}
	extensions, allowed := evidenceTypes[found]
	if !allowed {
		return &fileRefusal{fault: fileType, found: found}
	}
	if extension := strings.ToLower(path.Ext(f.name)); !contains(extensions, extension) {
		return &fileRefusal{fault: fileMismatch, found: found}
	}
	claimed, _, err := mime.ParseMediaType(claim.mediaType)
	vague := err != nil || claimed == "" || claimed == "application/octet-stream"
	if !vague && claimed != found {
		return &fileRefusal{fault: fileMismatch, found: found}
	}
	f.mediaType = found
	return nil
}

func contains(list []string, text string) bool {
	for _, candidate := range list {
		if candidate == text {
			return true
		}
	}
	return false
}

// sniff reads the type from the content. Packages of the zip family are told
// apart by their directory, which stands at the end, not by their first bytes.
func (f *receivedFile) sniff() (string, error) {
	if _, err := f.spool.Seek(0, io.SeekStart); err != nil {
		return "", fmt.Errorf("read an upload again: %w", err)
	}
	found, err := mimetype.DetectReader(f.spool)
	if err != nil {
		return "", fmt.Errorf("read the type of an upload: %w", err)
	}
	for kind := found; kind != nil; kind = kind.Parent() {
		if kind.Is("application/zip") {
			return f.sniffPackage()
		}
	}
	plain, _, _ := strings.Cut(found.String(), ";")
	if plain == typePDF {
		return plain, f.startsAsPDF()
	}
	return plain, nil
}

// startsAsPDF refuses what carries the mark of a PDF somewhere behind its
// beginning: readers take it for one, and others take it for a page or a program.
func (f *receivedFile) startsAsPDF() error {
	head := make([]byte, 64)
	read, err := f.spool.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read an upload again: %w", err)
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head[:read], []byte("\xef\xbb\xbf")), " \t\r\n")
	if !bytes.HasPrefix(text, []byte("%PDF-")) {
		return &fileRefusal{fault: fileType, found: "application/octet-stream"}
	}
	return nil
}

func (f *receivedFile) sniffPackage() (string, error) {
	directory, err := zip.NewReader(f.spool, f.size)
	if err != nil {
		return "", &fileRefusal{fault: fileType, found: "application/zip"}
	}
	found := "application/zip"
	for _, entry := range directory.File {
		switch {
		case strings.Contains(strings.ToLower(entry.Name), "vbaproject"):
			return "", &fileRefusal{fault: fileMacro}
		case entry.Name == "[Content_Types].xml":
			if err := declaresNoMacro(entry); err != nil {
				return "", err
			}
		case entry.Name == "OFD.xml":
			found = typeOFD
		case entry.Name == "word/document.xml":
			found = typeDOCX
		case entry.Name == "xl/workbook.xml":
			found = typeXLSX
		}
	}
	return found, nil
}

// contentTypesLimit bounds what is unpacked of a package: its list of types.
const contentTypesLimit = 1 << 20

// declaresNoMacro reads the list of types of a package: a program may hide
// under any name, but its type makes it run.
func declaresNoMacro(entry *zip.File) error {
	damaged := &fileRefusal{fault: fileType, found: "application/zip"}
	content, err := entry.Open()
	if err != nil {
		return damaged
	}
	defer func() { _ = content.Close() }()
	types, err := io.ReadAll(io.LimitReader(content, contentTypesLimit+1))
	if err != nil || len(types) > contentTypesLimit {
		return damaged
	}
	types = bytes.ToLower(types)
	for _, mark := range []string{"macroenabled", "vbaproject"} {
		if bytes.Contains(types, []byte(mark)) {
			return &fileRefusal{fault: fileMacro}
		}
	}
	return nil
}

// Close removes the temporary file.
func (f *receivedFile) Close() {
	_ = f.spool.Close()
	_ = os.Remove(f.spool.Name())
}

// blobKey is the content's address in the bucket.
func (f *receivedFile) blobKey() string { return store.EvidenceKey(f.sha256) }

// store puts the content into the bucket under its address. Content that is
// already there is left as it is: the same address means the same bytes.
func (f *receivedFile) store(ctx context.Context, bucket *blob.Bucket) error {
	key := f.blobKey()
	present, err := bucket.Exists(ctx, key)
	if err != nil {
		return fmt.Errorf("look for evidence %s: %w", key, err)
	}
	if present {
		return nil
	}
	if _, err := f.spool.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read an upload again: %w", err)
	}
	err = bucket.Upload(ctx, key, f.spool, &blob.WriterOptions{ContentType: f.mediaType, IfNotExist: true})
	if err != nil && gcerrors.Code(err) != gcerrors.FailedPrecondition {
		return fmt.Errorf("store evidence %s: %w", key, err)
	}
	return nil
}

// maxFileName is the longest file name kept, in characters.
const maxFileName = 120

// cleanFileName keeps the words of a file name and drops whatever a path, a
// header or a terminal could read as something else.
func cleanFileName(name string) (string, error) {
	if !utf8.ValidString(name) {
		return "", &fileRefusal{fault: fileName}
	}
	name = strings.ReplaceAll(name, "\\", "/")
	name = strings.Map(func(r rune) rune {
		switch {
		case r == '/':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), strings.ContainsRune(`:*?"<>|;`, r):
			return -1
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, path.Base(name))
	name = strings.Trim(name, " ./")
	extension := path.Ext(name)
	stem := strings.TrimSpace(strings.TrimSuffix(name, extension))
	if stem == "" || extension == "" {
		return "", &fileRefusal{fault: fileName}
	}
	if letters := []rune(stem); len(letters) > maxFileName {
		stem = string(letters[:maxFileName])
	}
	return stem + extension, nil
}

// isFileRefusal finds a file's refusal in an error chain.
func isFileRefusal(err error) (*fileRefusal, bool) {
	var refusal *fileRefusal
	found := errors.As(err, &refusal)
	return refusal, found
}

// base64Digest writes a digest in hexadecimal as headers want it.
func base64Digest(sum string) string {
	raw, err := hex.DecodeString(sum)
	if err != nil {
		return ""
	}
	return base64.StdEncoding.EncodeToString(raw)
}
