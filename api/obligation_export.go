package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/xuri/excelize/v2"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// ExportMost is how many rows one workbook holds. More is refused before it
// begins, never cut off.
const ExportMost = 20_000

// exportHeader are the columns of the ledger's workbook.
var exportHeader = []any{
	"单位", "干部编号", "姓名", "状态", "灯", "原定到期日", "下一到期时间",
	"引进：灯", "引进：认定/应完成", "引进：到期日", "创办：灯", "创办：认定/应完成", "创办：到期日",
	"转型：灯", "转型：认定/应完成", "转型：到期日",
}

func registerObligationExport(api huma.API, s *server) {
	huma.Register(api, logged(s.operation(huma.Operation{
		OperationID: "export-obligations", Method: http.MethodGet, Path: "/obligations/export", Tags: []string{"帮扶责任"},
		Summary:     "导出台账（xlsx）",
		Description: "与列表用同一组筛选条件和同一个顺序，至多 " + strconv.Itoa(ExportMost) + " 行，超过时拒绝而不截断。首行写明导出人、时间和行数；每次导出记入访问日志。",
	}, auth.ObligationExport, ReachList)), s.exportObligations)
}

func (s *server) exportObligations(ctx context.Context, input *ObligationCountInput) (*huma.StreamResponse, error) {
	filter, err := s.obligationFilter(ctx, input.ObligationQuery)
	if err != nil {
		return nil, err
	}
	reach := s.exportReach(ctx)
	asOf := s.now()
	count, err := s.Archive.CountObligations(ctx, reach, filter, asOf)
	if err != nil {
		return nil, err
	}
	if count > ExportMost {
		return nil, problem.New(problem.ExportTooLarge, "rows", strconv.FormatInt(count, 10), "most", strconv.Itoa(ExportMost))
	}
	book, err := s.ledgerBook(ctx, reach, filter, count)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		// The workbook's temporary file goes with it.
		defer func() { _ = book.Close() }()
		ctx.SetHeader("Content-Type", typeXLSX)
		ctx.SetHeader("Content-Disposition", attachment("责任台账-"+models.DateOf(asOf).String()+".xlsx"))
		ctx.SetStatus(http.StatusOK)
		// A client that goes away in the middle is no error of the server.
		_ = book.Write(ctx.BodyWriter())
	}}, nil
}

// exportReach is what may both be read and taken away.
func (s *server) exportReach(ctx context.Context) store.Reach {
	return s.Policy.Reach(principal(ctx), auth.ObligationExport)
}

// ledgerBook writes the rows as they are read, page by page: the workbook keeps
// them in a temporary file, not in memory.
func (s *server) ledgerBook(ctx context.Context, reach store.Reach, filter store.ObligationFilter, count int64) (*excelize.File, error) {
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	account, err := s.Archive.Account(ctx, principal(ctx).Account)
	if err != nil {
		return nil, err
	}
	book := excelize.NewFile()
	sheet, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		return nil, fmt.Errorf("begin a workbook: %w", err)
	}
	asOf := s.now()
	mark := fmt.Sprintf("%s（%s）于 %s 导出，共 %d 行，仅供工作使用。", account.Name, account.Login, instantText(asOf), count)
	if err := sheet.SetRow("A1", []any{mark}); err != nil {
		return nil, fmt.Errorf("write a workbook: %w", err)
	}
	if err := sheet.SetRow("A2", exportHeader); err != nil {
		return nil, fmt.Errorf("write a workbook: %w", err)
	}
	row, page := 3, store.Page{Size: 200}
	for {
		items, err := s.Archive.Obligations(ctx, reach, filter, asOf, page)
		if err != nil {
			return nil, err
		}
		people := make([]person, len(items.Items))
		for i, item := range items.Items {
			people[i] = person{id: item.Obligation.ID.Cadre, unitPath: item.UnitPath}
		}
		if err := s.learn(ctx, names, people...); err != nil {
			return nil, err
		}
		for _, item := range items.Items {
			if err := sheet.SetRow("A"+strconv.Itoa(row), exportRow(showObligation(item, names))); err != nil {
				return nil, fmt.Errorf("write a workbook: %w", err)
			}
			row++
		}
		if items.Next == "" {
			break
		}
		page.After = items.Next
	}
	if err := sheet.Flush(); err != nil {
		return nil, fmt.Errorf("end a workbook: %w", err)
	}
	return book, nil
}

// exportRow is one line. Every cell is a text, so that no program takes what
// somebody typed for a formula.
func exportRow(view ObligationView) []any {
	due := "—"
	if view.DueAt != nil {
		due = instantText(*view.DueAt)
	}
	cells := []any{
		view.Unit.Name, string(view.Cadre.ID), view.Cadre.Name, view.Standing.State.Text, view.Standing.Light.Text,
		dateText(view.PlanDue), due,
	}
	for _, kind := range models.Kinds {
		for _, goal := range view.Standing.Goals {
			if goal.Kind.Code == string(kind) {
				cells = append(cells, goal.Light.Text, fmt.Sprintf("%d/%d", goal.Credits, goal.Required), dateText(goal.Due))
			}
		}
	}
	return cells
}
