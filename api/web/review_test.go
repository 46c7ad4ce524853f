package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"

	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/api/web/webtest"
)

// aClaim is the address of the first claim in a reviewer's queue.
func aClaim(t *testing.T, reviewer *webtest.Visitor) string {
	t.Helper()
	at := regexp.MustCompile(`/reviews/[^/"?]+`).FindString(reviewer.Get("/reviews?plan=demo").Body)
	require.NotEmpty(t, at)
	return at
}

// formTo is the form of a page that is sent to an address.
func formTo(t *testing.T, body, action string) *html.Node {
	t.Helper()
	form := find(parsed(t, body), func(node *html.Node) bool { return node.Data == "form" && attribute(node, "action") == action })
	require.NotNil(t, form, action)
	return form
}

// named is the field of a form.
func named(t *testing.T, form *html.Node, name string) *html.Node {
	t.Helper()
	field := find(form, func(node *html.Node) bool { return attribute(node, "name") == name })
	require.NotNil(t, field, name)
	return field
}

func isOpen(panel *html.Node) bool {
	for _, one := range panel.Attr {
		if one.Key == "open" {
			return true
		}
	}
	return false
}

func TestADecisionThatWasNotTakenIsShownInItsOwnFormUnderItsKey(t *testing.T) {
	h := webtest.Open(t, web.New())
	reviewer := h.As(auth.RoleDistrictScience)
	at := aClaim(t, reviewer)
	shown := reviewer.Get(at).Body
	key, match := hidden(t, shown, "key"), hidden(t, shown, "match")
	typed := map[string]url.Values{
		"accept": {"remark": {"同意"}}, "return": {"reason.summary": {"请写明方式"}}, "reject": {"reject-remark": {"与本人无关"}},
	}
	for verb, words := range typed {
		filled := url.Values{"key": {key}, "match": {match}}
		for name, values := range words {
			filled[name] = values
		}
		got := reviewer.Post(at+"/"+verb, filled)
		require.Equal(t, http.StatusServiceUnavailable, got.Status, "Temporal is away")
		for other := range typed {
			form := formTo(t, got.Body, at+"/"+other)
			require.Equal(t, key, attribute(named(t, form, "key"), "value"), "after %s the key of %s has drifted", verb, other)
			if panel := form.Parent; panel.Data == "details" {
				require.Equal(t, verb == other, isOpen(panel), "%s after %s", other, verb)
			}
		}
		require.Contains(t, content(formTo(t, got.Body, at+"/"+verb)), words[onlyName(words)][0])
		if verb != "accept" {
			require.Empty(t, content(named(t, formTo(t, got.Body, at+"/accept"), "remark")), "a reason of %s is no remark of an acceptance", verb)
		}
	}
}

func onlyName(values url.Values) string {
	for name := range values {
		return name
	}
	return ""
}

// content is what is typed into a form or a field.
func content(node *html.Node) string {
	text := attribute(node, "value")
	if node.Type == html.TextNode {
		text = node.Data
	}
	for child := node.FirstChild; child != nil; child = child.NextSibling {
		text += content(child)
	}
	return text
}

func TestARejectionWithoutAReasonIsToldBesideItsOwnField(t *testing.T) {
	h := webtest.Open(t, web.New())
	reviewer := h.As(auth.RoleDistrictScience)
	at := aClaim(t, reviewer)
	got := reviewer.Post(at+"/reject", url.Values{"key": {"k"}, "match": {hidden(t, reviewer.Get(at).Body, "match")}})
	require.Equal(t, http.StatusUnprocessableEntity, got.Status)
	require.Contains(t, got.Body, `href="#reject-remark"`)
	require.Contains(t, got.Body, `id="reject-remark-fault"`)
	require.NotContains(t, got.Body, `id="remark-fault"`)
	require.NotEqual(t, "k", hidden(t, got.Body, "key"))
}

func TestTheFilterOfTheQueueIsKeptFromClaimToClaim(t *testing.T) {
	h := webtest.Open(t, web.New())
	reviewer := h.As(auth.RoleDistrictScience)
	const filter = "?kind=transform"
	queue := reviewer.Get("/reviews" + filter + "&plan=demo").Body
	claims := regexp.MustCompile(`href="(/reviews/[^"?]+)\?kind=transform"`).FindAllStringSubmatch(queue, -1)
	require.Greater(t, len(claims), 1)
	at := claims[0][1]
	shown := reviewer.Get(at + filter).Body
	refused := reviewer.Post(at+"/accept"+filter, url.Values{"key": {"k"}, "match": {`"0"`}})
	require.Equal(t, http.StatusPreconditionFailed, refused.Status)
	for _, body := range []string{shown, refused.Body} {
		for _, verb := range []string{"accept", "return", "reject"} {
			formTo(t, body, at+"/"+verb+filter)
		}
		for key, leads := range map[string]string{"j": claims[1][1] + filter, "k": "/reviews" + filter} {
			link := find(parsed(t, body), func(node *html.Node) bool { return node.Data == "a" && attribute(node, "data-key") == key })
			require.NotNil(t, link, key)
			require.Equal(t, leads, attribute(link, "href"))
		}
	}
}
