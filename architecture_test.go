package bangfu_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// built is a package as `go list -deps -json` tells of it.
type built struct {
	ImportPath   string
	Imports      []string
	Deps         []string
	Standard     bool
	TestImports  []string
	XTestImports []string
	GoFiles      []string
	Dir          string
}

// room is a part of the house. A package may import packages of its own room
// and of the rooms after it in the list, never of one before.
type room struct{ name, path string }

// rooms are listed from the door inwards. The seeds stand beside the archive:
// they are written into it, and nothing but the programs may need them.
var rooms = []room{
	{"cmd", "bangfu/cmd/"},
	{"api", "bangfu/api"},
	{"workflows", "bangfu/workflows"},
	{"activities", "bangfu/activities"},
	{"seeds", "bangfu/seeds"},
	{"archive", "bangfu/models/store"},
	{"rules", "bangfu/models"},
}

func listed(t *testing.T, arguments ...string) []built {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json"}, arguments...)...)
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	var complaints bytes.Buffer
	command.Stderr = &complaints
	output, err := command.Output()
	require.NoError(t, err, complaints.String())
	var packages []built
	decoder := json.NewDecoder(bytes.NewReader(output))
	for decoder.More() {
		var one built
		require.NoError(t, decoder.Decode(&one))
		packages = append(packages, one)
	}
	require.NotEmpty(t, packages)
	return packages
}

// ours are all packages of the module.
func ours(t *testing.T) []built {
	t.Helper()
	return listed(t, "./...")
}

func within(importPath, prefix string) bool {
	return importPath == strings.TrimSuffix(prefix, "/") || strings.HasPrefix(importPath, strings.TrimSuffix(prefix, "/")+"/")
}

// place is the position of a package's room. The archive is listed before the
// rules, so that models/store is not taken for one of them.
func place(importPath string) int {
	return slices.IndexFunc(rooms, func(one room) bool { return within(importPath, one.path) })
}

func TestImportsRunOneWay(t *testing.T) {
	for _, one := range ours(t) {
		from := place(one.ImportPath)
		if from < 0 {
			require.Equal(t, "bangfu", one.ImportPath, "a package outside every room")
			continue
		}
		for _, imported := range one.Imports {
			if to := place(imported); to >= 0 && to < from {
				t.Errorf("%s, of the room %s, imports %s, of the room %s", one.ImportPath, rooms[from].name, imported, rooms[to].name)
			}
		}
	}
}

func TestNobodyButTheProgramsNeedsTheSeeds(t *testing.T) {
	const forTests = "bangfu/api/web/webtest"
	for _, one := range ours(t) {
		require.NotContains(t, one.Imports, forTests, "%s is for tests only", one.ImportPath)
		if one.ImportPath == forTests {
			continue
		}
		if slices.ContainsFunc(one.Imports, func(imported string) bool { return within(imported, "bangfu/seeds") }) {
			require.True(t, within(one.ImportPath, "bangfu/cmd") || within(one.ImportPath, "bangfu/seeds"), one.ImportPath)
		}
	}
}

func TestOnlyTheStandaloneProgramLinksTheTemporalServer(t *testing.T) {
	const server = "go.temporal.io/server"
	linked := 0
	for _, one := range ours(t) {
		inside := within(one.ImportPath, "bangfu/cmd/standalone")
		for _, dependency := range one.Deps {
			if within(dependency, server) {
				linked++
				require.True(t, inside, "%s links %s", one.ImportPath, dependency)
			}
		}
		for _, imported := range slices.Concat(one.TestImports, one.XTestImports) {
			require.False(t, within(imported, server) && !inside, "the tests of %s link %s", one.ImportPath, imported)
		}
	}
	require.NotZero(t, linked, "the check sees nothing")
}

func TestTheRulesKnowNoDatabaseNoEngineAndNoNetwork(t *testing.T) {
	forbidden := []string{"database/sql", "gorm.io", "go.temporal.io", "modernc.org", "net/http", "github.com/go-sql-driver", "github.com/gin-gonic"}
	for _, one := range ours(t) {
		if one.ImportPath != "bangfu/models" {
			continue
		}
		for _, dependency := range one.Deps {
			for _, unwanted := range forbidden {
				require.False(t, within(dependency, unwanted), "models depends on %s", dependency)
			}
		}
	}
}

func TestTheWorkflowsThemselvesTouchNoDatabase(t *testing.T) {
	// The activities do, and workflows import those for their types; so this
	// looks at what the package itself says.
	forbidden := []string{"database/sql", "gorm.io", "bangfu/models/store", "os", "net", "net/http", "math/rand", "math/rand/v2"}
	for _, one := range ours(t) {
		if one.ImportPath == "bangfu/workflows" {
			for _, imported := range one.Imports {
				require.NotContains(t, forbidden, imported)
			}
		}
	}
}

// clock are the functions of package time that ask the machine what time it is,
// or wait for it.
var clock = []string{"Now", "Since", "Until", "After", "AfterFunc", "Sleep", "Tick", "NewTimer", "NewTicker", "LoadLocation"}

func TestRulesAndWorkflowsAskNoClock(t *testing.T) {
	for _, folder := range []string{"models", "workflows"} {
		for _, file := range sources(t, folder, false) {
			// The client side of the workflows runs outside of them.
			if strings.HasPrefix(filepath.Base(file), "engine") {
				continue
			}
			ast.Inspect(parsed(t, file), func(node ast.Node) bool {
				selector, isSelector := node.(*ast.SelectorExpr)
				if !isSelector {
					return true
				}
				if owner, isName := selector.X.(*ast.Ident); isName && owner.Name == "time" {
					require.NotContains(t, clock, selector.Sel.Name, file)
				}
				return true
			})
		}
	}
}

// The bounds of the house style. A file or function that outgrows them hides a
// noun that wants a name of its own.
const (
	longestFile     = 400
	longestFunction = 70
)

func TestFilesAndFunctionsStayShort(t *testing.T) {
	for _, file := range sources(t, ".", true) {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		if generated(content) {
			continue
		}
		if lines := bytes.Count(content, []byte("\n")); lines > longestFile {
			t.Errorf("%s has %d lines, more than %d", file, lines, longestFile)
		}
		if strings.HasSuffix(file, "_test.go") {
			continue // a table of cases is long and plain
		}
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, file, content, parser.SkipObjectResolution)
		require.NoError(t, err)
		for _, declaration := range tree.Decls {
			function, isFunction := declaration.(*ast.FuncDecl)
			if !isFunction {
				continue
			}
			if lines := set.Position(function.End()).Line - set.Position(function.Pos()).Line + 1; lines > longestFunction {
				t.Errorf("%s: %s has %d lines, more than %d", file, function.Name.Name, lines, longestFunction)
			}
		}
	}
}

func TestPackagesSayWhatTheyAre(t *testing.T) {
	described := map[string]bool{}
	for _, file := range sources(t, ".", true) {
		tree := parsed(t, file)
		folder := filepath.Dir(file)
		described[folder] = described[folder] || tree.Doc != nil
	}
	for folder, has := range described {
		if folder != "." {
			require.True(t, has, "the package in %s has no comment", folder)
		}
	}
}

// sources lists the Go files under a folder. Without deep it leaves out
// subfolders, and it never lists tests then.
func sources(t *testing.T, folder string, deep bool) []string {
	t.Helper()
	var found []string
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			name := entry.Name()
			skip := path != folder && (!deep || strings.HasPrefix(name, ".") || name == "testdata" || name == "tools" || name == "data" || name == "bin")
			if skip {
				return fs.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(path, ".go") && (deep || !strings.HasSuffix(path, "_test.go")) {
			found = append(found, path)
		}
		return nil
	}))
	return found
}

func parsed(t *testing.T, file string) *ast.File {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments|parser.SkipObjectResolution)
	require.NoError(t, err)
	return tree
}

func generated(content []byte) bool {
	lines := bufio.NewScanner(bytes.NewReader(content))
	for lines.Scan() {
		line := lines.Text()
		if strings.HasPrefix(line, "// Code generated ") && strings.HasSuffix(line, " DO NOT EDIT.") {
			return true
		}
		if strings.HasPrefix(line, "package ") {
			return false
		}
	}
	return false
}
