package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

const (
	anotherShare = `UPDATE bulletin_texts SET snapshot = REPLACE(snapshot, '"Reported":"298"', '"Reported":"198"')`
	theShare     = `UPDATE bulletin_texts SET snapshot = REPLACE(snapshot, '"Reported":"198"', '"Reported":"298"')`
)

// aShareNobodyPrints is a drafted bulletin whose figures hold the share of one
// office of a group; the bulletin shows the city's sum only.
func aShareNobodyPrints(t *testing.T, archive *store.Archive) *bulletins {
	w := aTown(t, archive)
	w.departments()
	require.NoError(t, archive.SaveUnits(t.Context(), []models.Unit{
		{ID: "office-1", Path: "/tj/office-1/", Name: "甲办", Kind: models.UnitOffice, Parent: "tj"},
		{ID: "office-2", Path: "/tj/office-2/", Name: "乙办", Kind: models.UnitOffice, Parent: "tj"},
		{ID: "both", Path: "/tj/both/", Name: "两个办公室", Kind: models.UnitGroup, Parent: "tj", Members: []models.UnitID{"office-1", "office-2"}},
	}))
	w.tells("2013Q2", "office-1", 5, "298")
	w.tells("2013Q2", "office-2", 5, "1")
	return w.drafted("2013Q2")
}

func requireFiguresFault(t *testing.T, faults []store.BulletinCheck) {
	t.Helper()
	require.Len(t, faults, 1, "%+v", faults)
	require.Equal(t, store.CheckFigures, faults[0].Code)
	require.Contains(t, faults[0].Detail(), "随文保存的数据的摘要")
}

func TestAChangedFigureThatNoTextPrintsIsDetectedWhenTheFilesAreMadeAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		b := aShareNobodyPrints(t, archive)
		at := models.MustDate("2013-07-10").Start().Add(10 * time.Hour)
		b.issued(at)
		require.Empty(t, b.faults(1))
		b.execute(anotherShare)
		requireFiguresFault(t, b.faults(1))
		b.execute(theShare)
		require.Empty(t, b.faults(1))

		text, err := archive.CorrectBulletin(t.Context(), b.id, "inspector", at)
		require.NoError(t, err)
		b.must("inspector", inspection.BeginCorrection{Digest: text.Digest}, at)
		b.issued(at.AddDate(0, 0, 1))
		require.Empty(t, b.faults(2), "a correction is bound to figures of its own")
	})
}

func TestOtherWordsDoNotHideThatAFigureWasChangedBeforehand(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		b := aShareNobodyPrints(t, archive)
		at := models.MustDate("2013-07-10").Start().Add(10 * time.Hour)
		b.execute(anotherShare)
		b.says("各单位领导重视，措施具体。", at)
		b.issued(at)
		requireFiguresFault(t, b.faults(1))
	})
}

func TestABulletinFromBeforeItsFiguresWereBoundIsTakenAsItIs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		b := aShareNobodyPrints(t, archive)
		at := models.MustDate("2013-07-10").Start().Add(10 * time.Hour)
		current, _ := b.cycle().Current()
		text, err := archive.BulletinText(t.Context(), b.key(1), current.Digest)
		require.NoError(t, err)
		kept, err := archive.KeptBulletin(t.Context(), b.key(1), current.Digest)
		require.NoError(t, err)
		old := kept.Bulletin
		old.FiguresDigest = ""
		content, err := old.Canonical()
		require.NoError(t, err)
		require.NotContains(t, string(content), "figuresDigest")
		text.Content = string(content)
		text.Digest, err = old.Digest()
		require.NoError(t, err)
		require.NoError(t, archive.SaveBulletinText(t.Context(), text))
		b.must("inspector", inspection.EditBulletin{Version: current.Version, Digest: text.Digest}, at)
		b.issued(at)
		require.Empty(t, b.faults(1))
	})
}
