package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"bangfu/api/auth"
	"bangfu/api/web/definition"
)

// counted is a number with a unit, as figures are written.
var counted = regexp.MustCompile(`[0-9][0-9,]* ?(项|家|人|名|天|个工作日|行|处|条|份|次|轮|个整月|个月|个事件)|[0-9.]+%|[0-9]+/[0-9]+`)

// ordinal numbers name a thing and count nothing.
var ordinal = regexp.MustCompile(`第 ?[0-9]+ ?(次|轮|条|项|家)`)

// said are texts of numbers that are no figures: what one may type or press, and
// the words of people and of the plan.
var said = []string{"label", "button", "option", "legend", "textarea", "h1", "h2", "h3", "thead", "summary", "script", "noscript"}

func attribute(node *html.Node, name string) string {
	for _, one := range node.Attr {
		if one.Key == name {
			return one.Val
		}
	}
	return ""
}

func hasClass(node *html.Node, class string) bool {
	return slices.Contains(strings.Fields(attribute(node, "class")), class)
}

func parsed(t *testing.T, text string) *html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	require.NoError(t, err)
	return root
}

// find answers the first node below that fits.
func find(node *html.Node, fits func(*html.Node) bool) *html.Node {
	if fits(node) {
		return node
	}
	for child := node.FirstChild; child != nil; child = child.NextSibling {
		if found := find(child, fits); found != nil {
			return found
		}
	}
	return nil
}

// defines reports whether a link leads to a definition: to that of the page of all,
// or, for a bulletin's figure, to the figure's own page, which says it too.
func defines(node *html.Node) bool {
	if node.Type != html.ElementNode || node.Data != "a" {
		return false
	}
	href := attribute(node, "href")
	return strings.HasPrefix(href, "/definitions#") || strings.HasPrefix(href, "/bulletins/") && strings.Contains(href, "/figures/")
}

// undefined are the figures of a page that no definition is one click away from:
// neither they nor what is around them within the page's body leads to one.
func undefined(root *html.Node) []string {
	main := find(root, func(node *html.Node) bool { return node.Data == "main" })
	if main == nil {
		main = root
	}
	var found []string
	var walk func(*html.Node)
	walk = func(node *html.Node) {
		if slices.Contains(said, node.Data) || hasClass(node, "hint") || hasClass(node, "words") || hasClass(node, "refusal") {
			return
		}
		figure := hasClass(node, "tile-figure") || (hasClass(node, "number") && node.Data == "td" && strings.ContainsAny(textOf(node), "0123456789"))
		if figure || (node.Type == html.TextNode && counted.MatchString(ordinal.ReplaceAllString(strings.Join(strings.Fields(node.Data), " "), ""))) {
			if !explained(node, main) {
				found = append(found, strings.Join(strings.Fields(textOf(node)), " "))
			}
			return
		}
		for child := node.FirstChild; child != nil; child = child.NextSibling {
			walk(child)
		}
	}
	walk(main)
	return found
}

func textOf(node *html.Node) string {
	if node.Type == html.TextNode {
		return node.Data
	}
	var text strings.Builder
	for child := node.FirstChild; child != nil; child = child.NextSibling {
		text.WriteString(textOf(child))
	}
	return text.String()
}

func explained(node, main *html.Node) bool {
	for around := node; around != nil && around != main; around = around.Parent {
		if find(around, defines) != nil {
			return true
		}
	}
	return false
}

func TestEveryFigureOnEveryPageHasItsDefinitionOneClickAway(t *testing.T) {
	w := aWalk(t)
	require.NoError(t, w.Archive.CreateSavedView(t.Context(), aSavedView(w.Account(auth.RoleOrganization))))
	places := []place{nearby, own}
	table := rows()
	for _, name := range slices.Sorted(maps.Keys(table)) {
		path, isPage := strings.CutPrefix(name, http.MethodGet+" ")
		if !isPage || path == "/definitions" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			for _, role := range auth.Roles() {
				for _, at := range places {
					if table[name].thing == nil && at == own {
						continue
					}
					answered := w.try(t, w.visitors[role], http.MethodGet, path, table[name], at)
					if answered.Status == http.StatusOK && strings.HasPrefix(answered.Header.Get("Content-Type"), "text/html") {
						require.Empty(t, undefined(parsed(t, answered.Body)), "%s, %s", role, at)
					}
				}
			}
		})
	}
}

func TestEveryDefinitionThatAPageLeadsToIsThere(t *testing.T) {
	w := aWalk(t)
	page := w.visitors[auth.RoleAuditor].Get("/definitions")
	require.Equal(t, http.StatusOK, page.Status)
	root := parsed(t, page.Body)
	for _, group := range definition.Groups() {
		for _, one := range group.Definitions {
			address, err := url.Parse(one.Path())
			require.NoError(t, err)
			require.NotNil(t, find(root, func(node *html.Node) bool { return attribute(node, "id") == address.Fragment }), one.Name)
		}
	}
}

func TestAFigureWithoutADefinitionIsFound(t *testing.T) {
	require.Equal(t, []string{"共 12 项", "7"}, undefined(parsed(t, `<main><p>共 12 项</p><ul><li><span class="tile-figure">7</span></li></ul><p>2013年5月6日</p></main>`)))
	require.Empty(t, undefined(parsed(t, `<main><section><a href="/definitions#duties">ⓘ</a><p>共 12 项</p></section></main>`)))
	require.Equal(t, []string{"共 12 项"}, undefined(parsed(t, `<main><section><a href="/definitions#duties">ⓘ</a></section><p>共 12 项</p></main>`)))
}
