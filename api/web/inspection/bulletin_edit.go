package inspection

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/models/inspection"
)

func mountEditor(site *page.Site) {
	site.Get("/bulletins/:inspection/:ordinal/edit", editBulletin, auth.InspectionManage)
	site.Post("/bulletins/:inspection/:ordinal/edit", saveBulletin, auth.InspectionManage)
	site.Post("/bulletins/:inspection/:ordinal/preview", previewBulletin, auth.InspectionManage)
}

// editing is the editor: the words of each chapter beside the paper that they
// make.
type editing struct {
	read
	texts map[inspection.SectionCode]string
	match string
	said  *problem.Problem
	// newer: somebody else saved another text in the meantime.
	newer bool
}

// chapterText is a chapter as one edits it: a line is a paragraph.
func chapterText(section api.BulletinSectionView) string {
	lines := make([]string, len(section.Paragraphs))
	for i, paragraph := range section.Paragraphs {
		lines[i] = paragraph.Editable
	}
	return strings.Join(lines, "\n")
}

// version is the entity tag of the text.
func (r read) version() string { return `"` + strconv.FormatInt(r.Version, 10) + `"` }

func editorOf(found read) editing {
	e := editing{read: found, texts: map[inspection.SectionCode]string{}, match: found.version()}
	for _, section := range found.Sections {
		e.texts[section.Code] = chapterText(section)
	}
	return e
}

// typedOver is the editor with what was typed.
func typedOver(v *page.Visit, found read) editing {
	e := editorOf(found)
	for code := range e.texts {
		if v.Request.PostForm.Has(fieldOf(code)) {
			e.texts[code] = v.Request.PostForm.Get(fieldOf(code))
		}
	}
	return e
}

func fieldOf(code inspection.SectionCode) string { return "section-" + string(code) }

func (e editing) sheet() page.Sheet { return e.read.sheet("修改文字") }

func editBulletin(v *page.Visit) error {
	found, err := readBulletin(v)
	if err != nil {
		return err
	}
	if !found.may("edit") {
		return v.See(found.path(), "现在不能修改正文：征求意见、会签期间和印发以后，文本不变。")
	}
	e := editorOf(found)
	return v.Show(e.sheet(), editorPage(e))
}

// paragraphs are a chapter's lines; empty ones are nothing.
func paragraphs(text string) []string {
	kept := []string{}
	for line := range strings.SplitSeq(text, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			kept = append(kept, line)
		}
	}
	return kept
}

// saveBulletin saves the words, shows a preview, or puts a sentence that the
// text does not tell into its chapter; only saving changes anything.
func saveBulletin(v *page.Visit) error {
	found, err := readBulletin(v)
	if err != nil {
		return err
	}
	e := typedOver(v, found)
	e.match = v.Form("match")
	if sentence := v.Form("insert"); sentence != "" {
		e.insert(sentence)
		return v.Show(e.sheet(), editorPage(e))
	}
	if v.Form("then") == "preview" {
		return v.Show(e.sheet(), editorPage(e))
	}
	sections := make([]map[string]any, len(found.Sections))
	for i, section := range found.Sections {
		sections[i] = map[string]any{"code": section.Code, "paragraphs": paragraphs(e.texts[section.Code])}
	}
	_, err = v.Do(http.MethodPut, bulletinAPI(v)+"/text", map[string]any{"sections": sections}, nil,
		page.Key(v.Form("key")), page.Match(e.match))
	if err != nil {
		e.refuse(page.Said(err))
		e.key = page.KeyAfter(v, e.said)
		e.newer = e.said.Status == http.StatusPreconditionFailed
		e.match = found.version()
		return v.ShowStatus(e.said.Status, e.sheet(), editorPage(e))
	}
	return v.See(found.path()+"/edit", "正文已保存。")
}

// insert puts a sentence, named by its chapter and place, at the chapter's end.
func (e *editing) insert(sentence string) {
	chapter, place, _ := strings.Cut(sentence, "/")
	number, err := strconv.Atoi(place)
	for _, section := range e.Untold {
		if string(section.Code) == chapter && err == nil && number >= 0 && number < len(section.Paragraphs) {
			text := strings.TrimRight(e.texts[section.Code], "\n")
			e.texts[section.Code] = strings.TrimLeft(text+"\n"+section.Paragraphs[number].Editable, "\n")
		}
	}
}

// previewBulletin shows what is typed as the paper that it makes.
func previewBulletin(v *page.Visit) error {
	found, err := readBulletin(v)
	if err != nil {
		return err
	}
	return v.Part(preview(typedOver(v, found)))
}

// draftView is the bulletin with the words that are typed.
func (e editing) draftView() read {
	figures := map[inspection.FigureID]inspection.Figure{}
	for _, figure := range e.Figures {
		figures[figure.ID] = inspection.Figure{Shown: inspection.Shown{Value: figure.Text}}
	}
	rules := inspection.Bulletin{Figures: figures}
	shown := e.read
	shown.Sections = make([]api.BulletinSectionView, len(e.Sections))
	for i, section := range e.Sections {
		shown.Sections[i] = api.BulletinSectionView{Code: section.Code, Title: section.Title}
		for _, text := range paragraphs(e.texts[section.Code]) {
			paragraph := api.ParagraphView{Heading: inspection.IsHeading(rules.RenderParagraph(text))}
			for _, segment := range rules.Segments(text) {
				paragraph.Segments = append(paragraph.Segments, api.SegmentView{Text: segment.Text, Figure: segment.Figure})
			}
			shown.Sections[i].Paragraphs = append(shown.Sections[i].Paragraphs, paragraph)
		}
	}
	return shown
}

// faultPlace is the place of a fault in the text: body.sections[1].paragraphs[2].
var faultPlace = regexp.MustCompile(`sections\[(\d+)\]`)

// refuse takes what the API says of the text, each fault at its chapter, which
// is the field that people see.
func (e *editing) refuse(said *problem.Problem) {
	shown := *said
	shown.Errors = slices.Clone(said.Errors)
	for i, fault := range shown.Errors {
		place := faultPlace.FindStringSubmatch(fault.Location)
		if place == nil {
			continue
		}
		if number, err := strconv.Atoi(place[1]); err == nil && number < len(e.Sections) {
			shown.Errors[i].Location = "body." + fieldOf(e.Sections[number].Code)
		}
	}
	e.said = &shown
}

// faults are those of one chapter.
func (e editing) faults(code inspection.SectionCode) []string {
	if e.said == nil {
		return nil
	}
	var found []string
	for _, fault := range e.said.Errors {
		if fault.Location == "body."+fieldOf(code) {
			found = append(found, fault.Message)
		}
	}
	return found
}

// editPath is the editor's address.
func (e editing) editPath() string { return e.path() + "/edit" }

// previewPath is where a script asks for the preview.
func (e editing) previewPath() string { return e.path() + "/preview" }
