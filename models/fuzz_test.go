package models_test

import (
	"encoding/json"
	"testing"
	"time"

	"bangfu/models"
	"bangfu/models/modelstest"
)

func FuzzParseObligationID(f *testing.F) {
	for _, seed := range []string{
		"tianjin-2013.c-0001", "", ".", "..", "a.", ".b", "a.b.c", "a/b.c", "计划.干部", "a .b", "a.b\n", "\x00.\xff", "a.b/../c",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := models.ParseObligationID(text)
		if err != nil {
			if id != (models.ObligationID{}) {
				t.Fatalf("%q is refused and gives %v", text, id)
			}
			return
		}
		if !id.Valid() || id.String() != text {
			t.Fatalf("%q is read as %v", text, id)
		}
		if again, err := models.ParseSubject(id.Subject()); err != nil || again != id {
			t.Fatalf("the subject of %v is read as %v: %v", id, again, err)
		}
	})
}

func FuzzParseSubject(f *testing.F) {
	for _, seed := range []string{
		"obligation/tianjin-2013/c-0001", "", "obligation/", "obligation//", "obligation/a/", "obligation//b", "obligation/a/b/c",
		"inspection/a/b", "obligation/a.b/c", "Obligation/a/b",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := models.ParseSubject(text)
		if err == nil && (!id.Valid() || id.Subject() != text) {
			t.Fatalf("%q is read as %v", text, id)
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, seed := range []string{
		"2015-12-31", "", "0000-01-01", "9999-12-31", "2016-02-29", "2015-02-29", "-001-01-01", "10000-01-01", "２０１５-12-31", "1969-12-31",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var date models.Date
		if err := date.UnmarshalText([]byte(text)); err != nil {
			if !date.IsZero() {
				t.Fatalf("%q is refused and gives %s", text, date)
			}
			return
		}
		if date.String() != text {
			t.Fatalf("%q is read as %s", text, date)
		}
	})
}

// FuzzCommand sends anything to the decoder and what is read to the rules:
// whatever it is, it is refused or decided, never a panic.
func FuzzCommand(f *testing.F) {
	obligation := modelstest.AnObligation(f).Enrolled().On("2014-05-01").Submitted("r-1", models.Found, modelstest.Enterprise(1)).
		Accepted("r-1").Returned("r-1").Suspended("2014-05-01", "")
	for _, command := range obligation.Commands {
		text, err := json.Marshal(command)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	kinds := append([]models.CommandKind{models.CommandEnrol, models.CommandPassRung, "", "unheard-of"}, models.UpdateKinds...)
	for _, kind := range kinds {
		for _, body := range []string{`null`, `{}`, `[]`, `""`, `0`, `{"record":null,"kinds":null,"from":"","to":7}`} {
			f.Add([]byte(`{"id":"c","kind":"` + string(kind) + `","at":"2014-05-02T00:00:00Z","actor":{"account":"a"},"body":` + body + `}`))
		}
		f.Add([]byte(`{"kind":"` + string(kind) + `"}`))
	}
	for _, seed := range []string{``, `null`, `[]`, `{}`, `{"at":"2014"}`, `{"kind":"suspend","body":{"from":"2014-02-30"}}`} {
		f.Add([]byte(seed))
	}
	rules := modelstest.Rules()
	f.Fuzz(func(t *testing.T, text []byte) {
		var command models.Command
		if json.Unmarshal(text, &command) != nil {
			return
		}
		for _, receiver := range []models.Obligation{{}, obligation.Obligation} {
			events, err := receiver.Decide(command, rules)
			if _, refused := models.AsRefusal(err); err != nil && !refused {
				t.Fatalf("not a refusal: %v", err)
			}
			for _, event := range events {
				receiver.Apply(event)
				models.NoticesOf(event)
			}
			receiver.Standing(time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC), rules)
			receiver.NextRung(time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC), rules)
		}
	})
}

func FuzzEventBody(f *testing.F) {
	obligation := modelstest.AnObligation(f).Enrolled().On("2014-05-01").Fulfilled()
	for _, event := range obligation.Events {
		entry, err := models.Seal(event, models.Words{}, "")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(entry.Kind), []byte(entry.Payload))
	}
	for _, kind := range everyEventKind {
		f.Add(string(kind), []byte(`null`))
		f.Add(string(kind), []byte(`{}`))
		f.Add(string(kind), []byte(``))
	}
	f.Fuzz(func(t *testing.T, kind string, payload []byte) {
		body, err := models.DecodeEventBody(models.EventKind(kind), payload)
		if err == nil && string(body.EventKind()) != kind {
			t.Fatalf("%s is read as %s", kind, body.EventKind())
		}
	})
}
