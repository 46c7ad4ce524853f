// Package problem is the one home of what the API says when it says no: every
// code with its status, its title and its text in Chinese, as RFC 9457 problems.
package problem

import (
	"database/sql"
	"database/sql/driver"
	"errors"
	"net"
	"net/http"
	"sort"
	"strconv"
	"strings"

	"github.com/go-sql-driver/mysql"

	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/paper"
	"bangfu/models/store"
	"bangfu/workflows"
)

// Code names one kind of problem. It is stable: it is the last part of the
// problem's type.
type Code string

// TypePrefix is the path under which each code is explained.
const TypePrefix = "/problems/"

// Problem is an RFC 9457 problem. It is an error that knows its status and its
// headers, so a handler returns it as it is.
type Problem struct {
	Type   string `json:"type" doc:"问题类型的稳定地址，打开即为说明" example:"/problems/not-found"`
	Title  string `json:"title" doc:"问题类型的名称"`
	Status int    `json:"status" doc:"HTTP 状态码"`
	Detail string `json:"detail,omitempty" doc:"本次的具体说明"`
	// Instance is the log number of the request.
	Instance string            `json:"instance,omitempty" doc:"日志编号，报障时请提供"`
	Code     Code              `json:"code" doc:"问题代码"`
	Params   map[string]string `json:"params,omitempty" doc:"说明中的参数"`
	Errors   []Detail          `json:"errors,omitempty" doc:"逐项说明"`

	headers http.Header
	cause   error
}

// Detail is one fault at one place of the request. The value is never
// repeated: it may be a password.
type Detail struct {
	Location string `json:"location,omitempty" doc:"位置，如 body.name、query.size"`
	Message  string `json:"message" doc:"说明"`
}

// New builds the problem of a code; pairs are names and values of parameters.
func New(code Code, pairs ...string) *Problem {
	params := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		params[pairs[i]] = pairs[i+1]
	}
	return build(code, params)
}

func build(code Code, params map[string]string) *Problem {
	known, found := catalog[code]
	if !found {
		known = catalog[Internal]
	}
	built := &Problem{
		Type: TypePrefix + string(code), Title: known.Title, Status: known.Status,
		Detail: known.fill(params), Code: code,
	}
	if len(params) > 0 {
		built.Params = params
	}
	if known.RetryAfter > 0 {
		built = built.With("Retry-After", strconv.Itoa(known.RetryAfter))
	}
	return built
}

// inWords says a code of the rules as people say it; the parameters keep the
// code for programs.
func (e entry) inWords(name, value string) string {
	switch name {
	case "state", "stage":
		words := e.words
		if words == nil && name == "state" {
			words = stateWords
		}
		if word, known := words[value]; known {
			return word
		}
	case "quarter":
		if quarter, err := models.ParseQuarter(value); err == nil {
			return inspection.QuarterText(quarter)
		}
	case "due", "until":
		if day, err := models.ParseDate(value); err == nil {
			return paper.DateText(day)
		}
	}
	return value
}

// fill puts the parameters into the template's {name} places; a place whose
// parameter is missing shows a dash.
func (e entry) fill(params map[string]string) string {
	template := e.Detail
	var text strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{")
		text.WriteString(before)
		if !found {
			return text.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		if value := params[name]; value != "" {
			text.WriteString(e.inWords(name, value))
		} else {
			text.WriteString("—")
		}
		template = after
	}
}

// Error names the code; the detail is for people.
func (p *Problem) Error() string {
	if p.cause != nil {
		return string(p.Code) + ": " + p.cause.Error()
	}
	return string(p.Code) + ": " + p.Detail
}

// Unwrap gives the error that the problem was made of, for the log only.
func (p *Problem) Unwrap() error { return p.cause }

// GetStatus is the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// GetHeaders are the headers that belong to the problem, such as Retry-After.
func (p *Problem) GetHeaders() http.Header { return p.headers }

// ContentType is the media type of RFC 9457.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// With adds a header to the answer.
func (p *Problem) With(name, value string) *Problem {
	if p.headers == nil {
		p.headers = http.Header{}
	}
	p.headers.Set(name, value)
	return p
}

// At adds a fault at a place of the request, such as "body.name".
func (p *Problem) At(location, message string) *Problem {
	p.Errors = append(p.Errors, Detail{Location: location, Message: message})
	return p
}

// Because keeps the error behind the problem for the log.
func (p *Problem) Because(err error) *Problem {
	p.cause = err
	return p
}

// Of maps any error to its problem. It is the only place that knows which
// error of the archive, the engine or the rules has which status.
func Of(err error) *Problem {
	if err == nil {
		return nil
	}
	var already *Problem
	if errors.As(err, &already) {
		return already
	}
	if refusal, refused := models.AsRefusal(err); refused {
		return build(Code(refusal.Code), refusal.Params).Because(err)
	}
	for _, known := range sentinels {
		if errors.Is(err, known.err) {
			return New(known.code).Because(err)
		}
	}
	if unreachable(err) {
		return New(ArchiveUnavailable).Because(err)
	}
	return New(Internal).Because(err)
}

// unreachable tells a database that cannot be reached from one that answered
// with an error.
func unreachable(err error) bool {
	var network *net.OpError
	return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) ||
		errors.Is(err, sql.ErrConnDone)
}

var sentinels = []struct {
	err  error
	code Code
}{
	{store.ErrNotFound, NotFound},
	{store.ErrVersion, VersionConflict},
	{store.ErrCursor, CursorInvalid},
	{store.ErrDuplicate, Duplicate},
	{store.ErrNotEditable, NotEditable},
	{store.ErrLocked, ProgressLocked},
	{store.ErrCommandReused, IdempotencyReused},
	{store.ErrUnfrozen, Unfrozen},
	{workflows.ErrUnavailable, EngineUnavailable},
	{workflows.ErrPending, CommandPending},
	{workflows.ErrClosed, ObligationEnded},
}

// Explanation is what the page of a problem type says.
type Explanation struct {
	Type   string `json:"type" doc:"问题类型"`
	Code   Code   `json:"code" doc:"问题代码"`
	Status int    `json:"status" doc:"HTTP 状态码"`
	Title  string `json:"title" doc:"名称"`
	Detail string `json:"detail" doc:"说明的样式，花括号内为参数"`
	Advice string `json:"advice" doc:"怎么办"`
}

// Explain describes a code, and false when there is no such code.
func Explain(code Code) (Explanation, bool) {
	known, found := catalog[code]
	return Explanation{
		Type: TypePrefix + string(code), Code: code, Status: known.Status,
		Title: known.Title, Detail: known.Detail, Advice: known.advice(),
	}, found
}

// Codes lists every code in order.
func Codes() []Code {
	codes := make([]Code, 0, len(catalog))
	for code := range catalog {
		codes = append(codes, code)
	}
	sort.Slice(codes, func(i, j int) bool { return codes[i] < codes[j] })
	return codes
}
