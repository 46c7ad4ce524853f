package roster

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// ErrUnreadable says that the file itself was refused, so nothing can be marked
// in it.
var ErrUnreadable = errors.New("the roster cannot be read, so it cannot be marked")

// errorTitle heads the column that WriteProblems adds.
const errorTitle = "错误"

// WriteProblems writes the same file back with one more column that says, in
// each row, everything that is wrong with it: the official corrects in place
// and imports again. A text file comes back as UTF-8 with a byte order mark,
// which spreadsheets need in order to read it.
func WriteProblems(writer io.Writer, reader io.Reader, fileName string, problems []Problem) error {
	limits := StandardLimits()
	data, err := io.ReadAll(io.LimitReader(reader, limits.Bytes+1))
	if err != nil {
		return fmt.Errorf("read roster: %w", err)
	}
	source, err := readSheet(bytes.NewReader(data), fileName, limits)
	if err != nil {
		return err
	}
	if len(source.problems) > 0 {
		return fmt.Errorf("%w: %s", ErrUnreadable, source.problems[0].Text())
	}
	marks := marksByRow(source.lines, problems)
	if strings.EqualFold(path.Ext(fileName), ".xlsx") {
		return markWorkbook(writer, data, source, marks, limits)
	}
	return markText(writer, data, source, marks)
}

// marksByRow joins the texts of each row. What concerns the whole file is
// written beside the header.
func marksByRow(lines []line, problems []Problem) map[int]string {
	said := map[int][]string{}
	for _, problem := range problems {
		row, text := problem.Row, problem.Text()
		if problem.Column != "" {
			text = problem.Column + " 列：" + text
		}
		if row == 0 {
			row = headerRow(lines)
		}
		said[row] = append(said[row], text)
	}
	marks := make(map[int]string, len(said))
	for row, found := range said {
		marks[row] = strings.Join(found, "；")
	}
	header := headerRow(lines)
	if text, marked := marks[header]; marked {
		marks[header] = errorTitle + "：" + text
	} else {
		marks[header] = errorTitle
	}
	return marks
}

// headerRow is the number of the header row, or of the first row without one.
func headerRow(lines []line) int {
	all := append(slices.Clone(cadreColumns), enterpriseColumns...)
	if index, _, _ := findHeader(lines, all); index >= 0 {
		return lines[index].number
	}
	return lines[0].number
}

// widest is the number of columns of the file, without a column of marks that
// an earlier run added.
func widest(source sheet) int {
	width := 0
	for _, row := range source.lines {
		cells := row.cells
		for len(cells) > 0 && strings.TrimSpace(cells[len(cells)-1]) == "" {
			cells = cells[:len(cells)-1]
		}
		width = max(width, len(cells))
	}
	header := headerRow(source.lines)
	for _, row := range source.lines {
		if row.number == header {
			for position, cell := range row.cells {
				if strings.HasPrefix(strings.TrimSpace(cell), errorTitle) {
					return position
				}
			}
		}
	}
	return width
}

func markWorkbook(writer io.Writer, data []byte, source sheet, marks map[int]string, limits Limits) error {
	workbook, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{
		UnzipSizeLimit: limits.UnzippedBytes, UnzipXMLSizeLimit: limits.UnzippedBytes,
	})
	if err != nil {
		return fmt.Errorf("open roster to mark it: %w", err)
	}
	defer func() { _ = workbook.Close() }()
	name, _ := firstVisible(workbook)
	letter := columnLetter(widest(source))
	for _, row := range source.lines {
		// A row without a mark loses the one of an earlier run.
		if err := workbook.SetCellStr(name, fmt.Sprintf("%s%d", letter, row.number), marks[row.number]); err != nil {
			return fmt.Errorf("mark row %d: %w", row.number, err)
		}
	}
	if err := workbook.SetColWidth(name, letter, letter, 60); err != nil {
		return fmt.Errorf("widen the column of marks: %w", err)
	}
	if err := workbook.Write(writer); err != nil {
		return fmt.Errorf("write marked roster: %w", err)
	}
	return nil
}

func markText(writer io.Writer, data []byte, source sheet, marks map[int]string) error {
	text, _ := decodeText(data)
	if _, err := writer.Write(byteOrderMark); err != nil {
		return fmt.Errorf("write marked roster: %w", err)
	}
	table := csv.NewWriter(writer)
	table.Comma = separator(text)
	table.UseCRLF = true
	width, number := widest(source), 0
	for _, row := range source.lines {
		for number++; number < row.number; number++ {
			// Empty rows keep the numbers of the rows below them.
			if err := table.Write(make([]string, width+1)); err != nil {
				return fmt.Errorf("write marked roster: %w", err)
			}
		}
		cells := make([]string, width+1)
		for position := range min(width, len(row.cells)) {
			cells[position] = harmless(row.cells[position])
		}
		cells[width] = marks[row.number]
		if err := table.Write(cells); err != nil {
			return fmt.Errorf("write marked roster: %w", err)
		}
	}
	table.Flush()
	if err := table.Error(); err != nil {
		return fmt.Errorf("write marked roster: %w", err)
	}
	return nil
}

// harmless puts an apostrophe before what a spreadsheet would run as a formula
// when it opens a text file.
func harmless(cell string) string {
	if trimmed := strings.TrimLeft(cell, " \t\r\n"); trimmed != "" && strings.ContainsRune("=+-@", rune(trimmed[0])) && !nothing(trimmed) {
		return "'" + cell
	}
	return cell
}
