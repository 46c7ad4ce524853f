package api

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"
)

func aPDF() []byte {
	return []byte("%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
}

// aPackage builds a zip with the named entries, the distinguishing one last.
func aPackage(t *testing.T, entries ...string) []byte {
	t.Helper()
	var buffer bytes.Buffer
	writer := zip.NewWriter(&buffer)
	for _, name := range entries {
		entry, err := writer.Create(name)
		require.NoError(t, err)
		_, err = entry.Write([]byte(strings.Repeat("x", 8000)))
		require.NoError(t, err)
	}
	require.NoError(t, writer.Close())
	return buffer.Bytes()
}

func receive(content []byte, name, mediaType string) (*receivedFile, error) {
	return receiveFile(bytes.NewReader(content), fileClaim{name: name, mediaType: mediaType}, 1<<20)
}

func TestEachAllowedTypeIsKnownByItsContent(t *testing.T) {
	png := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 64)...)
	jpeg := append([]byte("\xff\xd8\xff\xe0\x00\x10JFIF\x00"), make([]byte, 64)...)
	cases := []struct {
		name    string
		content []byte
		want    string
	}{
		{"营业执照.pdf", aPDF(), typePDF},
		{"照片.PNG", png, typePNG},
		{"照片.jpeg", jpeg, typeJPEG},
		{"认定文件.ofd", aPackage(t, "Doc_0/Document.xml", "OFD.xml"), typeOFD},
		{"对照表.docx", aPackage(t, "docProps/app.xml", "[Content_Types].xml", "word/document.xml"), typeDOCX},
		{"路线图.xlsx", aPackage(t, "docProps/app.xml", "[Content_Types].xml", "xl/workbook.xml"), typeXLSX},
	}
	for _, c := range cases {
		file, err := receive(c.content, c.name, "")
		require.NoError(t, err, c.name)
		require.Equal(t, c.want, file.mediaType, c.name)
		require.EqualValues(t, len(c.content), file.size)
		require.Len(t, file.sha256, 64)
		require.Len(t, file.sm3, 64)
		file.Close()
	}
}

func TestAFileThatIsNotWhatItSaysIsRefused(t *testing.T) {
	program := append([]byte("MZ\x90\x00"), make([]byte, 200)...)
	cases := []struct {
		sentence  string
		content   []byte
		name      string
		mediaType string
		want      fileFault
	}{
		{"a program renamed to pdf", program, "认定.pdf", typePDF, fileType},
		{"a page of HTML renamed to png", []byte("<html><script>1</script></html>"), "a.png", typePNG, fileType},
		{"a zip of anything", aPackage(t, "readme.txt"), "a.docx", "", fileType},
		{"a pdf called png", aPDF(), "a.png", "", fileMismatch},
		{"a pdf sent as jpeg", aPDF(), "a.pdf", typeJPEG, fileMismatch},
		{"a document with macros", aPackage(t, "word/document.xml", "word/vbaProject.bin"), "a.docx", "", fileMacro},
		{"nothing at all", nil, "a.pdf", "", fileEmpty},
		{"more than the limit", append(aPDF(), make([]byte, 1<<20)...), "a.pdf", "", fileTooLarge},
		{"a name in GB18030 bytes", aPDF(), "\xc4\xe3.pdf", "", fileName},
		{"a name without an ending", aPDF(), "执照", "", fileName},
	}
	for _, c := range cases {
		_, err := receive(c.content, c.name, c.mediaType)
		refusal, refused := isFileRefusal(err)
		require.True(t, refused, "%s: %v", c.sentence, err)
		require.Equal(t, c.want, refusal.fault, c.sentence)
	}
}

// brokenUpload fails in the middle, as a lost connection does.
type brokenUpload struct{ sent io.Reader }

func (b *brokenUpload) Read(p []byte) (int, error) {
	n, err := b.sent.Read(p)
	if errors.Is(err, io.EOF) {
		return n, io.ErrUnexpectedEOF
	}
	return n, err
}

func TestHalfAnUploadLeavesNothingBehind(t *testing.T) {
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	_, err := receiveFile(&brokenUpload{bytes.NewReader(aPDF())}, fileClaim{name: "a.pdf"}, 1<<20)
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestTheSameContentIsStoredOnceAndNeverOverwritten(t *testing.T) {
	bucket := memblob.OpenBucket(nil)
	defer bucket.Close()
	first, err := receive(aPDF(), "a.pdf", "")
	require.NoError(t, err)
	defer first.Close()
	require.NoError(t, first.store(t.Context(), bucket))
	require.Regexp(t, `^sha256/[0-9a-f]{2}/[0-9a-f]{62}$`, first.blobKey())
	before, err := bucket.Attributes(t.Context(), first.blobKey())
	require.NoError(t, err)

	again, err := receive(aPDF(), "b.pdf", "")
	require.NoError(t, err)
	defer again.Close()
	require.NoError(t, again.store(t.Context(), bucket))
	after, err := bucket.Attributes(t.Context(), first.blobKey())
	require.NoError(t, err)
	require.Equal(t, before.ModTime, after.ModTime)
	stored, err := bucket.ReadAll(t.Context(), first.blobKey())
	require.NoError(t, err)
	require.Equal(t, aPDF(), stored)
}

func TestAFileNameKeepsItsWordsAndLosesItsTricks(t *testing.T) {
	cases := map[string]string{
		`C:\用户\营业执照.pdf`:                  "营业执照.pdf",
		"../../etc/passwd.pdf":            "passwd.pdf",
		"a\r\nSet-Cookie: x.pdf":          "aSet-Cookie x.pdf",
		"执照\u202efdp.exe.pdf":             "执照fdp.exe.pdf",
		"  .. 认定 文件 .pdf":                 "认定 文件.pdf",
		strings.Repeat("长", 300) + ".pdf": strings.Repeat("长", maxFileName) + ".pdf",
	}
	for name, want := range cases {
		got, err := cleanFileName(name)
		require.NoError(t, err, name)
		require.Equal(t, want, got)
	}
}
