package inspection

import (
	"errors"
	"fmt"

	"bangfu/models/paper"
)

// Letterhead are the words that an office prints around each of its bulletins.
// A bulletin keeps those that it was drafted under, so that its files stay the
// same when the office changes its own.
type Letterhead struct {
	// Agency is the red name of the official paper (发文机关标志), Brief that of the
	// numbered brief, Office who publishes it.
	Agency string `json:"agency" yaml:"agency"`
	Brief  string `json:"brief" yaml:"brief"`
	Office string `json:"office" yaml:"office"`
	// Word begins the number (发文机关代字): 津政督 of 津政督〔2013〕5号.
	Word       string `json:"word" yaml:"word"`
	Addressees string `json:"addressees" yaml:"addressees"`
	CopyTo     string `json:"copyTo,omitempty" yaml:"copyTo"`
	Printer    string `json:"printer" yaml:"printer"`
}

// StandardLetterhead is what a new archive starts from.
func StandardLetterhead() Letterhead {
	return Letterhead{
		Agency: "天津市人民政府政务督查室文件", Brief: "督查通报", Office: "天津市人民政府政务督查室", Word: "津政督",
		Addressees: "各区、县人民政府，各功能区管委会，市各有关部门", CopyTo: "市委组织部，市科委",
		Printer: "天津市人民政府政务督查室",
	}
}

// ErrLetterhead says that a paper could not be printed under a letterhead.
var ErrLetterhead = errors.New("the letterhead lacks a part")

// Check refuses a letterhead that lacks what every paper shows.
func (l Letterhead) Check() error {
	for name, text := range map[string]string{"agency": l.Agency, "brief": l.Brief, "office": l.Office, "word": l.Word, "addressees": l.Addressees} {
		if text == "" {
			return fmt.Errorf("%w: %s", ErrLetterhead, name)
		}
	}
	return nil
}

// letterhead is the bulletin's own; texts that were kept before there was one
// fall under the standard one.
func (b Bulletin) letterhead() Letterhead {
	if b.Letterhead == (Letterhead{}) {
		return StandardLetterhead()
	}
	return b.Letterhead
}

// Heading is the letterhead that the bulletin's files are printed under.
func (b Bulletin) Heading() Letterhead { return b.letterhead() }

// NumberText is the bulletin's number in the register, 津政督〔2013〕5号; empty
// until it is issued.
func (b Bulletin) NumberText(state BulletinState) string {
	if state.Number == 0 {
		return ""
	}
	return paper.Number(b.letterhead().Word, state.Year, state.Number)
}

// Masthead is what the official paper shows around the text: a draft has neither
// number nor dates.
func (b Bulletin) Masthead(state BulletinState) Masthead {
	words := b.letterhead()
	return Masthead{
		Agency: words.Agency, Number: b.NumberText(state), Addressees: words.Addressees, Signer: words.Office,
		Date: state.IssuedOn, CopyTo: words.CopyTo, Printer: words.Printer, PrintedOn: state.IssuedOn,
	}
}

// briefMasthead is the same for the numbered brief.
func (b Bulletin) briefMasthead(state BulletinState) Masthead {
	head, words := b.Masthead(state), b.letterhead()
	head.Agency, head.Office = words.Brief, words.Office
	if state.Number > 0 {
		head.Issue = paper.Issue(state.Number)
	}
	return head
}

// draftMark is what the title of a text that is not issued carries.
func draftMark(stage BulletinStage) string {
	switch stage {
	case BulletinCommenting:
		return "（征求意见稿）"
	case BulletinSigning:
		return "（送签稿，未印发）"
	case BulletinIssued:
		return ""
	case BulletinDrafting:
	}
	return "（草稿，未印发）"
}
