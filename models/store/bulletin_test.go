package store_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

// bulletins is a cycle whose commands are decided and written without an engine.
type bulletins struct {
	*town
	id    inspection.ID
	given int
}

// drafted is a cycle that is frozen, reported on, and drafted.
func (w *town) drafted(quarter string) *bulletins {
	w.t.Helper()
	b := &bulletins{town: w, id: cycle(quarter)}
	at := b.id.Quarter.End().Add(33 * time.Hour)
	open, err := w.archive.PrepareInspection(w.t.Context(), b.id, at)
	require.NoError(w.t, err)
	b.must("inspector", open, at)
	sealed := w.frozen(w.t, b.id, open.CutOff)
	b.must("system", inspection.Freeze{Snapshot: sealed.Digest, Obligations: sealed.Obligations, Goals: sealed.Goals, Credits: sealed.Credits}, at)
	b.must("system", inspection.AskReports{Due: at.AddDate(0, 0, 14)}, at)
	text, err := w.archive.DraftBulletin(w.t.Context(), b.id, 1, models.SystemAccount, at)
	require.NoError(w.t, err)
	b.must("system", inspection.DraftBulletin{Digest: text.Digest}, at)
	return b
}

func (b *bulletins) cycle() *inspection.Inspection {
	b.t.Helper()
	found, err := b.archive.Cycle(b.t.Context(), b.id)
	require.NoError(b.t, err)
	return found
}

// give decides a command on what the archive holds and appends it.
func (b *bulletins) give(account models.AccountID, body inspection.CommandBody, at time.Time) (store.AppendResult, error) {
	aggregate, err := b.archive.InspectionSubject(b.t.Context(), b.id.Subject())
	if err != nil {
		return store.AppendResult{}, err
	}
	b.given++
	command := inspection.Command{
		ID: models.CommandID(fmt.Sprintf("%s/%d", b.id, b.given)), At: at, Actor: models.Actor{Account: account}, Body: body,
	}
	events, err := aggregate.Decide(command)
	if err != nil {
		return store.AppendResult{}, err
	}
	result, _, err := b.archive.AppendInspection(b.t.Context(), store.InspectionAppend{
		Command: command, Expected: aggregate.Log().Sequence, Events: events, Now: at,
	})
	return result, err
}

func (b *bulletins) must(account models.AccountID, body inspection.CommandBody, at time.Time) {
	b.t.Helper()
	result, err := b.give(account, body, at)
	require.NoError(b.t, err, "%s", body.CommandKind())
	require.Equal(b.t, store.Appended, result.Outcome, "%s: %v", body.CommandKind(), result.Refusal)
}

// asked has the text sent to the signers, and signed by the first.
func (b *bulletins) asked(at time.Time) {
	b.t.Helper()
	current, _ := b.cycle().Current()
	b.must("inspector", inspection.AskSignatures{Version: current.Version}, at)
	b.must("signer-1", inspection.Sign{Digest: current.Digest}, at)
}

// issued has it signed by two, and its files registered.
func (b *bulletins) issued(at time.Time) inspection.BulletinState {
	b.t.Helper()
	b.asked(at)
	current, _ := b.cycle().Current()
	b.must("signer-2", inspection.Sign{Digest: current.Digest}, at)
	files, err := b.archive.BulletinFiles(b.t.Context(), b.key(current.Ordinal))
	require.NoError(b.t, err)
	b.must("system", inspection.KeepFiles{Ordinal: current.Ordinal, Files: inspection.Digests(files)}, at)
	return b.cycle().Bulletins[current.Ordinal-1]
}

func (b *bulletins) key(ordinal int) store.BulletinKey {
	return store.BulletinKey{Inspection: b.id, Ordinal: ordinal}
}

// sections are the present words of the bulletin that is being written.
func (b *bulletins) sections() []inspection.Section {
	b.t.Helper()
	current, _ := b.cycle().Current()
	kept, err := b.archive.KeptBulletin(b.t.Context(), b.key(current.Ordinal), current.Digest)
	require.NoError(b.t, err)
	return kept.Bulletin.Sections
}

// says adds a sentence to the chapter on what was done well.
func (b *bulletins) says(sentence string, at time.Time) {
	b.t.Helper()
	sections := b.sections()
	sections[1].Paragraphs = append(sections[1].Paragraphs, sentence)
	current, _ := b.cycle().Current()
	text, err := b.archive.EditBulletin(b.t.Context(), b.key(current.Ordinal), sections, "inspector", at)
	require.NoError(b.t, err)
	b.must("inspector", inspection.EditBulletin{Version: current.Version, Digest: text.Digest}, at)
}

// faults are the checks of a bulletin that are not good.
func (b *bulletins) faults(ordinal int) []store.BulletinCheck {
	b.t.Helper()
	checks, err := b.archive.VerifyBulletin(b.t.Context(), b.key(ordinal))
	require.NoError(b.t, err)
	var faults []store.BulletinCheck
	for _, check := range checks {
		if !check.Good {
			faults = append(faults, check)
		}
	}
	return faults
}

func TestNumbersOfBulletinsHaveNeitherGapsNorTwinsHoweverManyIssueAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		town.enrolled("c-0001", "120101")
		at := models.MustDate("2016-01-20").Start().Add(10 * time.Hour)
		var all []*bulletins
		for _, quarter := range []string{"2013Q1", "2013Q2", "2013Q3", "2013Q4", "2014Q1", "2014Q2", "2014Q3", "2014Q4"} {
			b := town.drafted(quarter)
			b.asked(at)
			all = append(all, b)
		}
		var group sync.WaitGroup
		errs := make([]error, len(all))
		for i, b := range all {
			group.Go(func() {
				current, _ := b.cycle().Current()
				var result store.AppendResult
				if result, errs[i] = b.give("signer-2", inspection.Sign{Digest: current.Digest}, at); errs[i] == nil && result.Outcome != store.Appended {
					errs[i] = fmt.Errorf("%s: %w", result.Outcome, result.Refusal)
				}
			})
		}
		group.Wait()
		numbers := map[int]bool{}
		for i, b := range all {
			require.NoError(t, errs[i])
			state := b.cycle().Bulletins[0]
			require.Equal(t, 2016, state.Year)
			numbers[state.Number] = true
		}
		for number := range len(all) {
			require.True(t, numbers[number+1], "number %d is missing: %v", number+1, numbers)
		}
	})
}

func TestATransactionThatFailsAfterTakingANumberLeavesNoGap(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		at := models.MustDate("2013-07-10").Start().Add(10 * time.Hour)
		b := town.drafted("2013Q2")
		b.asked(at)
		current, _ := b.cycle().Current()
		town.execute("ALTER TABLE bulletins RENAME TO bulletins_away")
		_, err := b.give("signer-2", inspection.Sign{Digest: current.Digest}, at)
		require.Error(t, err, "the projection fails after the number was taken")
		town.execute("ALTER TABLE bulletins_away RENAME TO bulletins")
		require.Equal(t, inspection.BulletinSigning, b.cycle().Bulletins[0].Stage)
		b.must("signer-2", inspection.Sign{Digest: current.Digest}, at)
		require.Equal(t, 1, b.cycle().Bulletins[0].Number)
	})
}

func TestTheFilesOfAnIssuedBulletinStayTheSameBytesForEver(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		duty := town.enrolled("c-0001", "120101").credited("r-1", models.Found, modelstest.Enterprise(1))
		b := town.drafted("2013Q2")
		at := models.MustDate("2013-07-10").Start().Add(10 * time.Hour)
		b.says("各单位领导重视，措施具体。", at)
		state := b.issued(at)
		require.Len(t, state.Files, len(inspection.FileNames))
		require.Empty(t, b.faults(1))

		// The office changes its letterhead, the unit its name, the duty goes on, and
		// another quarter is issued.
		head := inspection.StandardLetterhead()
		head.Word, head.Agency = "津督", "天津市人民政府督查室文件"
		require.NoError(t, archive.SaveInspectionRules(t.Context(), 1, inspection.StandardRules(), head))
		town.now = at
		duty.credited("r-2", models.Introduce, modelstest.Enterprise(2))
		town.execute("UPDATE units SET name = '另一个名称' WHERE unit_id = '120101'")
		next := town.drafted("2013Q3")
		second := next.issued(models.MustDate("2013-10-15").Start())
		require.Equal(t, 2, second.Number)
		files, err := archive.BulletinFiles(t.Context(), b.key(1))
		require.NoError(t, err)
		require.Equal(t, state.Files, inspection.Digests(files))
		require.Empty(t, b.faults(1))
		kept, _, err := archive.IssuedBulletin(t.Context(), next.key(1))
		require.NoError(t, err)
		require.Equal(t, "津督〔2013〕2号", kept.Bulletin.NumberText(second))

		// Another database gives the same bytes from the same rows.
		other := storetest.Open(t, map[string]string{store.SQLite: store.MySQL, store.MySQL: store.SQLite}[archive.Driver()])
		text, err := archive.BulletinText(t.Context(), b.key(1), state.Digest)
		require.NoError(t, err)
		require.NoError(t, other.SaveBulletinText(t.Context(), text))
		there, err := other.KeptBulletin(t.Context(), b.key(1), state.Digest)
		require.NoError(t, err)
		again, err := there.Bulletin.FileDigests(state)
		require.NoError(t, err)
		require.Equal(t, state.Files, again)
	})
}

func TestTheSameSnapshotGivesTheSameDraftOnBothDatabases(t *testing.T) {
	digests := map[string][]inspection.FileDigest{}
	for _, driver := range storetest.Drivers {
		town := aTown(t, storetest.Open(t, driver))
		town.enrolled("c-0001", "120101").credited("r-1", models.Found, modelstest.Enterprise(1))
		town.enrolled("c-0002", "120102")
		digests[driver] = town.drafted("2013Q2").issued(models.MustDate("2013-07-10").Start()).Files
	}
	require.NotEmpty(t, digests[store.SQLite])
	require.Equal(t, digests[store.SQLite], digests[store.MySQL])
}

func TestAChangedRowBehindABulletinIsDetectedAndNamed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		town.enrolled("c-0001", "120101").credited("r-1", models.Found, modelstest.Enterprise(1))
		b := town.drafted("2013Q2")
		b.issued(models.MustDate("2013-07-10").Start())
		require.Empty(t, b.faults(1))
		for change, back := range map[string]string{
			"UPDATE snapshot_goals SET met = 0 WHERE cadre = 'c-0001' AND kind = 'found'": "UPDATE snapshot_goals SET met = 1 WHERE cadre = 'c-0001' AND kind = 'found'",
		} {
			town.execute(change)
			faults := b.faults(1)
			require.Len(t, faults, 2, "%+v", faults)
			require.Equal(t, store.CheckRows, faults[0].Code)
			require.Contains(t, faults[0].Detail(), "和平区（120101）")
			require.Equal(t, store.CheckUnits, faults[1].Code)
			require.Contains(t, faults[1].Detail(), "计入完成0")
			town.execute(back)
		}
		town.execute("UPDATE bulletin_register SET number = 2")
		faults := b.faults(1)
		require.Len(t, faults, 1)
		require.Equal(t, store.CheckRegister, faults[0].Code)
		town.execute("UPDATE bulletin_register SET number = 1")

		town.execute("UPDATE bulletin_texts SET content = REPLACE(content, '和平区', '河西区')")
		codes := map[store.BulletinCheckCode]bool{}
		for _, fault := range b.faults(1) {
			codes[fault.Code] = true
		}
		require.True(t, codes[store.CheckText] && codes[store.CheckFigures] && codes[store.CheckFile], "%v", codes)
	})
}

func TestAnIssuedBulletinIsNeverEditedAndACorrectionTakesItsOwnNumber(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		town.enrolled("c-0001", "120101")
		b := town.drafted("2013Q2")
		at := models.MustDate("2013-07-10").Start().Add(10 * time.Hour)
		sections := b.sections()
		first := b.issued(at)
		for _, body := range []inspection.CommandBody{
			inspection.DraftBulletin{Digest: "x"},
			inspection.EditBulletin{Version: first.Version, Digest: "x"},
			inspection.Recall{},
			inspection.OpenComments{Version: first.Version, Due: at.AddDate(0, 0, 1)},
			inspection.AskSignatures{Version: first.Version},
			inspection.Sign{Digest: first.Digest},
			inspection.KeepFiles{Ordinal: 1, Files: first.Files},
			inspection.Cancel{},
		} {
			_, err := b.give("someone", body, at)
			_, refused := models.AsRefusal(err)
			require.True(t, refused, "%s: %v", body.CommandKind(), err)
		}
		_, err := archive.EditBulletin(t.Context(), b.key(1), sections, "inspector", at)
		require.ErrorIs(t, err, store.ErrBulletin)
		_, err = archive.RedraftBulletin(t.Context(), b.key(1), "inspector", at)
		require.ErrorIs(t, err, store.ErrBulletin)

		text, err := archive.CorrectBulletin(t.Context(), b.id, "inspector", at)
		require.NoError(t, err)
		b.must("inspector", inspection.BeginCorrection{Digest: text.Digest}, at)
		b.says("更正后补充：措施更加具体。", at)
		second := b.issued(at.AddDate(0, 0, 1))
		require.Equal(t, []int{1, 2}, []int{first.Number, second.Number})
		kept, _, err := archive.IssuedBulletin(t.Context(), b.key(2))
		require.NoError(t, err)
		require.Equal(t, "津政督〔2013〕1号", kept.Bulletin.Corrects)
		annex := kept.Bulletin.Annexes[len(kept.Bulletin.Annexes)-1]
		require.Equal(t, inspection.AnnexCorrection, annex.Code)
		require.Contains(t, fmt.Sprint(annex.Rows), "措施更加具体")
		require.Empty(t, b.faults(1))
		require.Empty(t, b.faults(2))
		require.Equal(t, first, b.cycle().Bulletins[0])
	})
}

func TestARedraftTakesNewFiguresAndKeepsTheWords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		town.enrolled("c-0001", "120101")
		b := town.drafted("2013Q2")
		at := models.MustDate("2013-07-10").Start().Add(10 * time.Hour)
		b.says("各单位领导重视，措施具体。", at)
		text, err := archive.RedraftBulletin(t.Context(), b.key(1), "inspector", at)
		require.NoError(t, err)
		b.must("inspector", inspection.DraftBulletin{Digest: text.Digest}, at)
		require.Contains(t, fmt.Sprint(b.sections()), "各单位领导重视，措施具体。")
		_, err = archive.EditBulletin(t.Context(), b.key(1), append(b.sections()[:1:1], b.sections()[2:]...), "inspector", at)
		var faults *inspection.EditError
		require.ErrorAs(t, err, &faults)
	})
}

func TestTheWorkbookAddsUpToTheFrozenRows(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		town.enrolled("c-0001", "120101").credited("r-1", models.Found, modelstest.Enterprise(1))
		town.enrolled("c-0002", "120102").credited("r-2", models.Introduce, modelstest.Enterprise(2))
		town.enrolled("c-0003", "120102")
		b := town.drafted("2013Q2")
		state := b.issued(models.MustDate("2013-07-10").Start())
		kept, _, err := archive.IssuedBulletin(t.Context(), b.key(1))
		require.NoError(t, err)
		var file bytes.Buffer
		require.NoError(t, kept.Bulletin.WriteFile(&file, inspection.FileAnnexes, state))
		book, err := excelize.OpenReader(&file)
		require.NoError(t, err)
		rows, err := book.GetRows(book.GetSheetList()[0])
		require.NoError(t, err)
		var required, met int
		for _, row := range rows {
			if len(row) > 5 && row[1] == "合计" {
				required, _ = strconv.Atoi(row[2])
				met, _ = strconv.Atoi(row[4])
			}
		}
		var wantRequired, wantMet int
		require.NoError(t, archive.SQL().QueryRowContext(t.Context(),
			"SELECT SUM(required), SUM(met) FROM snapshot_goals").Scan(&wantRequired, &wantMet))
		require.Equal(t, []int{wantRequired, wantMet}, []int{required, met}, "%v", rows)
		require.Equal(t, 9, required)
		require.Equal(t, 2, met)
	})
}

func TestAKeptBulletinIsReadBackAsItWasKept(t *testing.T) {
	archive := storetest.Open(t, store.SQLite)
	town := aTown(t, archive)
	b := town.drafted("2013Q2")
	current, _ := b.cycle().Current()
	text, err := archive.BulletinText(t.Context(), b.key(1), current.Digest)
	require.NoError(t, err)
	kept, err := archive.KeptBulletin(t.Context(), b.key(1), current.Digest)
	require.NoError(t, err)
	again, err := kept.Bulletin.Canonical()
	require.NoError(t, err)
	require.Equal(t, text.Content, string(again))
	figures, err := json.Marshal(kept.Snapshot)
	require.NoError(t, err)
	require.JSONEq(t, text.Snapshot, string(figures))
}
