package assembly

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v5"
	"github.com/stretchr/testify/require"
)

var errBusy = errors.New("too busy")

func TestABusyServerIsAskedUntilItAnswers(t *testing.T) {
	asked := 0
	require.NoError(t, until(t.Context(), backoff.NewConstantBackOff(time.Millisecond), func() error {
		if asked++; asked < 4 {
			return errBusy
		}
		return nil
	}))
	require.Equal(t, 4, asked)
}

func TestAWaitThatEndsSaysWhatItWaitedFor(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	require.ErrorIs(t, until(ctx, backoff.NewConstantBackOff(time.Hour), func() error { cancel(); return errBusy }), errBusy)
}

func TestAFaultThatNoWaitMendsIsToldAtOnce(t *testing.T) {
	asked := 0
	err := until(t.Context(), backoff.NewConstantBackOff(time.Hour), func() error { asked++; return backoff.Permanent(errBusy) })
	require.ErrorIs(t, err, errBusy)
	require.EqualError(t, err, errBusy.Error())
	require.Equal(t, 1, asked)
}
