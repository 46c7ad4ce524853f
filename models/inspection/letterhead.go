package inspection

import "bangfu/models/paper"

// Letterhead are the words that an office prints around each of its bulletins.
// A bulletin keeps those that it was drafted under, so that its files stay the
// same when the office changes its own.
type Letterhead struct {
	// Agency is the red name of the official paper (发文机关标志), Brief that of the
	// numbered brief, Office who publishes it.
	Agency string `json:"agency" doc:"发文机关标志" example:"天津市人民政府政务督查室文件"`
	Brief  string `json:"brief" doc:"简报名称" example:"督查通报"`
	Office string `json:"office" doc:"署名机关，也是简报的编发机关" example:"天津市人民政府政务督查室"`
	// Word begins the number (发文机关代字): 津政督 of 津政督〔2013〕5号.
	Word       string `json:"word" doc:"发文机关代字" example:"津政督"`
	Addressees string `json:"addressees" doc:"主送机关"`
	CopyTo     string `json:"copyTo,omitempty" doc:"抄送机关"`
	Printer    string `json:"printer" doc:"印发机关"`
}

// StandardLetterhead is what a new archive starts from.
func StandardLetterhead() Letterhead {
	return Letterhead{
		Agency: "天津市人民政府政务督查室文件", Brief: "督查通报", Office: "天津市人民政府政务督查室", Word: "津政督",
		Addressees: "各区、县人民政府，各功能区管委会，市各有关部门", CopyTo: "市委组织部，市科委",
		Printer: "天津市人民政府政务督查室",
	}
}

// letterhead is the bulletin's own; texts that were kept before there was one
// fall under the standard one.
func (b Bulletin) letterhead() Letterhead {
	if b.Letterhead == (Letterhead{}) {
		return StandardLetterhead()
	}
	return b.Letterhead
}

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
