package store_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models/store"
	"bangfu/models/store/storetest"
)

func TestACodeOfTheSecondFactorIsGoodOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, archive *store.Archive) {
		now := time.Now()
		require.NoError(t, archive.CreateAccount(t.Context(), store.Account{ID: "a", Login: "a", Name: "甲"}, now))
		require.NoError(t, archive.SetSecondFactor(t.Context(), "a", 1, "sealed", 100, now))
		require.ErrorIs(t, archive.SetSecondFactor(t.Context(), "a", 1, "other", 100, now), store.ErrVersion)
		account, err := archive.Account(t.Context(), "a")
		require.NoError(t, err)
		require.Equal(t, "sealed", account.SecondFactor)
		for step, fresh := range map[int64]bool{99: false, 100: false} {
			got, err := archive.UseSecondFactorStep(t.Context(), "a", step)
			require.NoError(t, err)
			require.Equal(t, fresh, got, step)
		}
		for _, fresh := range []bool{true, false} {
			got, err := archive.UseSecondFactorStep(t.Context(), "a", 101)
			require.NoError(t, err)
			require.Equal(t, fresh, got)
		}
	})
}
