package roster

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"bangfu/models"
)

// longestNumber is the length of a personnel number.
const longestNumber = 40

var (
	personnelNumber = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_-]*$`)
	identityNumber  = regexp.MustCompile(`^[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]$`)
	scientific      = regexp.MustCompile(`^\d(\.\d+)?[Ee]\+?\d+$`)
	wholeNumber     = regexp.MustCompile(`^\d+\.0+$`)
	spreadsheetDay  = regexp.MustCompile(`^\d{5}(\.\d+)?$`)
	writtenDay      = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]0?0:00(?::00(?:\.0+)?)?)?$`)
	writtenMonth    = regexp.MustCompile(`^\d{4}[-/.年]\d{1,2}月?$`)
	compactDay      = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
)

// tidy makes a cell's text plain: full-width digits, letters and spaces become
// narrow, invisible characters go, runs of space become one. It leaves
// punctuation alone, which belongs to names.
func tidy(text string) string {
	text = strings.Map(func(c rune) rune {
		switch {
		case c >= '０' && c <= '９', c >= 'Ａ' && c <= 'Ｚ', c >= 'ａ' && c <= 'ｚ':
			return c - '０' + '0'
		case c == '\u3000', c == '\u00a0', c == '\t', c == '\r', c == '\n':
			return ' '
		case c >= '\u200b' && c <= '\u200f', c == '\ufeff', c == '\u2060':
			return -1
		default:
			return c
		}
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// joinHan drops the spaces that people put between Chinese characters, as in
// "张 三", and keeps those beside other scripts.
func joinHan(text string) string {
	runes := []rune(text)
	joined := make([]rune, 0, len(runes))
	for i, c := range runes {
		if c == ' ' && i > 0 && i+1 < len(runes) && unicode.Is(unicode.Han, runes[i-1]) && unicode.Is(unicode.Han, runes[i+1]) {
			continue
		}
		joined = append(joined, c)
	}
	return string(joined)
}

// nothing reports whether people wrote a dash or a stroke for "none".
func nothing(text string) bool {
	switch text {
	case "", "-", "--", "—", "——", "－", "/", "／", "无":
		return true
	default:
		return false
	}
}

// cellReader reads the cells of one row and collects what is wrong with them.
type cellReader struct {
	layout   *layout
	line     line
	problems []Problem
}

func (r *cellReader) problem(field Field, code Code, value, detail string) {
	r.problems = append(r.problems, r.layout.problem(r.line.number, field, code, value, detail))
}

// problem names a place of the file by row and field.
func (l *layout) problem(row int, field Field, code Code, value, detail string) Problem {
	problem := Problem{Row: row, Code: code, Value: shorten(value), Detail: shorten(detail)}
	if l == nil {
		return problem
	}
	if position, known := l.positions[field]; known {
		problem.Column, problem.Header = columnLetter(position), l.titles[field]
	}
	return problem
}

func (r *cellReader) raw(field Field) string {
	position, known := r.layout.positions[field]
	if !known || position >= len(r.line.cells) {
		return ""
	}
	return r.line.cells[position]
}

// text reads a cell as words. What looks like a formula is kept as text and
// named, because the next program that opens it may run it.
func (r *cellReader) text(field Field, required bool) string {
	raw := r.raw(field)
	text := joinHan(tidy(raw))
	if nothing(text) {
		if required {
			r.problem(field, ValueMissing, "", "")
		}
		return ""
	}
	switch {
	case strings.ContainsFunc(text, unicode.IsControl) || !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError):
		r.problem(field, ValueControl, "", "")
	case utf8.RuneCountInString(text) > r.layout.longest[field]:
		r.problem(field, ValueTooLong, text, strconv.Itoa(r.layout.longest[field]))
	case strings.ContainsRune("=+-@＝＋－＠", []rune(text)[0]) && (field != FieldPhone || !isPhone(text)):
		r.problem(field, ValueFormula, text, "")
	}
	return text
}

// isPhone lets the plus of a country code pass.
func isPhone(text string) bool {
	return strings.HasPrefix(text, "+") && strings.Trim(text[1:], "0123456789 -") == ""
}

// code reads a cell as an identifier: a number that a spreadsheet rewrote is
// restored where nothing was lost and refused where it was.
func (r *cellReader) code(field Field, required bool) string {
	text := r.text(field, required)
	switch {
	case scientific.MatchString(text):
		restored, whole := fromScientific(text)
		if !whole {
			r.problem(field, ValueSpoilt, text, "")
			return ""
		}
		return restored
	case wholeNumber.MatchString(text):
		restored, _, _ := strings.Cut(text, ".")
		return restored
	default:
		return text
	}
}

// fromScientific writes 4.40301108548379E+14 in full. Beyond 15 digits a
// spreadsheet has rounded, and what is left is not the number.
func fromScientific(text string) (string, bool) {
	value, err := strconv.ParseFloat(text, 64)
	if err != nil || value >= 1e15 || value != math.Trunc(value) {
		return "", false
	}
	return strconv.FormatFloat(value, 'f', 0, 64), true
}

// personnel reads a personnel number.
func (r *cellReader) personnel(field Field) models.CadreID {
	text := strings.ReplaceAll(r.code(field, true), " ", "")
	switch {
	case text == "":
	case identityNumber.MatchString(text):
		// The number itself must not travel further, not even in a problem.
		r.problem(field, ValueIdentityNumber, "", "")
		return ""
	case !personnelNumber.MatchString(text) || len(text) > longestNumber:
		if len(r.problems) == 0 || r.problems[len(r.problems)-1].Code != ValueFormula {
			r.problem(field, NumberInvalid, text, strconv.Itoa(longestNumber))
		}
		return ""
	}
	return models.CadreID(text)
}

// date reads a day as people and spreadsheets write it.
func (r *cellReader) date(field Field, dates1904 bool) models.Date {
	text := tidy(r.raw(field))
	if nothing(text) {
		return models.Date{}
	}
	day, code := parseDay(text, dates1904)
	if code != "" {
		r.problem(field, code, text, "")
	}
	return day
}

func parseDay(text string, dates1904 bool) (models.Date, Code) {
	if spreadsheetDay.MatchString(text) {
		serial, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return models.Date{}, DateInvalid
		}
		epoch := models.NewDate(1899, time.December, 30)
		if dates1904 {
			epoch = models.NewDate(1904, time.January, 1)
		}
		return plausible(epoch.AddDays(int(serial)))
	}
	for _, form := range []*regexp.Regexp{writtenDay, compactDay} {
		if parts := form.FindStringSubmatch(text); parts != nil {
			year, _ := strconv.Atoi(parts[1])
			month, _ := strconv.Atoi(parts[2])
			day, _ := strconv.Atoi(parts[3])
			date := models.NewDate(year, time.Month(month), day)
			// NewDate carries 31 February over into March: the written day must stand.
			if written := date.Start().In(models.Shanghai); written.Day() != day || int(written.Month()) != month {
				return models.Date{}, DateInvalid
			}
			return plausible(date)
		}
	}
	if writtenMonth.MatchString(text) {
		return models.Date{}, DateWithoutDay
	}
	return models.Date{}, DateInvalid
}

// plausible keeps slips of the pen, such as the year 213 or 2103, out.
func plausible(date models.Date) (models.Date, Code) {
	if date.Before(models.NewDate(1940, time.January, 1)) || date.After(models.NewDate(2100, time.December, 31)) {
		return models.Date{}, DateInvalid
	}
	return date, ""
}
