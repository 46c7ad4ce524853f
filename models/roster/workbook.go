package roster

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"
)

// encryptedStream is the name, in UTF-16, of the stream that an encrypted
// workbook keeps inside its compound file.
var encryptedStream = utf16LittleEndian("EncryptedPackage")

func utf16LittleEndian(text string) []byte {
	encoded := make([]byte, 0, 2*len(text))
	for i := range len(text) {
		encoded = append(encoded, text[i], 0)
	}
	return encoded
}

// readWorkbook reads the first visible sheet of an xlsx. Formulas count as the
// values they were saved with; nothing is computed.
func readWorkbook(data []byte, limits Limits) sheet {
	if bytes.HasPrefix(data, oleMagic) {
		if bytes.Contains(data, encryptedStream) {
			return refused(FileEncrypted, "", "")
		}
		return refused(FileOldFormat, ".xlsx", "")
	}
	if problem, bad := inspectArchive(data, limits); bad {
		return sheet{problems: []Problem{problem}}
	}
	workbook, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		RawCellValue:      true,
		UnzipSizeLimit:    limits.UnzippedBytes,
		UnzipXMLSizeLimit: limits.UnzippedBytes,
	})
	if err != nil {
		return refused(FileDamaged, "", "不是有效的工作簿")
	}
	defer func() { _ = workbook.Close() }()

	name, found := firstVisible(workbook)
	if !found {
		return refused(FileEmpty, "", "")
	}
	properties, err := workbook.GetWorkbookProps()
	dates1904 := err == nil && properties.Date1904 != nil && *properties.Date1904
	read := readRows(workbook, name, limits)
	read.dates1904 = dates1904
	return read
}

func firstVisible(workbook *excelize.File) (string, bool) {
	for _, name := range workbook.GetSheetList() {
		visible, err := workbook.GetSheetVisible(name)
		if err == nil && visible {
			return name, true
		}
	}
	return "", false
}

// lastRow is the last row that a sheet can have. A row that claims to lie behind
// it would be reached by counting.
const lastRow = 1 << 20

func readRows(workbook *excelize.File, name string, limits Limits) sheet {
	rows, err := workbook.Rows(name)
	if err != nil {
		return refused(FileDamaged, "", "工作表无法读取")
	}
	defer func() { _ = rows.Close() }()
	var read sheet
	for number := 1; rows.Next(); number++ {
		if number > lastRow {
			return refused(FileDamaged, "", "行号超出范围")
		}
		cells, err := rows.Columns()
		if err != nil {
			read.lines = append(read.lines, line{number: number, broken: "单元格无法读取"})
			continue
		}
		if blank(cells) {
			continue
		}
		if len(read.lines) > limits.Rows+headerSearch {
			return refused(FileTooManyRows, "", strconv.Itoa(limits.Rows))
		}
		if len(cells) > limits.Columns {
			cells = cells[:limits.Columns]
		}
		read.lines = append(read.lines, line{number: number, cells: bytesOwned(cells)})
	}
	if rows.Error() != nil {
		return refused(FileDamaged, "", "工作表无法读取")
	}
	if len(read.lines) == 0 {
		return refused(FileEmpty, "", "")
	}
	return read
}

// bytesOwned copies the cells, so that a long row that was cut short does not
// stay in memory.
func bytesOwned(cells []string) []string { return append([]string(nil), cells...) }

// inspectArchive judges the zip before anything is unpacked by a library that
// trusts it: too many parts, too much inside, paths that leave the workbook,
// macros, passwords.
func inspectArchive(data []byte, limits Limits) (Problem, bool) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return Problem{Code: FileDamaged, Detail: "不是有效的 .xlsx"}, true
	}
	if len(archive.File) > limits.Parts {
		return Problem{Code: FileExpands, Detail: megabytes(limits.UnzippedBytes)}, true
	}
	var total int64
	seen := make(map[string]bool, len(archive.File))
	for _, part := range archive.File {
		name := strings.ToLower(part.Name)
		switch {
		case part.Flags&0x1 != 0:
			return Problem{Code: FileEncrypted}, true
		case strings.Contains(name, "..") || strings.Contains(name, `\`) || strings.HasPrefix(name, "/") || strings.Contains(name, ":"):
			return Problem{Code: FileDamaged, Detail: "内部路径异常"}, true
		case seen[name]:
			return Problem{Code: FileDamaged, Detail: "内部路径重复"}, true
		case strings.Contains(name, "vbaproject") || strings.Contains(name, "macrosheets/"):
			return Problem{Code: FileMacro}, true
		}
		seen[name] = true
		size, err := unpackedSize(part, limits.UnzippedBytes-total)
		if err != nil {
			return Problem{Code: FileDamaged, Detail: "压缩内容有误"}, true
		}
		if total += size; total > limits.UnzippedBytes {
			return Problem{Code: FileExpands, Detail: megabytes(limits.UnzippedBytes)}, true
		}
	}
	if !seen["[content_types].xml"] || !seen["xl/workbook.xml"] {
		return Problem{Code: FileDamaged, Detail: "不是工作簿"}, true
	}
	return Problem{}, false
}

// unpackedSize counts what a part really unpacks to, because the size that a
// zip declares is a claim. It stops one byte over the allowance. Sheets and
// their texts must be XML to the end: the library stops at a fault and would
// return half a roster as if it were whole.
func unpackedSize(part *zip.File, allowance int64) (int64, error) {
	if part.UncompressedSize64 > uint64(max(allowance, 0)) {
		return allowance + 1, nil
	}
	content, err := part.Open()
	if err != nil {
		return 0, err
	}
	defer func() { _ = content.Close() }()
	bounded := &io.LimitedReader{R: content, N: allowance + 1}
	name := strings.ToLower(part.Name)
	if strings.HasPrefix(name, "xl/worksheets/") && strings.HasSuffix(name, ".xml") || name == "xl/sharedstrings.xml" {
		decoder := xml.NewDecoder(bounded)
		for err == nil {
			_, err = decoder.Token()
		}
		if !errors.Is(err, io.EOF) {
			return 0, err
		}
	}
	_, err = io.Copy(io.Discard, bounded)
	return allowance + 1 - bounded.N, err
}
