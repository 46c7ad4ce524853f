package paper

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"
)

// WriteWorkbook writes annex tables as xlsx, a tab each: title, header with units,
// frozen; numbers as numbers; totals that are the exact sums of what stands above
// them; A4 across, the header repeated on every printed page. It has no formulas,
// so that no text can become one. Without a sheet it answers ErrIncomplete.
func WriteWorkbook(writer io.Writer, sheets []Sheet) error {
	if len(sheets) == 0 {
		return fmt.Errorf("%w: no sheet", ErrIncomplete)
	}
	file := excelize.NewFile()
	defer func() { _ = file.Close() }()
	book := &workbook{file: file}
	if err := book.addStyles(); err != nil {
		return err
	}
	for index, name := range tabNames(sheets) {
		if err := book.add(index, name, sheets[index]); err != nil {
			return fmt.Errorf("write sheet %q: %w", name, err)
		}
	}
	if err := file.SetDocProps(&excelize.DocProperties{Created: packedText, Modified: packedText}); err != nil {
		return fmt.Errorf("set workbook's properties: %w", err)
	}
	var written bytes.Buffer
	if err := file.Write(&written); err != nil {
		return fmt.Errorf("write workbook: %w", err)
	}
	return repack(writer, written.Bytes())
}

// packedText is the time of making that every workbook bears.
const packedText = "1980-01-01T00:00:00Z"

// repack writes a package again with its parts in order and without times.
func repack(writer io.Writer, data []byte) error {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return fmt.Errorf("open package: %w", err)
	}
	parts := make([]part, 0, len(archive.File))
	for _, file := range archive.File {
		opened, err := file.Open()
		if err != nil {
			return fmt.Errorf("open %s: %w", file.Name, err)
		}
		content, err := io.ReadAll(opened)
		_ = opened.Close()
		if err != nil {
			return fmt.Errorf("read %s: %w", file.Name, err)
		}
		parts = append(parts, part{name: file.Name, data: content})
	}
	// The list of types comes first, as some readers expect.
	slices.SortFunc(parts, func(one, other part) int { return strings.Compare(one.name, other.name) })
	return pack(writer, parts)
}

// workbook writes sheets into a file.
type workbook struct {
	file                *excelize.File
	title, header, note int
	plain, bold         map[cellKind]int
}

// formats are the forms of numbers by kind.
var formats = map[cellKind]string{cellText: "@", cellCount: "#,##0", cellDecimal: "#,##0.00", cellShare: "0.0%"}

func (w *workbook) addStyles() error {
	thin := []excelize.Border{
		{Type: "left", Style: 1, Color: "000000"},
		{Type: "right", Style: 1, Color: "000000"},
		{Type: "top", Style: 1, Color: "000000"},
		{Type: "bottom", Style: 1, Color: "000000"},
	}
	w.plain, w.bold = map[cellKind]int{}, map[cellKind]int{}
	add := func(style excelize.Style) (int, error) {
		number, err := w.file.NewStyle(&style)
		if err != nil {
			return 0, fmt.Errorf("add style: %w", err)
		}
		return number, nil
	}
	centre := &excelize.Alignment{Horizontal: "center", Vertical: "center", WrapText: true}
	var err error
	if w.title, err = add(excelize.Style{Font: &excelize.Font{Family: faceHei.name(), Size: sizeBody, Bold: true}, Alignment: centre}); err != nil {
		return err
	}
	if w.header, err = add(excelize.Style{Font: &excelize.Font{Family: faceNumber.name(), Size: 11, Bold: true}, Alignment: centre, Border: thin}); err != nil {
		return err
	}
	if w.note, err = add(excelize.Style{Font: &excelize.Font{Family: faceNumber.name(), Size: 10}}); err != nil {
		return err
	}
	for _, kind := range []cellKind{cellText, cellCount, cellDecimal, cellShare} {
		format := formats[kind]
		for _, bold := range []bool{false, true} {
			style := excelize.Style{
				Font: &excelize.Font{Family: faceNumber.name(), Size: 11, Bold: bold}, Border: thin, CustomNumFmt: &format,
				Alignment: &excelize.Alignment{Vertical: "center", WrapText: kind == cellText},
			}
			number, err := add(style)
			if err != nil {
				return err
			}
			if bold {
				w.bold[kind] = number
			} else {
				w.plain[kind] = number
			}
		}
	}
	return nil
}

// headRows are the title and the header.
const headRows = 2

func (w *workbook) add(index int, name string, sheet Sheet) error {
	if index == 0 {
		if err := w.file.SetSheetName(w.file.GetSheetName(0), name); err != nil {
			return fmt.Errorf("name sheet: %w", err)
		}
	} else if _, err := w.file.NewSheet(name); err != nil {
		return fmt.Errorf("add sheet: %w", err)
	}
	prepared, totals := sheet.prepared()
	if err := w.page(name, prepared); err != nil {
		return err
	}
	stream, err := w.file.NewStreamWriter(name)
	if err != nil {
		return fmt.Errorf("open stream: %w", err)
	}
	if err := w.head(stream, prepared); err != nil {
		return err
	}
	number := headRows
	for _, row := range prepared.Rows {
		number++
		if err := stream.SetRow(fmt.Sprintf("A%d", number), w.cells(row, w.plain)); err != nil {
			return fmt.Errorf("write row %d: %w", number, err)
		}
	}
	if totals != nil {
		number++
		if err := stream.SetRow(fmt.Sprintf("A%d", number), w.cells(totals, w.bold)); err != nil {
			return fmt.Errorf("write totals: %w", err)
		}
	}
	if prepared.Note != "" {
		number++
		if err := stream.SetRow(fmt.Sprintf("A%d", number), []any{excelize.Cell{StyleID: w.note, Value: prepared.Note}}); err != nil {
			return fmt.Errorf("write note: %w", err)
		}
	}
	if err := stream.Flush(); err != nil {
		return fmt.Errorf("close stream: %w", err)
	}
	return nil
}

// page is how the sheet is printed: A4 across, as wide as the paper, its header on
// every page.
func (w *workbook) page(name string, sheet Sheet) error {
	size, orientation, wide, tall := 9, "landscape", 1, 0
	if err := w.file.SetPageLayout(name, &excelize.PageLayoutOptions{
		Size: &size, Orientation: &orientation, FitToWidth: &wide, FitToHeight: &tall,
	}); err != nil {
		return fmt.Errorf("set page: %w", err)
	}
	fit := true
	if err := w.file.SetSheetProps(name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return fmt.Errorf("set page: %w", err)
	}
	if err := w.file.SetHeaderFooter(name, &excelize.HeaderFooterOptions{OddFooter: "&C第 &P 页，共 &N 页"}); err != nil {
		return fmt.Errorf("set footer: %w", err)
	}
	if len(sheet.Columns) == 0 {
		return nil
	}
	quoted := "'" + strings.ReplaceAll(name, "'", "''") + "'"
	if err := w.file.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("%s!$1:$%d", quoted, headRows), Scope: name,
	}); err != nil {
		return fmt.Errorf("repeat header: %w", err)
	}
	return nil
}

// head writes widths, title and header, and freezes them.
func (w *workbook) head(stream *excelize.StreamWriter, sheet Sheet) error {
	for index, column := range sheet.Columns {
		width := column.Width
		if width <= 0 {
			width = int(2*measure(column.Title, plainAdvance)) + 6
		}
		if err := stream.SetColWidth(index+1, index+1, float64(min(width, excelize.MaxColumnWidth))); err != nil {
			return fmt.Errorf("set width: %w", err)
		}
	}
	if err := stream.SetPanes(&excelize.Panes{
		Freeze: true, YSplit: headRows, TopLeftCell: fmt.Sprintf("A%d", headRows+1), ActivePane: "bottomLeft",
	}); err != nil {
		return fmt.Errorf("freeze header: %w", err)
	}
	if err := stream.SetRow("A1", []any{excelize.Cell{StyleID: w.title, Value: sheet.Title}}, excelize.RowOpts{Height: 30}); err != nil {
		return fmt.Errorf("write title: %w", err)
	}
	header := make([]any, len(sheet.Columns))
	for index, column := range sheet.Columns {
		header[index] = excelize.Cell{StyleID: w.header, Value: Column{Title: column.Title, Unit: column.Unit}.header()}
	}
	if err := stream.SetRow(fmt.Sprintf("A%d", headRows), header); err != nil {
		return fmt.Errorf("write header: %w", err)
	}
	if len(sheet.Columns) < 2 {
		return nil
	}
	last, err := excelize.CoordinatesToCellName(len(sheet.Columns), 1)
	if err != nil {
		return fmt.Errorf("name last column: %w", err)
	}
	if err := stream.MergeCell("A1", last); err != nil {
		return fmt.Errorf("merge title: %w", err)
	}
	return nil
}

func (w *workbook) cells(row []Cell, styles map[cellKind]int) []any {
	cells := make([]any, len(row))
	for index, cell := range row {
		written := excelize.Cell{StyleID: styles[cell.kind]}
		switch {
		case cell.value == nil && cell.text != "":
			written.Value = shortened(cell.text, excelize.TotalCellChars)
		case cell.kind == cellCount && cell.value.IsInt() && cell.value.Num().IsInt64():
			written.Value = cell.value.Num().Int64()
		case cell.value != nil:
			written.Value = cell.number()
		}
		cells[index] = written
	}
	return cells
}
