package assembly

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAWrongSecretKeyIsRefusedWithoutRepeatingIt(t *testing.T) {
	for _, wrong := range []string{"abc", strings.Repeat("z", 64), strings.Repeat("a", 62)} {
		_, err := secretKey(wrong)
		require.ErrorIs(t, err, ErrSecretKey)
		require.NotContains(t, err.Error(), wrong)
	}
	key, err := secretKey(strings.Repeat("0f", 32))
	require.NoError(t, err)
	require.Len(t, key, 32)
	none, err := secretKey("")
	require.NoError(t, err)
	require.Nil(t, none)
}

func TestARoleThatDoesNotExistNeedsNoSecondFactorByMistake(t *testing.T) {
	_, err := rolesOf([]string{"auditor", "audtior"})
	require.ErrorContains(t, err, "audtior")
}
