package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"gocloud.dev/gcerrors"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/roster"
	"bangfu/models/store"
)

// Importing is ImportInput under an embedded name that the framework reads.
type Importing = ImportInput

// MarkInput names the mark that is asked for.
type MarkInput struct {
	Importing
	Kind store.ImportKind `path:"kind" enum:"cadres,enterprises" doc:"名册种类"`
}

// markRoster rehearses and gives the same file back with a column of errors.
func (s *server) markRoster(ctx context.Context, input *MarkInput) (*huma.StreamResponse, error) {
	file, err := s.readRoster(&input.Importing)
	if err != nil {
		return nil, err
	}
	run := s.runCadres
	if input.Kind == store.ImportOfEnterprises {
		run = s.runEnterprises
	}
	report, err := run(ctx, file, input.Plan, true)
	if err != nil {
		return nil, err
	}
	return marked(file.data, file.name, report.Problems)
}

// marked writes the file with its problems, whole before anything is answered.
func marked(data []byte, name string, problems []roster.Problem) (*huma.StreamResponse, error) {
	if len(problems) > 0 && !slices.ContainsFunc(problems, func(p roster.Problem) bool { return p.Row > 0 }) {
		// What is wrong with the file as a whole stands in no row of it.
		return nil, invalid("body.file", problems[0].String())
	}
	var workbook bytes.Buffer
	err := roster.WriteProblems(&workbook, bytes.NewReader(data), name, problems)
	if errors.Is(err, roster.ErrUnreadable) {
		reason := "文件无法读取，不能标注"
		if len(problems) > 0 {
			reason = problems[0].String()
		}
		return nil, invalid("body.file", reason)
	}
	if err != nil {
		return nil, err
	}
	return rosterStream(workbook.Bytes(), "标注-"+name), nil
}

// rosterStream gives a roster as a file to keep.
func rosterStream(data []byte, name string) *huma.StreamResponse {
	mediaType := "text/csv; charset=utf-8"
	if strings.EqualFold(path.Ext(name), ".xlsx") {
		mediaType = typeXLSX
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", mediaType)
		ctx.SetHeader("X-Content-Type-Options", "nosniff")
		ctx.SetHeader("Content-Disposition", attachment(name))
		ctx.SetHeader("Cache-Control", "private, no-store")
		ctx.SetStatus(http.StatusOK)
		// A client that goes away in the middle is no error of the server.
		_, _ = ctx.BodyWriter().Write(data)
	}}
}

// readableImport finds an import of the caller, or any for whoever may import
// everywhere: a report repeats what stands in the file.
func (s *server) readableImport(ctx context.Context, id string) (store.ImportEntry, error) {
	who := principal(ctx)
	entry, err := s.Archive.Import(ctx, id)
	if err != nil {
		return store.ImportEntry{}, err
	}
	if entry.By != who.Account && !s.importsEverywhere(ctx) {
		return store.ImportEntry{}, store.ErrNotFound
	}
	return entry, nil
}

// importsEverywhere reports whether the caller may import at the root of the tree.
func (s *server) importsEverywhere(ctx context.Context) bool {
	reach := s.Policy.Reach(principal(ctx), auth.ImportRun)
	return reach.All || slices.ContainsFunc(reach.Paths, func(path string) bool { return strings.Count(path, "/") <= 2 })
}

func (s *server) getImport(ctx context.Context, input *ImportReadInput) (*ImportBody, error) {
	entry, err := s.readableImport(ctx, input.Import)
	if err != nil {
		return nil, err
	}
	views, err := s.showImports(ctx, []store.ImportEntry{entry})
	if err != nil {
		return nil, err
	}
	return &ImportBody{Status: http.StatusOK, Body: views[0]}, nil
}

// showImports names who imported.
func (s *server) showImports(ctx context.Context, entries []store.ImportEntry) ([]ImportView, error) {
	views := make([]ImportView, len(entries))
	var actors []actor
	for i, entry := range entries {
		view := showImport(entry.ImportReport, entry.FileName, entry.FileDigest)
		view.At, view.Rehearsal = moment(entry.At), entry.Rehearsal
		view.RemovedAt = moment(entry.RemovedAt)
		view.Kept = !entry.Rehearsal && entry.RemovedAt.IsZero() && entry.By != models.SystemAccount
		views[i] = view
		if entry.By == models.SystemAccount {
			views[i].By = "系统命令行"
		} else {
			actors = append(actors, actor{entry.By, &views[i].By})
		}
	}
	return views, s.name(ctx, actors...)
}

// ImportListInput is the query of the list of imports.
type ImportListInput struct{ Paging }

func (s *server) listImports(ctx context.Context, input *ImportListInput) (*PageBody[ImportView], error) {
	by := principal(ctx).Account
	if s.importsEverywhere(ctx) {
		by = ""
	}
	found, err := s.Archive.Imports(ctx, by, input.page())
	if err != nil {
		return nil, err
	}
	for i := range found.Items {
		// The cells that were at fault stand in the report of the one import.
		found.Items[i].Faults, found.Items[i].Problems = max(found.Items[i].Faults, len(found.Items[i].Problems)), nil
	}
	views, err := s.showImports(ctx, found.Items)
	if err != nil {
		return nil, err
	}
	return &PageBody[ImportView]{Body: PageOf[ImportView]{Items: views, Next: found.Next}}, nil
}

// keptRoster reads the sheet of an import, if it is still kept.
func (s *server) keptRoster(ctx context.Context, entry store.ImportEntry) ([]byte, error) {
	if !entry.RemovedAt.IsZero() {
		return nil, problem.New(problem.RosterRemoved, "day", dateText(models.DateOf(entry.RemovedAt)))
	}
	data, err := s.Blobs.ReadAll(ctx, store.RosterKey(entry.FileDigest))
	if gcerrors.Code(err) == gcerrors.NotFound || entry.Rehearsal {
		return nil, problem.New(problem.RosterNotKept)
	}
	if err != nil {
		return nil, fmt.Errorf("read the roster of import %s: %w", entry.ID, err)
	}
	return data, nil
}

func (s *server) getImportFile(ctx context.Context, input *ImportReadInput) (*huma.StreamResponse, error) {
	entry, err := s.readableImport(ctx, input.Import)
	if err != nil {
		return nil, err
	}
	data, err := s.keptRoster(ctx, entry)
	if err != nil {
		return nil, err
	}
	return rosterStream(data, entry.FileName), nil
}

func (s *server) getImportWorkbook(ctx context.Context, input *ImportReadInput) (*huma.StreamResponse, error) {
	entry, err := s.readableImport(ctx, input.Import)
	if err != nil {
		return nil, err
	}
	data, err := s.keptRoster(ctx, entry)
	if err != nil {
		return nil, err
	}
	return marked(data, entry.FileName, entry.Problems)
}
