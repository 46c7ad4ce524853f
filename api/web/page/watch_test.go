package page

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestWhatIsDearToLookAtIsLookedAtLessOftenButNotSeldom(t *testing.T) {
	const look = 2 * time.Second
	require.Equal(t, look, rest(look, 20*time.Millisecond))
	require.Equal(t, 5*time.Second, rest(look, 500*time.Millisecond))
	require.Equal(t, 30*time.Second, rest(look, time.Minute))
}

func TestAStreamThatLeavesGivesItsPlaceBack(t *testing.T) {
	open := newStreams()
	oldest, leaveOldest := open.enter("one")
	_, leave := open.enter("one")
	for range streamsMost - 2 {
		open.enter("one")
	}
	leave()
	_, leaveLast := open.enter("one")
	select {
	case <-oldest:
		require.Fail(t, "there was a place")
	default:
	}
	_, _ = open.enter("one")
	<-oldest
	leaveOldest()
	require.Len(t, open.open["one"], streamsMost, "who has yielded gives no place back a second time")
	leaveLast()
	require.Len(t, open.open["one"], streamsMost-1)
}
