package store

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
)

// Sizes of a page: what an absent or senseless size is coerced to.
const (
	DefaultPageSize = 50
	MaximumPageSize = 200
)

// Page asks for a part of a list: so many rows after a token that an earlier
// page of the same list gave. A token says where, never what one may see.
type Page struct {
	Size  int
	After string
}

// Paged is one page of a list. Next is empty on the last page.
type Paged[T any] struct {
	Items []T
	Next  string
}

// limit is the number of rows of the page.
func (p Page) limit() int {
	switch {
	case p.Size <= 0:
		return DefaultPageSize
	case p.Size > MaximumPageSize:
		return MaximumPageSize
	default:
		return p.Size
	}
}

// cursor is what a token holds: the keys of the last row shown, and a digest of
// the list it belongs to.
type cursor struct {
	List string          `json:"l"`
	Key  json.RawMessage `json:"k"`
}

// position reads the token into key, a pointer to the list's key type, and
// reports whether there was one. filters is everything that makes the list what
// it is: its name, filters and sort; another value of it refuses the token.
func (p Page) position(filters, key any) (bool, error) {
	if p.After == "" {
		return false, nil
	}
	data, err := base64.RawURLEncoding.DecodeString(p.After)
	if err != nil {
		return false, ErrCursor
	}
	var token cursor
	if err := json.Unmarshal(data, &token); err != nil {
		return false, ErrCursor
	}
	list, err := listDigest(filters)
	if err != nil {
		return false, err
	}
	if token.List != list || json.Unmarshal(token.Key, key) != nil {
		return false, ErrCursor
	}
	return true, nil
}

// tokenAfter is the token of the page that follows the row with the key.
func tokenAfter(filters, key any) (string, error) {
	list, err := listDigest(filters)
	if err != nil {
		return "", err
	}
	keys, err := json.Marshal(key)
	if err != nil {
		return "", fmt.Errorf("write page token: %w", err)
	}
	data, err := json.Marshal(cursor{List: list, Key: keys})
	if err != nil {
		return "", fmt.Errorf("write page token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(data), nil
}

func listDigest(filters any) (string, error) {
	data, err := json.Marshal(filters)
	if err != nil {
		return "", fmt.Errorf("digest filters: %w", err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%T %s", filters, data))
	return base64.RawURLEncoding.EncodeToString(sum[:9]), nil
}

// paged cuts rows, queried with one more than the page's limit, into a page.
// keyOf gives the sort key of a row.
func paged[Row, Key any](page Page, filters any, rows []Row, keyOf func(Row) Key) (Paged[Row], error) {
	if len(rows) <= page.limit() {
		return Paged[Row]{Items: rows}, nil
	}
	rows = rows[:page.limit()]
	next, err := tokenAfter(filters, keyOf(rows[len(rows)-1]))
	return Paged[Row]{Items: rows, Next: next}, err
}

// mapped turns the rows of a page into what callers see.
func mapped[Row, Item any](page Paged[Row], convert func(Row) Item) Paged[Item] {
	items := make([]Item, len(page.Items))
	for i, row := range page.Items {
		items[i] = convert(row)
	}
	return Paged[Item]{Items: items, Next: page.Next}
}
