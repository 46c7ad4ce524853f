package api

import "bangfu/models/store"

// pageInput is embedded, as Paging, in the input of every list.
type pageInput struct {
	Size  int    `query:"size" doc:"每页条数，缺省 50，至多 200"`
	After string `query:"after" maxLength:"1000" doc:"上一页给出的翻页标记"`
}

// page is the input as the archive takes it. The archive coerces the size.
func (p pageInput) page() store.Page { return store.Page{Size: p.Size, After: p.After} }

// PageOf is the body of every list.
type PageOf[T any] struct {
	Items []T `json:"items" doc:"本页内容"`
	// Next is absent on the last page.
	Next string `json:"next,omitempty" doc:"下一页的翻页标记；没有即为最后一页"`
}

// PageBody is the answer of every list.
type PageBody[T any] struct{ Body PageOf[T] }

// paged turns a page of the archive into the answer of a list.
func paged[Row, Item any](rows store.Paged[Row], show func(Row) Item) *PageBody[Item] {
	items := make([]Item, 0, len(rows.Items))
	for _, row := range rows.Items {
		items = append(items, show(row))
	}
	return &PageBody[Item]{Body: PageOf[Item]{Items: items, Next: rows.Next}}
}
