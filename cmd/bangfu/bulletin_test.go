package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestABulletinThatIsNotIssuedIsAFailureOfOneLine(t *testing.T) {
	archive := trialArchive(t)
	status, _, errOut := bangfu(t, append([]string{"migrate"}, archive...)...)
	require.Zero(t, status, errOut)
	for argument, said := range map[string]string{"tianjin-2013.2013Q2": "reading the bulletin", "2013Q2": "<plan>.<quarter>"} {
		status, _, errOut = bangfu(t, append([]string{"bulletin", argument, "--out", t.TempDir()}, archive...)...)
		require.Equal(t, 1, status)
		require.Contains(t, errOut, said)
	}
}
