package api

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/inspection"
)

// namedNotices are the codes that the inspection's notices have names for, from
// its source: one added there without words here fails.
func namedNotices(t *testing.T) []models.NoticeCode {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), filepath.FromSlash("../models/inspection/notice.go"), nil, 0)
	require.NoError(t, err)
	var codes []models.NoticeCode
	ast.Inspect(file, func(node ast.Node) bool {
		spec, is := node.(*ast.ValueSpec)
		if !is {
			return true
		}
		if named, is := spec.Type.(*ast.SelectorExpr); !is || named.Sel.Name != "NoticeCode" {
			return true
		}
		for _, value := range spec.Values {
			code, err := strconv.Unquote(value.(*ast.BasicLit).Value)
			require.NoError(t, err)
			codes = append(codes, models.NoticeCode(code))
		}
		return true
	})
	return codes
}

// noticesOfEvents are the codes of the notices that each kind of event gives rise
// to on any subject, whatever is in it.
func noticesOfEvents(t *testing.T) []models.NoticeCode {
	t.Helper()
	var codes []models.NoticeCode
	for kind := range inspectionEventTexts {
		body, err := inspection.DecodeEventBody(kind, []byte(`{"units":["120101"]}`))
		require.NoError(t, err)
		for _, subject := range []inspection.Aggregate{
			&inspection.Inspection{Units: []models.UnitID{"120101"}}, &inspection.UnitReport{}, &inspection.Finding{},
			&inspection.Sample{Items: []inspection.SampleItem{{}}},
		} {
			for _, notice := range inspection.NoticesOf(inspection.Event{Body: body}, subject) {
				codes = append(codes, notice.Code)
			}
		}
	}
	return codes
}

func TestEveryNoticeOfTheInspectionHasAWholeSentence(t *testing.T) {
	named := namedNotices(t)
	require.Contains(t, named, inspection.HearingNotice)
	until := models.MustDate("2014-03-10").End()
	for _, code := range append(named, noticesOfEvents(t)...) {
		text := newGlossary(nil).notice(models.Notice{Code: code}, until)
		require.True(t, strings.HasSuffix(text, "。"), "%s: %q", code, text)
		require.NotContains(t, text, "{", code)
	}
	require.Contains(t, newGlossary(nil).notice(models.Notice{Code: inspection.HearingNotice}, until), "至2014年3月10日，")
	require.NotPanics(t, func() { newGlossary(nil).notice(models.Notice{Code: inspection.KeptNotice}, time.Time{}) })
}
