package page

import (
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
