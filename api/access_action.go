package api

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/models"
	"bangfu/models/store"
)

// The actions of the access log that are no operations of the API.
const (
	actionLoginLink = "sign-in-by-link"
	actionOpenPage  = "open-page"
)

// actionTexts are the actions of the access log in words, by their codes. Any
// operation may stand in the log, since any may be refused.
type actionTexts map[string]string

// actionsOf takes the words from the descriptions of the operations, without the
// hint to whom an operation is for.
func actionsOf(document *huma.OpenAPI) actionTexts {
	texts := actionTexts{actionLoginLink: "会话：用链接登录", actionOpenPage: "打开页面"}
	for _, path := range document.Paths {
		for _, op := range []*huma.Operation{path.Get, path.Post, path.Put, path.Patch, path.Delete} {
			if op == nil {
				continue
			}
			text, _, _ := strings.Cut(op.Summary, "（")
			texts[op.OperationID] = strings.Join(append(slices.Clone(op.Tags), text), "：")
		}
	}
	return texts
}

// text is the action in words; one of an earlier version is shown by its code.
func (t actionTexts) text(code string) string {
	if text, known := t[code]; known {
		return text
	}
	return code
}

// matching are the codes of the actions that somebody names by a code or by a
// part of the words. What no action is called is matched by nothing.
func (t actionTexts) matching(asked string) []string {
	asked = strings.TrimSpace(asked)
	if asked == "" {
		return nil
	}
	if _, isCode := t[asked]; isCode {
		return []string{asked}
	}
	var codes []string
	for _, code := range slices.Sorted(maps.Keys(t)) {
		if strings.Contains(t[code], asked) {
			codes = append(codes, code)
		}
	}
	if len(codes) == 0 {
		return []string{asked}
	}
	return codes
}

// knownAs tells what the accounts of a page's rows are recognised by.
func knownAs[Row any](ctx context.Context, archive *store.Archive, rows []Row, account func(Row) models.AccountID) (map[models.AccountID]store.KnownAs, error) {
	asked := map[models.AccountID]bool{}
	for _, row := range rows {
		if account(row) != "" {
			asked[account(row)] = true
		}
	}
	return archive.KnownAs(ctx, slices.Sorted(maps.Keys(asked)))
}
