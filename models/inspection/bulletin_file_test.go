package inspection_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"bangfu/models"
	"bangfu/models/inspection"
)

func issuedState() inspection.BulletinState {
	return inspection.BulletinState{
		Ordinal: 1, Stage: inspection.BulletinIssued, Version: 3, Year: 2015, Number: 5, IssuedOn: models.MustDate("2015-01-20"),
	}
}

func fileOf(t *testing.T, bulletin inspection.Bulletin, name inspection.FileName, state inspection.BulletinState) []byte {
	t.Helper()
	var file bytes.Buffer
	require.NoError(t, bulletin.WriteFile(&file, name, state))
	return file.Bytes()
}

var markup = regexp.MustCompile(`<[^>]*>`)

// docxWords are all words of a docx, without its markup.
func docxWords(t *testing.T, file []byte) string {
	t.Helper()
	archive, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	require.NoError(t, err)
	part, err := archive.Open("word/document.xml")
	require.NoError(t, err)
	text, err := io.ReadAll(part)
	require.NoError(t, err)
	return markup.ReplaceAllString(string(text), "")
}

func TestTheFilesOfAnIssuedBulletinNameItsNumberAndDay(t *testing.T) {
	bulletin := inspection.Draft(aSnapshot())
	for _, name := range []inspection.FileName{inspection.FileOfficial, inspection.FileBrief} {
		words := docxWords(t, fileOf(t, bulletin, name, issuedState()))
		require.Contains(t, words, "2015年1月20日", name)
		require.NotContains(t, words, "未印发", name)
	}
	require.Contains(t, docxWords(t, fileOf(t, bulletin, inspection.FileOfficial, issuedState())), "津政督〔2015〕5号")
	require.Contains(t, docxWords(t, fileOf(t, bulletin, inspection.FileBrief, issuedState())), "第5期")
}

func TestADraftSaysThatItIsOneAndCarriesNoNumber(t *testing.T) {
	bulletin := inspection.Draft(aSnapshot())
	for stage, mark := range map[inspection.BulletinStage]string{
		inspection.BulletinDrafting: "草稿，未印发", inspection.BulletinCommenting: "征求意见稿", inspection.BulletinSigning: "送签稿，未印发",
	} {
		for _, name := range []inspection.FileName{inspection.FileOfficial, inspection.FileBrief} {
			words := docxWords(t, fileOf(t, bulletin, name, inspection.BulletinState{Ordinal: 1, Stage: stage}))
			require.Contains(t, words, mark, name)
			require.NotContains(t, words, "津政督〔", name)
		}
	}
}

func TestFilesKeepTheLetterheadThatTheBulletinWasDraftedUnder(t *testing.T) {
	snapshot := aSnapshot()
	snapshot.Letterhead = inspection.StandardLetterhead()
	snapshot.Letterhead.Word, snapshot.Letterhead.Agency = "津督", "天津市人民政府督查室文件"
	bulletin := inspection.Draft(snapshot)
	text, err := bulletin.Canonical()
	require.NoError(t, err)
	var again inspection.Bulletin
	require.NoError(t, json.Unmarshal(text, &again))
	first, err := bulletin.FileDigests(issuedState())
	require.NoError(t, err)
	second, err := again.FileDigests(issuedState())
	require.NoError(t, err)
	require.Equal(t, first, second)
	require.Contains(t, docxWords(t, fileOf(t, again, inspection.FileOfficial, issuedState())), "津督〔2015〕5号")
	require.ErrorIs(t, inspection.Letterhead{}.Check(), inspection.ErrLetterhead)
}

func TestNoFileNamesAnIndividual(t *testing.T) {
	snapshot := aSnapshot()
	snapshot.Individuals = []inspection.IndividualFigures{{
		Obligation: models.ObligationID{Plan: snapshot.Plan, Cadre: "TJ-0001"}, Name: "某某某", Unit: "120103", UnitName: "河西区",
		Kind: models.Found, DueOn: models.MustDate("2014-12-31"),
	}}
	bulletin := inspection.Draft(snapshot)
	require.True(t, bulletin.Annexes[len(bulletin.Annexes)-1].Restricted)
	require.NotContains(t, docxWords(t, fileOf(t, bulletin, inspection.FileOfficial, issuedState())), "某某某")
	book, err := excelize.OpenReader(bytes.NewReader(fileOf(t, bulletin, inspection.FileAnnexes, issuedState())))
	require.NoError(t, err)
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		require.NoError(t, err)
		for _, row := range rows {
			require.NotContains(t, strings.Join(row, " "), "某某某")
		}
	}
}

func TestAFigureThatWasWrittenOverIsNamed(t *testing.T) {
	snapshot := aSnapshot()
	bulletin := inspection.Draft(snapshot)
	require.Empty(t, inspection.Prove(bulletin, snapshot))
	require.Empty(t, inspection.ProveUnits(snapshot, snapshot.Units))

	changed := bulletin.Figures["f2"]
	changed.Value = "99"
	forged := inspection.Draft(snapshot)
	forged.Figures["f2"] = changed
	misfits := inspection.Prove(forged, snapshot)
	require.Len(t, misfits, 1)
	require.Contains(t, misfits[0].What, "f2")
	require.Equal(t, "99个", misfits[0].Stated)

	forged = inspection.Draft(snapshot)
	forged.Annexes[0].Rows[1].Cells[4] = "1"
	require.NotEmpty(t, inspection.Prove(forged, snapshot))

	units := aSnapshot().Units
	units[3].Met++
	found := inspection.ProveUnits(snapshot, units)
	require.Len(t, found, 1)
	require.Contains(t, found[0].What, "南开区")
	require.Len(t, inspection.ProveUnits(snapshot, units[:5]), len(units)-5+1)
}

func TestFilesAreRegisteredOnceAndOnlyOfAnIssuedBulletin(t *testing.T) {
	cycle := &inspection.Inspection{
		Stage: inspection.StageIssued, Position: inspection.Position{Subject: "inspection/p/2014Q4", Sequence: 9},
		Bulletins: []inspection.BulletinState{issuedState()},
	}
	require.False(t, cycle.Over(), "its files are not registered yet")
	files := []inspection.FileDigest{{Name: inspection.FilePDF, SHA256: strings.Repeat("0", 64), Size: 1}}
	keep := func(ordinal int) ([]inspection.Event, error) {
		return cycle.Decide(inspection.Command{ID: "k", Body: inspection.KeepFiles{Ordinal: ordinal, Files: files}})
	}
	_, err := keep(2)
	require.Error(t, err)
	events, err := keep(1)
	require.NoError(t, err)
	cycle.Apply(events[0])
	require.True(t, cycle.Over())
	require.Equal(t, files, cycle.Bulletins[0].Files)
	_, err = keep(1)
	refusal, refused := models.AsRefusal(err)
	require.True(t, refused)
	require.Equal(t, inspection.RefusedBulletin, refusal.Code)
}
