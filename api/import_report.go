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

	"bangfu/api/auth"
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
	mediaType := "text/csv; charset=utf-8"
	if strings.EqualFold(path.Ext(name), ".xlsx") {
		mediaType = typeXLSX
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", mediaType)
		ctx.SetHeader("X-Content-Type-Options", "nosniff")
		ctx.SetHeader("Content-Disposition", disposition("标注-"+name))
		ctx.SetHeader("Cache-Control", "private, no-store")
		ctx.SetStatus(http.StatusOK)
		// A client that goes away in the middle is no error of the server.
		_, _ = ctx.BodyWriter().Write(workbook.Bytes())
	}}, nil
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
	view := showImport(entry.ImportReport, entry.FileName, entry.FileDigest)
	view.At = moment(entry.At)
	return &ImportBody{Status: http.StatusOK, Body: view}, nil
}

func (s *server) getImportWorkbook(ctx context.Context, input *ImportReadInput) (*huma.StreamResponse, error) {
	entry, err := s.readableImport(ctx, input.Import)
	if err != nil {
		return nil, err
	}
	data, err := s.Blobs.ReadAll(ctx, rosterKey(entry.FileDigest))
	if err != nil {
		return nil, fmt.Errorf("read the roster of import %s: %w", entry.ID, err)
	}
	return marked(data, entry.FileName, entry.Problems)
}
