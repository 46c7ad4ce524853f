package store_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

func TestModelsAndMigratedTablesHaveTheSameColumns(t *testing.T) {
	models, err := store.ModelColumns()
	require.NoError(t, err)
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		tables, err := archive.TableColumns(t.Context())
		require.NoError(t, err)
		for table, columns := range tables {
			require.ElementsMatch(t, columns, models[table], "table %s", table)
		}
		for table := range models {
			require.Contains(t, tables, table)
		}
	})
}
