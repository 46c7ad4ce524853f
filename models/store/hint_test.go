package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
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
		record.Content = store.Content{Enterprise: "A", Address: "甲路1号"}
		found, err = archive.AlikeClaims(t.Context(), record)
		require.NoError(t, err)
		require.Len(t, found, 1)
		require.Equal(t, models.RecordID("other"), found[0].ID)
	})
}
