package roster

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

var byteOrderMark = []byte("\xEF\xBB\xBF")

// readText reads comma, semicolon or tab separated text.
func readText(data []byte, limits Limits) sheet {
	text, ok := decodeText(data)
	if !ok {
		return refused(FileEncoding, "", "")
	}
	reader := csv.NewReader(bytes.NewReader(text))
	reader.Comma = separator(text)
	reader.FieldsPerRecord = -1
	reader.ReuseRecord = false

	var read sheet
	// encoding/csv skips empty lines and joins quoted ones, a spreadsheet shows
	// a row for each record and each empty line: number counts as the latter.
	number, offset, nextLine := 0, int64(0), 1
	for {
		record, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		broken := ""
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			number += max(parse.StartLine-nextLine, 0) + 1
			broken = "引号或分隔符不成对"
		} else if err != nil {
			return refused(FileDamaged, "", "文本无法读取")
		} else {
			start, _ := reader.FieldPos(0)
			number += max(start-nextLine, 0) + 1
		}
		consumed := reader.InputOffset()
		nextLine += bytes.Count(text[offset:consumed], []byte("\n"))
		offset = consumed
		if broken == "" && blank(record) {
			continue
		}
		if len(read.lines) > limits.Rows+headerSearch {
			return refused(FileTooManyRows, "", strconv.Itoa(limits.Rows))
		}
		if len(record) > limits.Columns {
			record = record[:limits.Columns]
		}
		read.lines = append(read.lines, line{number: number, cells: record, broken: broken})
	}
	if len(read.lines) == 0 {
		return refused(FileEmpty, "", "")
	}
	return read
}

// decodeText returns UTF-8. A file that is not valid UTF-8 is taken as GB18030
// only if every byte of it reads and writes back the same: a wrong guess would
// store wrong names.
func decodeText(data []byte) ([]byte, bool) {
	data = bytes.TrimPrefix(data, byteOrderMark)
	if bytes.IndexByte(data, 0) >= 0 {
		return nil, false // UTF-16, or no text at all
	}
	if utf8.Valid(data) {
		return data, true
	}
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
	if err != nil || bytes.ContainsRune(text, utf8.RuneError) {
		return nil, false
	}
	again, err := simplifiedchinese.GB18030.NewEncoder().Bytes(text)
	if err != nil || !bytes.Equal(again, data) {
		return nil, false
	}
	return text, true
}

// separator is the one of the three that the first lines use most.
func separator(text []byte) rune {
	sample := text
	if newline := bytes.IndexByte(sample[min(len(sample), 4096):], '\n'); newline >= 0 {
		sample = sample[:min(len(sample), 4096)+newline]
	}
	best, most := ',', 0
	for _, candidate := range []rune{',', ';', '\t'} {
		if count := strings.Count(string(sample), string(candidate)); count > most {
			best, most = candidate, count
		}
	}
	return best
}
