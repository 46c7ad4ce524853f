package page

import (
	"maps"
	"net/url"

	"bangfu/api"
)

// Listed asks the API for a page of a list whose address and query are those of
// the page, and gives the address of the page after it; empty on the last one.
func Listed[T any](v *Visit, path string, names ...string) (items []T, next string, err error) {
	query := url.Values{}
	for _, name := range append(names, "after") {
		if value := v.Query(name); value != "" {
			query.Set(name, value)
		}
	}
	var found api.PageOf[T]
	if _, err := v.Ask(path, query, &found); err != nil {
		return nil, "", err
	}
	if found.Next != "" {
		query.Set("after", found.Next)
		next = path + "?" + query.Encode()
	}
	return found.Items, next, nil
}

// Everything reads a list of the API to its end, for a page that shows it whole.
func Everything[T any](v *Visit, path string, query url.Values) ([]T, error) {
	var all []T
	asked := url.Values{"size": {"200"}}
	maps.Copy(asked, query)
	for {
		var part api.PageOf[T]
		if _, err := v.Ask(path, asked, &part); err != nil {
			return nil, err
		}
		all = append(all, part.Items...)
		if part.Next == "" {
			return all, nil
		}
		asked.Set("after", part.Next)
	}
}

// Onward is the address of the page after this one of a list at path, asked for
// as this one was; empty on the last page, where there is no cursor.
func (v *Visit) Onward(path, cursor string) string {
	if cursor == "" {
		return ""
	}
	query := v.Request.URL.Query()
	query.Set("after", cursor)
	return path + "?" + query.Encode()
}
