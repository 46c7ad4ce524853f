package inspection_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models"
	"bangfu/models/inspection"
)

// with is the bulletin's text with one more paragraph at a chapter's end.
func with(bulletin inspection.Bulletin, code inspection.SectionCode, paragraph string) []inspection.Section {
	sections := copied(bulletin)
	for i := range sections {
		if sections[i].Code == code {
			sections[i].Paragraphs = append(sections[i].Paragraphs, paragraph)
		}
	}
	return sections
}

func copied(bulletin inspection.Bulletin) []inspection.Section {
	sections := slices.Clone(bulletin.Sections)
	for i := range sections {
		sections[i].Paragraphs = slices.Clone(sections[i].Paragraphs)
	}
	return sections
}

// faults are the codes for which an edit is refused.
func faults(t require.TestingT, err error) []models.RefusalCode {
	var refused *inspection.EditError
	require.ErrorAs(t, err, &refused)
	var codes []models.RefusalCode
	for _, fault := range refused.Faults {
		codes = append(codes, fault.Code)
	}
	first, known := models.AsRefusal(err)
	require.True(t, known)
	require.Equal(t, codes[0], first.Code)
	return codes
}

func TestWordsMayBeChangedMovedAddedAndDeleted(t *testing.T) {
	bulletin := inspection.Draft(aSnapshot())
	sections := copied(bulletin)
	sections[1].Paragraphs = []string{"各单位加强调度，同一事项不再重复填报。", sections[1].Paragraphs[1], "　"}
	slices.Reverse(sections[0].Paragraphs)
	edited, err := inspection.Edit(bulletin, sections)
	require.NoError(t, err)
	require.Len(t, edited.Sections[1].Paragraphs, 2, "the empty one is gone")
	require.Equal(t, bulletin.Figures, edited.Figures, "figures out of the text can be put back")
	require.Contains(t, inspection.Render(edited), "加强调度")
	again := copied(edited)
	again[1].Paragraphs = append(again[1].Paragraphs, bulletin.Sections[1].Paragraphs[0])
	edited, err = inspection.Edit(edited, again)
	require.NoError(t, err)
	require.Contains(t, inspection.Render(edited), "首位的是和平区，应完成36个")
}

func TestAnEditIsRefusedWithThePlaceAndWhatIsWrongThere(t *testing.T) {
	bulletin := inspection.Draft(aSnapshot())
	name := tokenWhere(t, bulletin, func(f inspection.Figure) bool { return f.Value == "宁河县" })
	for added, code := range map[string]models.RefusalCode{
		"本季度新增12家。":               inspection.RefusedFreeNumber,
		"本季度新增１２家。":               inspection.RefusedFreeNumber,
		"本季度新增十二家。":               inspection.RefusedFreeNumber,
		"增长百分之三十。":                inspection.RefusedFreeNumber,
		"{{f9999}}完成较好。":          inspection.RefusedFigureUnknown,
		"{{f1}":                   inspection.RefusedFigureUnknown,
		"{{F1}}":                  inspection.RefusedFigureUnknown,
		"再次说明{{f1}}。":             inspection.RefusedFigureTwice,
		"<b>通报</b>":               inspection.RefusedText,
		"通报\u202e报通":              inspection.RefusedText,
		"通报\x00":                  inspection.RefusedText,
		"第一行\n第二行":                inspection.RefusedText,
		"\xff\xfe":                inspection.RefusedText,
		strings.Repeat("长", 4001): inspection.RefusedTextLong,
		name:                      inspection.RefusedFigureTwice,
	} {
		_, err := inspection.Edit(bulletin, with(bulletin, inspection.SectionNext, added))
		require.Contains(t, faults(t, err), code, added)
		refusal, _ := models.AsRefusal(err)
		require.Equal(t, "next", refusal.Params["section"], added)
		require.Equal(t, itoa(len(bulletin.Sections[3].Paragraphs)+1), refusal.Params["paragraph"], added)
		require.NotEmpty(t, refusal.Params["found"], added)
	}
}

// tokenWhere is the token of the first figure of which something holds.
func tokenWhere(t *testing.T, bulletin inspection.Bulletin, holds func(inspection.Figure) bool) string {
	t.Helper()
	for _, section := range bulletin.Sections {
		for _, paragraph := range section.Paragraphs {
			for _, segment := range bulletin.Segments(paragraph) {
				if segment.Figure != "" && holds(bulletin.Figures[segment.Figure]) {
					return "{{" + string(segment.Figure) + "}}"
				}
			}
		}
	}
	t.Fatal("no such figure")
	return ""
}

func TestAKeptFigureMayMoveButNotBeDroppedAndPraiseMayBeCut(t *testing.T) {
	bulletin := inspection.Draft(aSnapshot())
	sections := copied(bulletin)
	sections[1].Paragraphs = nil
	_, err := inspection.Edit(bulletin, sections)
	require.NoError(t, err)
	for i := range sections[2].Paragraphs {
		dropped := copied(bulletin)
		dropped[2].Paragraphs = slices.Delete(dropped[2].Paragraphs, i, i+1)
		_, err := inspection.Edit(bulletin, dropped)
		if strings.Contains(bulletin.Sections[2].Paragraphs[i], "{{") {
			require.Contains(t, faults(t, err), inspection.RefusedFigureDropped, bulletin.Sections[2].Paragraphs[i])
			continue
		}
		require.NoError(t, err, "a mere heading")
	}
}

func TestAValueThatWasWrittenOverIsRefusedNotIgnored(t *testing.T) {
	bulletin := inspection.Draft(aSnapshot())
	sections := asEditor(bulletin)
	sections[0].Paragraphs[4] = strings.Replace(sections[0].Paragraphs[4], "|267个}}", "|268个}}", 1)
	_, err := inspection.Edit(bulletin, sections)
	require.Equal(t, []models.RefusalCode{inspection.RefusedFigureChanged}, faults(t, err))
	require.ErrorContains(t, err, "267个 → 268个")
}

func TestAFigureCannotBePutBehindAnotherUnitsName(t *testing.T) {
	bulletin := inspection.Draft(aSnapshot())
	sections := copied(bulletin)
	late := slices.IndexFunc(sections[2].Paragraphs, func(p string) bool { return strings.HasPrefix(bulletin.RenderParagraph(p), "河西区") })
	first, second := sections[2].Paragraphs[late], sections[2].Paragraphs[late+1]
	swap := func(a, b string) string { return a[:strings.Index(a, "：")] + b[strings.Index(b, "："):] }
	sections[2].Paragraphs[late], sections[2].Paragraphs[late+1] = swap(first, second), swap(second, first)
	_, err := inspection.Edit(bulletin, sections)
	for _, code := range faults(t, err) {
		require.Equal(t, inspection.RefusedFigureAstray, code)
	}
}

func TestChaptersStayWhatTheyAre(t *testing.T) {
	bulletin := inspection.Draft(aSnapshot())
	reversed := copied(bulletin)
	slices.Reverse(reversed)
	for _, sections := range [][]inspection.Section{nil, reversed, bulletin.Sections[1:]} {
		_, err := inspection.Edit(bulletin, sections)
		require.Equal(t, []models.RefusalCode{inspection.RefusedSections}, faults(t, err))
	}
}

func TestNoEditEverChangesANumber(t *testing.T) {
	bulletin := inspection.Draft(aSnapshot())
	ids := make([]string, 0, len(bulletin.Figures)+3)
	for id := range bulletin.Figures {
		ids = append(ids, "{{"+string(id)+"}}")
	}
	slices.Sort(ids)
	pieces := append(ids, "{{f0}}", "{{f1|9}}", "{{", "}}", "加强", "两手抓", "7", "三个", "第一，", "《第9号》", "｛", "②", "%", "。")
	rapid.Check(t, func(t *rapid.T) {
		sections := copied(bulletin)
		for range rapid.IntRange(1, 4).Draw(t, "edits") {
			section := &sections[rapid.IntRange(0, 3).Draw(t, "section")]
			paragraph := strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 1, 5).Draw(t, "pieces"), "")
			if at := rapid.IntRange(0, len(section.Paragraphs)).Draw(t, "at"); at < len(section.Paragraphs) && rapid.Bool().Draw(t, "replaced") {
				section.Paragraphs[at] = paragraph
			} else {
				section.Paragraphs = slices.Insert(section.Paragraphs, at, paragraph)
			}
		}
		edited, err := inspection.Edit(bulletin, sections)
		if err != nil {
			require.NotEmpty(t, faults(t, err))
			return
		}
		require.Equal(t, bulletin.Figures, edited.Figures)
		require.Equal(t, bulletin.Annexes, edited.Annexes)
		for _, section := range edited.Sections {
			for _, paragraph := range section.Paragraphs {
				for _, segment := range edited.Segments(paragraph) {
					if segment.Figure == "" {
						require.NotContains(t, segment.Text, "7")
						require.NotContains(t, segment.Text, "三个")
						require.NotContains(t, segment.Text, "②")
					}
				}
			}
		}
	})
}

func TestAnEditErrorIsFoundByItsKind(t *testing.T) {
	_, err := inspection.Edit(inspection.Draft(aSnapshot()), nil)
	var refusal *models.Refusal
	require.True(t, errors.As(err, &refusal))
}
