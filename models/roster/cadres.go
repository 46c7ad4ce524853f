package roster

import (
	"io"
	"strconv"

	"bangfu/models"
)

// BelowDivision is the rank of those whom the plan does not address. They are
// registered, and get no obligation.
const BelowDivision models.Rank = "below-division"

// ranks are the words in which rosters write ranks.
var ranks = map[string]models.Rank{
	"正局级": models.RankBureau, "局级": models.RankBureau, "正厅级": models.RankBureau, "厅局级正职": models.RankBureau,
	"局级正职": models.RankBureau, "巡视员": models.RankBureau, "厅级": models.RankBureau, "正局": models.RankBureau,
	"副局级": models.RankBureauDeputy, "副厅级": models.RankBureauDeputy, "厅局级副职": models.RankBureauDeputy,
	"局级副职": models.RankBureauDeputy, "副巡视员": models.RankBureauDeputy, "副局": models.RankBureauDeputy,
	"正处级": models.RankDivision, "处级": models.RankDivision, "县处级正职": models.RankDivision, "处级正职": models.RankDivision,
	"正县级": models.RankDivision, "调研员": models.RankDivision, "正处": models.RankDivision,
	"副处级": models.RankDivisionDeputy, "县处级副职": models.RankDivisionDeputy, "处级副职": models.RankDivisionDeputy,
	"副县级": models.RankDivisionDeputy, "副调研员": models.RankDivisionDeputy, "副处": models.RankDivisionDeputy,
	"正科级": BelowDivision, "副科级": BelowDivision, "科级": BelowDivision, "科员": BelowDivision, "办事员": BelowDivision,
	"乡科级正职": BelowDivision, "乡科级副职": BelowDivision, "主任科员": BelowDivision, "副主任科员": BelowDivision,
	"正科": BelowDivision, "副科": BelowDivision,
}

// Cadre is one row of a roster of cadres.
type Cadre struct {
	// Row is the row as a spreadsheet counts it.
	Row    int
	Number models.CadreID
	Name   string
	Rank   models.Rank
	// Unit is the unit's name, short name or code, as written.
	Unit  string
	Title string
	// From is the day of the posting, zero if the roster does not say.
	From models.Date

	layout *layout
}

// Problem names one cell of the row.
func (c Cadre) Problem(field Field, code Code, value, detail string) Problem {
	return c.layout.problem(c.Row, field, code, value, detail)
}

// ReadCadres reads a roster of cadres. Rows that have problems are returned
// too, as far as they could be read, so that one pass finds everything. The
// error is that of the reader alone.
func ReadCadres(reader io.Reader, fileName string) ([]Cadre, []Problem, error) {
	return readCadres(reader, fileName, StandardLimits())
}

func readCadres(reader io.Reader, fileName string, limits Limits) ([]Cadre, []Problem, error) {
	var cadres []Cadre
	problems, err := readTable(reader, fileName, limits, cadreColumns, func(cells *cellReader, dates1904 bool) {
		cadres = append(cadres, Cadre{
			Row:    cells.line.number,
			Number: cells.personnel(FieldNumber),
			Name:   cells.text(FieldName, true),
			Rank:   cells.rank(),
			Unit:   cells.code(FieldUnit, true),
			Title:  cells.text(FieldTitle, false),
			From:   cells.date(FieldFrom, dates1904),
			layout: cells.layout,
		})
	})
	return cadres, problems, err
}

func (r *cellReader) rank() models.Rank {
	text := r.text(FieldRank, true)
	if text == "" {
		return ""
	}
	rank, known := ranks[text]
	if !known && models.Rank(text).Valid() {
		rank, known = models.Rank(text), true
	}
	if !known {
		r.problem(FieldRank, RankUnknown, text, "")
	}
	return rank
}

// readTable finds the header and hands every data row to read.
func readTable(
	reader io.Reader, fileName string, limits Limits, columns []column, read func(*cellReader, bool),
) ([]Problem, error) {
	source, err := readSheet(reader, fileName, limits)
	if err != nil || len(source.problems) > 0 {
		return source.problems, err
	}
	header, found, problems := findHeader(source.lines, columns)
	if header < 0 || len(problems) > 0 {
		return problems, nil
	}
	rows := source.lines[header+1:]
	switch {
	case len(rows) == 0:
		return []Problem{{Code: FileEmpty}}, nil
	case len(rows) > limits.Rows:
		return []Problem{{Code: FileTooManyRows, Detail: strconv.Itoa(limits.Rows)}}, nil
	}
	for _, row := range rows {
		if row.broken != "" {
			problems = append(problems, Problem{Row: row.number, Code: RowBroken, Detail: row.broken})
			continue
		}
		cells := &cellReader{layout: &found, line: row}
		read(cells, source.dates1904)
		problems = append(problems, cells.problems...)
	}
	return problems, nil
}
