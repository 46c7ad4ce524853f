package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

func TestClaimsAreFoundThatShareAnAddressWithOneOfAnotherEnterprise(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		record := store.Record{ID: "none", Obligation: models.ObligationID{Plan: "p", Cadre: "c"}}
		found, err := archive.AlikeClaims(t.Context(), record)
		require.NoError(t, err)
		require.Empty(t, found, "nothing is like an empty claim")

		_, err = archive.SQL().ExecContext(t.Context(), `INSERT INTO records
			(id, plan, cadre, unit, unit_path, kind, enterprise_key, enterprise_name, occurred_on, established_on, address, legal_person, phone,
			 summary, result, state, stage, version, return_count, dispute, created_at, updated_at)
			VALUES ('other', 'p', 'd', 'u', '/u/', 'found', 'B', '乙', '', '', '甲路1号', '', '', '', '', 'credited', '', 1, 0, '', ?, ?),
			       ('draft', 'p', 'd', 'u', '/u/', 'found', 'C', '丙', '', '', '甲路1号', '', '', '', '', 'draft', '', 1, 0, '', ?, ?),
			       ('same', 'p', 'd', 'u', '/u/', 'found', 'A', '甲', '', '', '甲路1号', '', '', '', '', 'credited', '', 1, 0, '', ?, ?)`,
			time.Now(), time.Now(), time.Now(), time.Now(), time.Now(), time.Now())
		require.NoError(t, err)
		read, err := archive.Record(t.Context(), store.Everything(), "other")
		require.NoError(t, err)
		require.Equal(t, "甲路1号", read.Content.Address)
		require.NoError(t, archive.Migrate(t.Context()), "rows of an older program are filled in")
		record.Content = store.Content{Enterprise: "A", Address: "甲路1号"}
		found, err = archive.AlikeClaims(t.Context(), record)
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, models.RecordID("other"), found[0].ID)
	})
}

func TestClaimsAreFoundThatShareATelephoneWrittenInAnotherWay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		town := aTown(t, archive)
		first, second := town.enrolled("c-1", "120101"), town.enrolled("c-2", "120101")
		first.submitted("r-1", models.Found, modelstest.Enterprise(1))
		draft := second.draft("r-2", models.Found, modelstest.Enterprise(2))
		_, err := archive.EditDraft(t.Context(), "r-2", draft.Version, store.Content{
			Kind: models.Found, Enterprise: modelstest.Enterprise(2), Phone: "022-27300001", Address: "甲路１号",
		}, second.now)
		require.NoError(t, err)
		_, err = archive.SQL().ExecContext(t.Context(), "UPDATE records SET state = 'under-review' WHERE id = 'r-2'")
		require.NoError(t, err)
		for _, alike := range []store.Content{{Phone: "02227300001"}, {Phone: "（０２２）2730 0001"}, {Address: "甲路 1号"}} {
			found, err := archive.AlikeClaims(t.Context(), store.Record{ID: "r-3", Obligation: first.id, Content: alike})
			require.NoError(t, err)
			require.Len(t, found, 1, alike)
			require.Equal(t, models.RecordID("r-2"), found[0].ID)
		}
		found, err := archive.AlikeClaims(t.Context(), store.Record{ID: "r-3", Obligation: first.id, Content: store.Content{Phone: "无", Address: "-"}})
		require.NoError(t, err)
		require.Empty(t, found, "what says nothing is like nothing")
	})
}
