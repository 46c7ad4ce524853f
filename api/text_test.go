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
	"unicode"

	"github.com/stretchr/testify/require"

	"bangfu/models"
)

// codesOf reads the constants of a type of package models from its source, so
// that a code added there without words here fails this test.
func codesOf(t *testing.T, typeName string) []string {
	t.Helper()
	files, err := filepath.Glob("../models/*.go")
	require.NoError(t, err)
	var codes []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		require.NoError(t, err)
		ast.Inspect(file, func(node ast.Node) bool {
			spec, ok := node.(*ast.ValueSpec)
			if !ok {
				return true
			}
			if named, ok := spec.Type.(*ast.Ident); !ok || named.Name != typeName {
				return true
			}
			for _, value := range spec.Values {
				if literal, ok := value.(*ast.BasicLit); ok && literal.Kind == token.STRING {
					code, err := strconv.Unquote(literal.Value)
					require.NoError(t, err)
					codes = append(codes, code)
				}
			}
			return true
		})
	}
	require.NotEmpty(t, codes, "no constants of type %s in models", typeName)
	return codes
}

func hasChinese(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func TestEveryCodeOfTheModelsHasChineseWords(t *testing.T) {
	tables := map[string]func(code string) string{
		"ReasonCode":      func(code string) string { return reasonTexts[models.ReasonCode(code)] },
		"EventKind":       func(code string) string { return eventTexts[models.EventKind(code)] },
		"RungCode":        func(code string) string { return rungTexts[models.RungCode(code)] },
		"NoticeCode":      func(code string) string { return noticeTexts[models.NoticeCode(code)] },
		"Light":           func(code string) string { return lightTexts[models.Light(code)] },
		"Kind":            func(code string) string { return kindTexts[models.Kind(code)] },
		"Stage":           func(code string) string { return stageTexts[models.Stage(code)] },
		"RecordState":     func(code string) string { return recordStateTexts[models.RecordState(code)] },
		"GoalState":       func(code string) string { return goalStateTexts[models.GoalState(code)] },
		"ObligationState": func(code string) string { return obligationStateTexts[models.ObligationState(code)] },
		"CommandKind":     func(code string) string { return commandTexts[models.CommandKind(code)] },
		"Ground":          func(code string) string { return groundTexts[models.Ground(code)] },
		"UnitKind":        func(code string) string { return unitKindTexts[models.UnitKind(code)] },
		"Rank":            func(code string) string { return rankTexts[models.Rank(code)] },
		"Period":          func(code string) string { return periodTexts[models.Period(code)] },
		"Qualifier":       func(code string) string { return qualifierTexts[models.Qualifier(code)] },
		"EnterpriseCode":  func(code string) string { return enterpriseCodeTexts[models.EnterpriseCode(code)] },
		"CodeFault":       func(code string) string { return codeFaultTexts[models.CodeFault(code)] },
	}
	for typeName, text := range tables {
		for _, code := range codesOf(t, typeName) {
			require.True(t, hasChinese(text(code)), "%s %q has no Chinese words", typeName, code)
		}
	}
}

// everyEvent builds one event of each kind with every field set.
func everyEvent() []models.EventBody {
	day, instant := models.MustDate("2013-05-06"), time.Date(2013, 5, 6, 1, 30, 0, 0, time.UTC)
	submit := models.Submit{Record: "R-1", Kind: models.Found}
	return []models.EventBody{
		models.Enrolled{From: day, Due: day, Policy: 1},
		models.RecordSubmitted{Submit: submit, Stage: models.StageDistrictScience},
		models.RecordWithdrawn{Withdraw: models.Withdraw{Record: "R-1"}},
		models.RecordAccepted{Accept: models.Accept{Record: "R-1", Stage: models.StageCityScience}},
		models.RecordCredited{Record: "R-1", Kind: models.Found},
		models.RecordReturned{Return: models.Return{Record: "R-1", Stage: models.StageCityScience, CorrectionDue: instant}, Round: 2},
		models.RecordRejected{Reject: models.Reject{Record: "R-1", Stage: models.StageCityScience}},
		models.RecordDisputed{Dispute: models.Dispute{Submit: submit}},
		models.DisputeUpheld{Adjudicate: models.Adjudicate{Record: "R-1"}, Stage: models.StageDistrictScience},
		models.DisputeDismissed{Adjudicate: models.Adjudicate{Record: "R-1"}},
		models.RecordYielded{Yield: models.Yield{Record: "R-1"}},
		models.CreditRevoked{Revoke: models.Revoke{Record: "R-1"}},
		models.Suspended{Suspend: models.Suspend{From: day, Ground: "illness"}},
		models.Resumed{Resume: models.Resume{On: day}},
		models.Extended{Extend: models.Extend{Kinds: models.Kinds, Due: day, Ground: "policy-change"}},
		models.Exempted{Exempt: models.Exempt{Kinds: models.Kinds, Ground: "illness"}},
		models.Transferred{Transfer: models.Transfer{To: "120102", On: day}, Former: "120101"},
		models.PolicyAdopted{AdoptPolicy: models.AdoptPolicy{Version: 2}, Former: 1},
		models.RungPassed{Code: models.RungOverdue},
		models.Closed{Close: models.Close{Ground: models.GroundFulfilled}},
	}
}

func TestEveryEventReadsAsASentenceWithoutGaps(t *testing.T) {
	words := newGlossary(nil)
	seen := map[models.EventKind]bool{}
	for _, body := range everyEvent() {
		text := words.event(body, func(unit models.UnitID) string { return "单位" + string(unit) })
		require.True(t, hasChinese(text), "%s: %q", body.EventKind(), text)
		require.NotContains(t, text, "{", "%s leaves a parameter open", body.EventKind())
		seen[body.EventKind()] = true
	}
	for _, kind := range codesOf(t, "EventKind") {
		require.True(t, seen[models.EventKind(kind)], "no example of event %s", kind)
	}
}

func TestAReasonSpeaksOfDaysAndInstantsInChinese(t *testing.T) {
	words := newGlossary([]models.Term{{Code: "illness", Name: "重病"}})
	text := words.reason(models.Reason{Code: models.BecauseReturned, Params: map[string]string{
		"record": "R-7", "until": "2013-05-06T16:00:00Z",
	}})
	require.Equal(t, "记录 R-7 已退回，请在 2013年5月6日 24:00 前整改并重新提交。", text)

	text = words.reason(models.Reason{Code: models.BecauseSuspended, Params: map[string]string{"from": "2013-02-01"}})
	require.Equal(t, "自 2013年2月1日 起中止计时，未定恢复日期。", text)

	text = words.reason(models.Reason{Code: models.BecauseClosed, Params: map[string]string{"ground": "illness"}})
	require.Contains(t, text, "重病", "the policy's own words come before the table's")
}

func TestANoticeOfARungNamesTheRung(t *testing.T) {
	text := newGlossary(nil).notice(models.Notice{Code: models.RungNotice, Rung: "due-30"}, time.Time{})
	require.Equal(t, "催办提醒：距到期不足 30 天。", text)
}
