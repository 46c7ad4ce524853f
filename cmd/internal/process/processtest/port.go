// Package processtest helps tests that start programs.
package processtest

import (
	"context"
	"math/rand/v2"
	"net"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// FreePort is a port on loopback that nobody listens on. It is one of those that
// the kernel gives to nobody who asks for any port, or it could be gone before the
// program that is started with it listens there: those begin at 32768.
func FreePort(t testing.TB) int {
	t.Helper()
	const lowest, highest = 20_000, 31_999
	for range 1000 {
		port := lowest + rand.IntN(highest-lowest+1)
		listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			require.NoError(t, listener.Close())
			return port
		}
	}
	require.FailNow(t, "there is no free port")
	return 0
}
