package problem_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/stretchr/testify/require"

	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
	"bangfu/workflows"
)

// constantsOf reads the values of a package's constants of a type from its
// source, so that a code added there cannot be forgotten here.
func constantsOf(t *testing.T, folder, typeName string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*.go"))
	require.NoError(t, err)
	var values []string
	for _, file := range files {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		require.NoError(t, err)
		ast.Inspect(parsed, func(node ast.Node) bool {
			spec, isValue := node.(*ast.ValueSpec)
			if !isValue {
				return true
			}
			if named, ok := spec.Type.(*ast.Ident); !ok || named.Name != typeName {
				selected, ok := spec.Type.(*ast.SelectorExpr)
				if !ok || selected.Sel.Name != typeName {
					return true
				}
			}
			for _, value := range spec.Values {
				if literal, ok := value.(*ast.BasicLit); ok {
					text, err := strconv.Unquote(literal.Value)
					require.NoError(t, err)
					values = append(values, text)
				}
			}
			return true
		})
	}
	require.NotEmpty(t, values, "no constants of %s in %s", typeName, folder)
	return values
}

func TestEveryCodeOfTheRulesTheArchiveAndTheAPIIsExplainedInChinese(t *testing.T) {
	codes := constantsOf(t, "../../models", "RefusalCode")
	codes = append(codes, constantsOf(t, "../../models/store", "RefusalCode")...)
	codes = append(codes, constantsOf(t, "../../models/inspection", "RefusalCode")...)
	codes = append(codes, constantsOf(t, ".", "Code")...)
	for _, code := range codes {
		explained, found := problem.Explain(problem.Code(code))
		require.True(t, found, "code %s has no entry", code)
		for _, text := range []string{explained.Title, explained.Advice} {
			require.True(t, strings.ContainsFunc(text, func(r rune) bool { return r >= 0x4e00 && r <= 0x9fff }), "%s: %q", code, text)
		}
		require.NotEmpty(t, explained.Detail)
		require.NotEmpty(t, http.StatusText(explained.Status), code)
		require.Equal(t, "/problems/"+code, explained.Type)
	}
	require.ElementsMatch(t, unique(codes), problem.Codes(), "an entry without a code")
}

func unique(codes []string) []problem.Code {
	seen := map[string]bool{}
	var once []problem.Code
	for _, code := range codes {
		if !seen[code] {
			seen[code] = true
			once = append(once, problem.Code(code))
		}
	}
	return once
}

func TestEachErrorHasOneStatus(t *testing.T) {
	for _, expected := range []struct {
		err    error
		status int
		code   problem.Code
	}{
		{store.ErrNotFound, 404, problem.NotFound},
		{fmt.Errorf("read record: %w", store.ErrNotFound), 404, problem.NotFound},
		{store.ErrVersion, 412, problem.VersionConflict},
		{store.ErrCursor, 400, problem.CursorInvalid},
		{store.ErrDuplicate, 409, problem.Duplicate},
		{store.ErrNotEditable, 409, problem.NotEditable},
		{workflows.ErrUnavailable, 503, problem.EngineUnavailable},
		{workflows.ErrPending, 202, problem.CommandPending},
		{workflows.ErrClosed, 409, problem.ObligationEnded},
		{models.Refuse(models.RefusedOwnClaim), 403, problem.Code(models.RefusedOwnClaim)},
		{models.Refuse(models.RefusedNotClaimant), 403, problem.Code(models.RefusedNotClaimant)},
		{models.Refuse(models.RefusedDuplicateCredit), 409, problem.Code(models.RefusedDuplicateCredit)},
		{models.Refuse(models.RefusedEvidence), 422, problem.Code(models.RefusedEvidence)},
		{errors.New("a table is missing"), 500, problem.Internal},
		{fmt.Errorf("read record: %w", &net.OpError{Op: "dial"}), 503, problem.ArchiveUnavailable},
	} {
		said := problem.Of(expected.err)
		require.Equal(t, expected.status, said.Status, expected.err)
		require.Equal(t, expected.code, said.Code)
	}
	require.Nil(t, problem.Of(nil))
	require.NotEmpty(t, problem.Of(workflows.ErrUnavailable).GetHeaders().Get("Retry-After"))
}

func TestAnUnexpectedErrorIsNotToldToTheCaller(t *testing.T) {
	said := problem.Of(errors.New("dial tcp 10.1.2.3: refused"))
	require.NotContains(t, said.Detail, "10.1.2.3")
	require.ErrorContains(t, said.Unwrap(), "10.1.2.3", "the log gets it")
}

func TestTheParametersOfARefusalStandInItsText(t *testing.T) {
	said := problem.Of(models.Refuse(models.RefusedReturnLimit, "limit", "3"))
	require.Contains(t, said.Detail, "3 次")
	require.NotContains(t, problem.Of(models.Refuse(models.RefusedReturnLimit)).Detail, "{")
}

func TestAFaultOfTheRequestNamesThePlaceAndNeverRepeatsTheValue(t *testing.T) {
	said := problem.FromHuma(422, "validation failed", &huma.ErrorDetail{
		Location: "body.password", Message: "长度应不少于 10", Value: "secret",
	}, &huma.ErrorDetail{Location: "body", Message: "invalid character 'x' looking for beginning of value"})
	require.Equal(t, []problem.Detail{
		{Location: "body.password", Message: "长度应不少于 10"}, {Location: "body", Message: "JSON 格式有误"},
	}, said.Errors)
}
