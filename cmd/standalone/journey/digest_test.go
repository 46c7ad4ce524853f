package journey

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"bangfu/activities"
	"bangfu/api/auth"
	"bangfu/cmd/internal/process/processtest"
	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/workflows"
)

// The people of the test and where they are mailed.
const (
	mailOfCadre    = "cadre@example.org"
	mailOfReviewer = "reviewer@example.org"
)

// TestAMailServerThatIsDownDelaysAndLosesNothing: the digest of a day waits for
// the mail server, the duties do not, and nobody is mailed twice. The first retry
// comes after ten seconds, so that this test takes about fifteen.
func TestAMailServerThatIsDownDelaysAndLosesNothing(t *testing.T) {
	port := processtest.FreePort(t)
	w := newWorldWithMail(t, port)
	now := time.Now()
	today := models.DateOf(now)
	// The test is about mail, not about weekends.
	for _, day := range []models.Date{today, today.AddDays(1)} {
		working := models.SpecialDay{Date: day, Working: true, Name: "测试"}
		require.NoError(t, w.archive.OverrideWorkday(t.Context(), working, models.SystemAccount, now))
	}
	id := models.ObligationID{Plan: testPlan, Cadre: "C-MAIL"}
	w.enrol(today, today.AddDays(3*365), now, id.Cadre)
	w.give(id, submission(w.draft(id.Cadre, "R-1", models.Introduce, modelstest.Enterprise(1), now), now))
	w.opensAccount(store.Account{ID: "cadre", Cadre: id.Cadre, Email: mailOfCadre}, auth.RoleCadre, now)
	w.opensAccount(store.Account{ID: "reviewer", Email: mailOfReviewer}, auth.RoleDistrictScience, now)
	w.opensAccount(store.Account{ID: "silent"}, auth.RoleDistrictScience, now)

	waiting := w.startsDigest(now)
	eventually(t, "the digest fails to reach the mail server and is to be tried again", func() bool {
		described, err := w.temporal.DescribeWorkflowExecution(t.Context(), waiting.GetID(), waiting.GetRunID())
		require.NoError(t, err)
		pending := described.GetPendingActivities()
		return len(pending) == 1 && strings.Contains(pending[0].GetLastFailure().GetMessage(), "mail server")
	})
	// Meanwhile duties go on.
	w.give(id, submission(w.draft(id.Cadre, "R-2", models.Found, modelstest.Enterprise(2), now), now))

	sink := openMailSink(t, port)
	result := digestOf(t, waiting)
	require.Equal(t, workflows.DigestResult{Day: today, Prepared: 2, Sent: 2}, result)
	require.Equal(t, []string{mailOfCadre, mailOfReviewer}, sink.recipients(), "one mail a person, none to whom has no address")
	for _, letter := range sink.taken() {
		letter.saysHowMany(t, 1, today)
	}

	again := digestOf(t, w.startsDigest(now))
	require.Equal(t, workflows.DigestResult{Day: today}, again)
	require.Len(t, sink.taken(), 2, "a second run on the same day mails nobody again")

	// What happened after the digest was made is in the next one: nothing is lost.
	next := digestOf(t, w.startsDigest(now.AddDate(0, 0, 1)))
	require.Equal(t, workflows.DigestResult{Day: today.AddDays(1), Prepared: 1, Sent: 1}, next)
	last := sink.taken()[2]
	require.Equal(t, mailOfReviewer, last.to)
	last.saysHowMany(t, 1, today.AddDays(1))
}

// newWorldWithMail is newWorld on MySQL with a mail server on a port of this
// machine, which may be closed.
func newWorldWithMail(t *testing.T, port int) *world {
	t.Helper()
	return newWorldWith(t, store.MySQL, false, activities.Settings{Mail: activities.MailSettings{
		Host: "127.0.0.1", Port: port, TLS: activities.MailTLSNone, From: "bangfu@example.org",
		Link: "https://bangfu.example.org/", PerSecond: 100,
	}}, workflows.Settings{NoticesPerSecond: 100})
}

// opensAccount opens an account with one role over the district.
func (w *world) opensAccount(account store.Account, role auth.Role, at time.Time) {
	w.t.Helper()
	account.Login, account.Name = string(account.ID), "演示人员"
	require.NoError(w.t, w.archive.CreateAccount(w.t.Context(), account, at))
	require.NoError(w.t, w.archive.AddGrant(w.t.Context(), store.Grant{
		ID: "G-" + string(account.ID), Account: account.ID, Role: string(role), Unit: "120101", Path: "/tj/120101/",
		By: models.SystemAccount, At: at,
	}, 1))
}

// startsDigest starts a day's digest as the schedule would at an instant.
func (w *world) startsDigest(scheduled time.Time) client.WorkflowRun {
	w.t.Helper()
	run, err := w.temporal.ExecuteWorkflow(w.t.Context(), client.StartWorkflowOptions{
		ID: workflows.ScheduleDigest, TaskQueue: workflows.QueueObligations,
		TypedSearchAttributes: temporal.NewSearchAttributes(
			temporal.NewSearchAttributeKeyTime("TemporalScheduledStartTime").ValueSet(scheduled)),
	}, workflows.DigestWorkflow)
	require.NoError(w.t, err)
	return run
}

func digestOf(t *testing.T, run client.WorkflowRun) workflows.DigestResult {
	t.Helper()
	var result workflows.DigestResult
	require.NoError(t, run.Get(t.Context(), &result))
	return result
}

// mailSink is a mail server that takes everything and keeps it.
type mailSink struct {
	mutex   sync.Mutex
	letters []sunkLetter
}

// sunkLetter is one mail as the server got it.
type sunkLetter struct{ to, data string }

// openMailSink listens on a port of this machine until the test ends.
func openMailSink(t *testing.T, port int) *mailSink {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:"+strconv.Itoa(port))
	require.NoError(t, err)
	sink := &mailSink{}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { sink.serve(connection) })
		}
	})
	t.Cleanup(func() {
		require.NoError(t, listener.Close())
		serving.Wait()
	})
	return sink
}

// serve speaks as much SMTP (RFC 5321) as a client needs that sends in the clear.
func (s *mailSink) serve(connection net.Conn) {
	defer func() { _ = connection.Close() }()
	_ = connection.SetDeadline(time.Now().Add(time.Minute))
	talk := textproto.NewConn(connection)
	say := func(line string) { _ = talk.PrintfLine("%s", line) }
	say("220 sink.example.org ESMTP")
	var letter sunkLetter
	for {
		line, err := talk.ReadLine()
		if err != nil {
			return
		}
		verb, rest, _ := strings.Cut(line, " ")
		switch strings.ToUpper(verb) {
		case "EHLO":
			say("250-sink.example.org")
			say("250 8BITMIME")
		case "RCPT":
			_, address, _ := strings.Cut(rest, "<")
			letter.to, _, _ = strings.Cut(address, ">")
			say("250 OK")
		case "DATA":
			say("354 go on")
			content, err := talk.ReadDotBytes()
			if err != nil {
				return
			}
			letter.data = string(content)
			s.keep(letter)
			say("250 OK")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 OK")
		}
	}
}

func (s *mailSink) keep(letter sunkLetter) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.letters = append(s.letters, letter)
}

func (s *mailSink) taken() []sunkLetter {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return slices.Clone(s.letters)
}

// recipients are those of all mails in order, each as often as they were mailed.
func (s *mailSink) recipients() []string {
	counts := map[string]int{}
	for _, letter := range s.taken() {
		counts[letter.to]++
	}
	var all []string
	for _, address := range slices.Sorted(maps.Keys(counts)) {
		all = append(all, slices.Repeat([]string{address}, counts[address])...)
	}
	return all
}

// saysHowMany reads the mail as its reader does.
func (l sunkLetter) saysHowMany(t *testing.T, notices int, day models.Date) {
	t.Helper()
	message, err := mail.ReadMessage(bufio.NewReader(strings.NewReader(l.data)))
	require.NoError(t, err)
	subject, err := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	require.NoError(t, err)
	require.Equal(t, fmt.Sprintf("帮扶工作每日提醒：%d 条（%s）", notices, day), subject)
	require.Contains(t, message.Header.Get("Content-Type"), "UTF-8")
	require.Equal(t, "quoted-printable", message.Header.Get("Content-Transfer-Encoding"))
	body, err := io.ReadAll(quotedprintable.NewReader(message.Body))
	require.NoError(t, err)
	require.Contains(t, string(body), fmt.Sprintf("您有 %d 条帮扶工作提醒待阅", notices))
	require.Contains(t, string(body), "https://bangfu.example.org/")
}
