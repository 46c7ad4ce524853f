package workflows_test

import (
	"bufio"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/activities"
	"bangfu/models"
	"bangfu/models/modelstest"
	"bangfu/models/store"
	"bangfu/workflows"
	"bangfu/workflows/workflowtest"
)

// postOffice is a mail server on loopback, as small as the protocol allows.
type postOffice struct {
	listener net.Listener
	mutex    sync.Mutex
	letters  []string
	// down refuses that many connections; refuses is a recipient it never takes.
	down    int
	refuses string
}

func aPostOffice(t *testing.T) *postOffice {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	office := &postOffice{listener: listener}
	served := make(chan struct{})
	go func() {
		defer close(served)
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			office.serve(connection)
		}
	}()
	t.Cleanup(func() {
		require.NoError(t, listener.Close())
		<-served
	})
	return office
}

func (o *postOffice) serve(connection net.Conn) {
	defer func() { _ = connection.Close() }()
	_ = connection.SetDeadline(time.Now().Add(10 * time.Second))
	if o.closedToday() {
		_, _ = fmt.Fprint(connection, "421 down\r\n")
		return
	}
	reply := func(line string) { _, _ = fmt.Fprint(connection, line+"\r\n") }
	lines := bufio.NewScanner(connection)
	reply("220 post office")
	for lines.Scan() {
		line := lines.Text()
		switch verb := strings.ToUpper(line); {
		case strings.HasPrefix(verb, "EHLO"), strings.HasPrefix(verb, "HELO"):
			reply("250 post office")
		case strings.HasPrefix(verb, "RCPT") && !o.knows(line):
			reply("550 no such person")
		case strings.HasPrefix(verb, "DATA"):
			reply("354 go on")
			o.keep(lines)
			reply("250 taken")
		case strings.HasPrefix(verb, "QUIT"):
			reply("221 bye")
			return
		default:
			reply("250 fine")
		}
	}
}

// rule changes how the office behaves while it serves.
func (o *postOffice) rule(change func(o *postOffice)) {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	change(o)
}

// knows reports whether the office takes letters for the recipient of a line.
func (o *postOffice) knows(line string) bool {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return o.refuses == "" || !strings.Contains(line, o.refuses)
}

// received are the letters so far.
func (o *postOffice) received() []string {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	return slices.Clone(o.letters)
}

func (o *postOffice) closedToday() bool {
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.down--
	return o.down >= 0
}

func (o *postOffice) keep(lines *bufio.Scanner) {
	var letter strings.Builder
	for lines.Scan() && lines.Text() != "." {
		letter.WriteString(lines.Text() + "\n")
	}
	o.mutex.Lock()
	defer o.mutex.Unlock()
	o.letters = append(o.letters, letter.String())
}

func (o *postOffice) mail() activities.Settings {
	address := o.listener.Addr().(*net.TCPAddr)
	return activities.Settings{Mail: activities.MailSettings{
		Host: address.IP.String(), Port: address.Port, TLS: activities.MailTLSNone,
		From: "bangfu@example.org", Link: "http://localhost/", PerSecond: 1000,
	}}
}

// aDayWithNotices is an archive in which two cadres were enrolled on 2013-01-01,
// each with an account and an address.
func aDayWithNotices(t *testing.T) *directEngine {
	t.Helper()
	archive := anArchive(t)
	for _, cadre := range []models.CadreID{"c-1", "c-2"} {
		_, err := workflowtest.Enrol(t.Context(), archive, cadre, workflowtest.TermFrom, workflowtest.TermDue)
		require.NoError(t, err)
		require.NoError(t, archive.CreateAccount(t.Context(), store.Account{
			ID: models.AccountID("account-" + cadre), Login: string(cadre), Name: "fixture", Cadre: cadre,
			Email: string(cadre) + "@example.org", State: store.AccountActive,
		}, workflowtest.TermFrom.Start()))
	}
	return &directEngine{archive: archive}
}

func digest(t *testing.T, engine *directEngine, settings activities.Settings, day string) workflows.DigestResult {
	t.Helper()
	env := kinEnvironment(t, engine, settings)
	env.SetStartTime(models.MustDate(day).Start().Add(8*time.Hour + 30*time.Minute))
	env.ExecuteWorkflow(workflows.DigestWorkflow)
	require.NoError(t, env.GetWorkflowError())
	var result workflows.DigestResult
	require.NoError(t, env.GetWorkflowResult(&result))
	return result
}

func TestEachPersonGetsOneDigestADay(t *testing.T) {
	engine, office := aDayWithNotices(t), aPostOffice(t)
	result := digest(t, engine, office.mail(), "2013-01-04")
	require.Equal(t, workflows.DigestResult{Day: models.MustDate("2013-01-04"), Prepared: 2, Sent: 2}, result)
	require.Len(t, office.received(), 2)
	require.NotEqual(t, messageID(office.received()[0]), messageID(office.received()[1]))

	again := digest(t, engine, office.mail(), "2013-01-04")
	require.Zero(t, again.Sent, "a second run of the day sends nothing")
	require.Len(t, office.received(), 2)
}

func messageID(letter string) string {
	for line := range strings.SplitSeq(letter, "\n") {
		if id, found := strings.CutPrefix(line, "Message-ID: "); found {
			return id
		}
	}
	return ""
}

func TestAMailServerThatIsDownDelaysTheDigests(t *testing.T) {
	engine, office := aDayWithNotices(t), aPostOffice(t)
	office.rule(func(o *postOffice) { o.down = 4 })
	result := digest(t, engine, office.mail(), "2013-01-04")
	require.Equal(t, 2, result.Sent)
	require.Len(t, office.received(), 2)
}

func TestALetterThatIsRefusedForGoodDoesNotHoldUpTheOthers(t *testing.T) {
	engine, office := aDayWithNotices(t), aPostOffice(t)
	office.rule(func(o *postOffice) { o.refuses = "c-1@example.org" })
	result := digest(t, engine, office.mail(), "2013-01-04")
	require.Equal(t, 1, result.Sent)
	require.Len(t, office.received(), 1)
}

func TestNothingIsMailedOnASunday(t *testing.T) {
	engine, office := aDayWithNotices(t), aPostOffice(t)
	require.Zero(t, digest(t, engine, office.mail(), "2013-01-06").Sent)
	require.Equal(t, 2, digest(t, engine, office.mail(), "2013-01-07").Sent, "the next working day tells it")
}

func TestWithoutAMailServerNothingIsSentAndNothingFails(t *testing.T) {
	engine := aDayWithNotices(t)
	require.Zero(t, digest(t, engine, activities.Settings{}, "2013-01-04").Prepared)
}

func TestPeopleAreToldWhatTheirRolesAskFor(t *testing.T) {
	interests := activities.InterestsOf("c-1", []store.Grant{
		{Role: "district-science", Path: "/tj/120101/"},
		{Role: "organization", Path: "/tj/"},
		{Role: "adjudicator", Path: "/tj/"},
		{Role: "inspector", Path: "/tj/"},
	})
	require.Equal(t, []store.Interest{
		{Audience: models.ToClaimant, Cadre: "c-1"},
		{Audience: models.ToReviewers, Stage: models.StageDistrictScience, Path: "/tj/120101/"},
		{Audience: models.ToOrganization, Path: "/tj/"},
		{Audience: models.ToAdjudicators, Path: "/tj/"},
		{Audience: models.ToInspectors, Path: "/tj/"},
		{Audience: models.ToSigners, Path: "/tj/"},
	}, interests)
	require.Len(t, modelstest.Rules().Stages, 3)
}
