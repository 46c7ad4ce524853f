package definition_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/api/web/definition"
)

func TestEveryDefinitionStandsOnItsPageOnceAndSaysEverything(t *testing.T) {
	anchors := map[string]bool{}
	for _, group := range definition.Groups() {
		for _, one := range group.Definitions {
			require.False(t, anchors[one.Anchor], one.Anchor)
			anchors[one.Anchor] = true
			for _, text := range []string{one.Anchor, one.Name, one.Counted, one.From, one.AsOf, string(one.Authority)} {
				require.NotEmpty(t, text, one.Anchor)
			}
		}
	}
	file, err := parser.ParseFile(token.NewFileSet(), "figures.go", nil, 0)
	require.NoError(t, err)
	declared := 0
	for _, declaration := range file.Decls {
		if group, isVar := declaration.(*ast.GenDecl); isVar && group.Tok == token.VAR {
			declared += len(group.Specs)
		}
	}
	require.Len(t, anchors, declared, "a definition that no group lists has no place to lead to")
}
