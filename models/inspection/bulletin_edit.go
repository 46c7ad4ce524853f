package inspection

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"bangfu/models"
)

// Limits of what an editor may send.
const (
	paragraphRunes    = 4000
	sectionParagraphs = 1000
	faultsMost        = 50
)

// EditError lists everything that is wrong with an edit, so that one round of
// corrections is enough. models.AsRefusal finds the first of its refusals.
type EditError struct{ Faults []*models.Refusal }

// Error names all faults.
func (e *EditError) Error() string {
	texts := make([]string, len(e.Faults))
	for i, fault := range e.Faults {
		texts[i] = fault.Error()
	}
	return strings.Join(texts, "; ")
}

// Unwrap gives the faults to errors.As.
func (e *EditError) Unwrap() []error {
	faults := make([]error, len(e.Faults))
	for i, fault := range e.Faults {
		faults[i] = fault
	}
	return faults
}

// Edit gives a bulletin other words: paragraphs may be rewritten, moved, added
// and deleted. It refuses every number that is not a figure of the draft, a
// figure twice, a figure behind the name of a unit or indicator that it does not
// belong to, and the loss of a figure that the policy keeps. Figures and annexes
// stay as they are. Empty paragraphs are dropped.
func Edit(bulletin Bulletin, sections []Section) (Bulletin, error) {
	edit := &edition{bulletin: bulletin, seen: map[FigureID]bool{}}
	if !sameSections(bulletin.Sections, sections) {
		return Bulletin{}, &EditError{Faults: []*models.Refusal{models.Refuse(RefusedSections)}}
	}
	edited := bulletin
	edited.Sections = make([]Section, len(sections))
	for i, section := range sections {
		edited.Sections[i] = Section{Code: section.Code, Paragraphs: []string{}}
		if len(section.Paragraphs) > sectionParagraphs {
			edit.refuse(RefusedTextLong, section.Code, len(section.Paragraphs), strconv.Itoa(len(section.Paragraphs)))
			continue
		}
		for j, paragraph := range section.Paragraphs {
			paragraph = strings.Trim(paragraph, " \t\r\n　")
			if paragraph != "" {
				edited.Sections[i].Paragraphs = append(edited.Sections[i].Paragraphs, edit.read(section.Code, j+1, paragraph))
			}
		}
	}
	edit.checkKept()
	if len(edit.faults) > 0 {
		return Bulletin{}, &EditError{Faults: edit.faults}
	}
	edited.Figures = maps.Clone(bulletin.Figures)
	edited.Annexes = slices.Clone(bulletin.Annexes)
	return edited, nil
}

func sameSections(before, after []Section) bool {
	return slices.EqualFunc(before, after, func(a, b Section) bool { return a.Code == b.Code })
}

// edition gathers what an edit says and what is wrong with it.
type edition struct {
	bulletin Bulletin
	seen     map[FigureID]bool
	faults   []*models.Refusal
}

func (e *edition) refuse(code models.RefusalCode, section SectionCode, paragraph int, found string) {
	if len(e.faults) < faultsMost {
		e.faults = append(e.faults, models.Refuse(code,
			"section", string(section), "sectionTitle", section.Title(), "paragraph", strconv.Itoa(paragraph), "found", found))
	}
}

// read checks one paragraph and returns it with plain tokens.
func (e *edition) read(section SectionCode, number int, paragraph string) string {
	if utf8.RuneCountInString(paragraph) > paragraphRunes {
		e.refuse(RefusedTextLong, section, number, string([]rune(paragraph)[:20])+"…")
		return ""
	}
	if bad := badCharacter(paragraph); bad != "" {
		e.refuse(RefusedText, section, number, bad)
		return ""
	}
	var plain strings.Builder
	words, last, about := []string{}, 0, ""
	for _, at := range tokenPattern.FindAllStringSubmatchIndex(paragraph, -1) {
		words = append(words, paragraph[last:at[0]])
		plain.WriteString(paragraph[last:at[0]])
		id, last2 := FigureID(paragraph[at[2]:at[3]]), at[1]
		echo := ""
		if at[4] >= 0 {
			echo = paragraph[at[4]:at[5]]
		}
		about = e.readToken(section, number, id, at[4] >= 0, echo, about)
		plain.WriteString(tokenOf(id))
		last = last2
	}
	words = append(words, paragraph[last:])
	plain.WriteString(paragraph[last:])
	if strings.ContainsAny(strings.Join(words, ""), "{}") {
		e.refuse(RefusedFigureUnknown, section, number, "{ }")
	}
	// A mark stands for each figure: a number that it splits is still seen.
	for _, found := range FreeNumbers(strings.Join(words, figureMark)) {
		e.refuse(RefusedFreeNumber, section, number, strings.ReplaceAll(found, figureMark, "…"))
	}
	return plain.String()
}

// readToken checks one figure and returns what the paragraph is about after it:
// the unit or indicator that was named last.
func (e *edition) readToken(section SectionCode, paragraph int, id FigureID, echoed bool, echo, about string) string {
	figure, known := e.bulletin.Figures[id]
	if !known {
		e.refuse(RefusedFigureUnknown, section, paragraph, string(id))
		return about
	}
	if e.seen[id] {
		e.refuse(RefusedFigureTwice, section, paragraph, string(id))
	}
	e.seen[id] = true
	if echoed && echo != figure.String() {
		e.refuse(RefusedFigureChanged, section, paragraph, string(id)+"："+figure.String()+" → "+echo)
	}
	subject := figure.Query.subject()
	if figure.Query.Measure == MeasureName {
		return subject
	}
	if subject != "" && subject != about {
		e.refuse(RefusedFigureAstray, section, paragraph, string(id)+"："+figure.String())
	}
	return about
}

// checkKept finds figures that the text had and the policy keeps.
func (e *edition) checkKept() {
	for _, section := range e.bulletin.Sections {
		for i, paragraph := range section.Paragraphs {
			for _, segment := range e.bulletin.Segments(paragraph) {
				figure := e.bulletin.Figures[segment.Figure]
				if segment.Figure != "" && figure.Kept && !e.seen[segment.Figure] {
					e.refuse(RefusedFigureDropped, section.Code, i+1, string(segment.Figure)+"："+figure.String())
				}
			}
		}
	}
}

// badCharacter is the first thing that has no place in a paragraph: markup,
// control and invisible characters, private use, broken UTF-8.
func badCharacter(text string) string {
	if !utf8.ValidString(text) {
		return "UTF-8"
	}
	for _, character := range text {
		switch {
		case character == '<' || character == '>':
			return string(character)
		case character == utf8.RuneError, character == '\u2028', character == '\u2029', unicode.In(character, unicode.Cc, unicode.Cf, unicode.Co):
			return fmt.Sprintf("U+%04X", character)
		}
	}
	return ""
}
