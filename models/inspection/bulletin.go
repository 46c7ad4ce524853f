package inspection

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"time"

	"bangfu/models"
)

// Bulletin is the text of one bulletin (通报) with the figures that it is bound
// to. Inspectors edit its words; its figures come from the snapshot and from
// nowhere else. It holds no digits but those of its figures.
type Bulletin struct {
	Plan      models.PlanID  `json:"plan"`
	PlanTitle string         `json:"planTitle"`
	Quarter   models.Quarter `json:"quarter"`
	CutOff    time.Time      `json:"cutOff"`
	// SnapshotDigest is that of the frozen rows that the figures come from.
	SnapshotDigest string `json:"snapshotDigest"`
	// FiguresDigest is the SHA-256 of the figures that the text is kept with, those
	// that it does not print among them; empty in a text that was never kept, or
	// was kept before texts bound it.
	FiguresDigest string `json:"figuresDigest,omitempty"`
	// Corrects is the number of the bulletin that this one corrects (发文字号),
	// empty for a first issue.
	Corrects string    `json:"corrects,omitempty"`
	Sections []Section `json:"sections"`
	// Figures are all that the draft was given, those that an edit took out of the
	// text as well, so that they can be put back.
	Figures map[FigureID]Figure `json:"figures"`
	Annexes []Annex             `json:"annexes"`
	// Letterhead are the words around the text on paper.
	Letterhead Letterhead `json:"letterhead,omitzero"`
}

// Section is one chapter. A paragraph is plain text with figure tokens; one that
// begins with （一） and holds no full stop is a heading of the second level.
type Section struct {
	Code       SectionCode `json:"code"`
	Paragraphs []string    `json:"paragraphs"`
}

// SectionCode names a chapter of the bulletin.
type SectionCode string

// The chapters, in their order.
const (
	SectionOverall  SectionCode = "overall"
	SectionPractice SectionCode = "practice"
	SectionProblems SectionCode = "problems"
	SectionNext     SectionCode = "next"
)

// SectionCodes are all chapters in their order.
var SectionCodes = []SectionCode{SectionOverall, SectionPractice, SectionProblems, SectionNext}

// Title is the heading of the chapter, without its number.
func (s SectionCode) Title() string {
	switch s {
	case SectionOverall:
		return "总体情况"
	case SectionPractice:
		return "主要做法"
	case SectionProblems:
		return "存在问题"
	case SectionNext:
		return "整改时限与下一步要求"
	}
	return string(s)
}

// FigureID is the name that the text has for a figure: f1, f2 and so on.
type FigureID string

// Figure is one value that the text shows, with what it means and where it
// comes from.
type Figure struct {
	Shown
	Topic Topic `json:"topic"`
	// Definition says in words what is counted.
	Definition string `json:"definition"`
	Query      Query  `json:"query"`
	// Kept: an edit may move the figure, but not drop it.
	Kept bool `json:"kept"`
}

// Title is the bulletin's title. It is built from the cycle, not edited.
func (b Bulletin) Title() string {
	title := fmt.Sprintf("关于%s《%s》落实情况的督查通报", quarterWords(b.Quarter), b.PlanTitle)
	if b.Corrects != "" {
		title = fmt.Sprintf("关于更正%s《%s》落实情况督查通报的通报", quarterWords(b.Quarter), b.PlanTitle)
	}
	return title
}

// Preamble is the sentence before the first chapter. It is built like the title.
func (b Bulletin) Preamble() string {
	if b.Corrects != "" {
		return fmt.Sprintf("%s通报了%s《%s》落实情况的督查情况。经核对，其中部分内容应予更正，更正之处见附表《%s》，更正后的全文如下：",
			b.Corrects, quarterWords(b.Quarter), b.PlanTitle, AnnexCorrection.Text())
	}
	return fmt.Sprintf("按照《%s》关于每季度督查并向全市通报的要求，对%s的落实情况进行了督查。现将有关情况通报如下：",
		b.PlanTitle, quarterWords(b.Quarter))
}

// Note says what the figures are as of, and the digest that proves it.
func (b Bulletin) Note() string {
	note := fmt.Sprintf("数据截止%s，快照摘要（SHA-256）%s。", instantWords(b.CutOff), b.SnapshotDigest)
	if b.Corrects != "" {
		note = fmt.Sprintf("本通报更正%s，原通报不作改动。", b.Corrects) + note
	}
	return note
}

// Public is the bulletin that goes to the whole city: without the annexes that
// name individuals.
func (b Bulletin) Public() Bulletin {
	annexes := []Annex{}
	for _, annex := range b.Annexes {
		if !annex.Restricted {
			annexes = append(annexes, annex)
		}
	}
	b.Annexes = annexes
	return b
}

// Canonical is the bulletin as JSON in one form only: fields in the order of the
// types, figures by ID, no spaces.
func (b Bulletin) Canonical() ([]byte, error) {
	text, err := json.Marshal(b)
	if err != nil {
		return nil, fmt.Errorf("write bulletin of %s: %w", b.Quarter, err)
	}
	return text, nil
}

// Digest is the SHA-256 of the canonical form, in lower-case hex.
func (b Bulletin) Digest() (string, error) {
	text, err := b.Canonical()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// figureOf is the figure that a query gives; false when the snapshot lacks it.
func figureOf(snapshot Snapshot, query Query) (Figure, bool) {
	shown, known := Evaluate(snapshot, query)
	return Figure{Shown: shown, Topic: query.topic(), Definition: query.Define(), Query: query}, known
}
