package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/roster"
	"bangfu/models/store"
)

// An import is carried out within its request: a roster of ten thousand rows
// takes seconds, and the answer is the report. Only the start of the
// obligations' workflows goes on afterwards, at a bounded rate.

// enrolmentsLater tells an importer that nothing is lost while Temporal is down.
const enrolmentsLater = "名册已导入，帮扶责任已建立；流程引擎暂时不可用，恢复后由后台自动启动计时，无需重新导入。"

// importLimit bounds the rows of one request; larger rosters go by bangfu import.
const importLimit = 10_000

// ImportView is the report of an import or a rehearsal.
type ImportView struct {
	ID          string            `json:"id,omitempty" doc:"导入编号；试运行没有编号"`
	Kind        store.ImportKind  `json:"kind" doc:"名册种类" enum:"cadres,enterprises"`
	State       Coded             `json:"state" doc:"结果"`
	FileName    string            `json:"fileName,omitempty" doc:"文件名"`
	FileDigest  string            `json:"fileDigest,omitempty" doc:"文件的 SHA-256"`
	Rows        int               `json:"rows" doc:"数据行数"`
	New         int               `json:"new" doc:"新增"`
	Changed     int               `json:"changed" doc:"更改"`
	Unchanged   int               `json:"unchanged" doc:"无变化"`
	Enrolled    int               `json:"enrolled" doc:"新建帮扶责任"`
	WithoutDuty int               `json:"withoutDuty" doc:"只登记、不承担责任"`
	Problems    []ImportFaultView `json:"problems" doc:"逐行逐列的问题；有一处即整个文件不导入"`
	At          *time.Time        `json:"at,omitempty" doc:"导入时间"`
	Rehearsal   bool              `json:"rehearsal" doc:"试运行"`
	Faults      int               `json:"faults" doc:"问题数"`
	By          string            `json:"by,omitempty" doc:"导入人"`
	// Kept says whether the sheet can still be fetched; RemovedAt when it no
	// longer could.
	Kept      bool       `json:"kept" doc:"名册文件是否仍保存"`
	RemovedAt *time.Time `json:"removedAt,omitempty" doc:"名册文件到期清除的时间"`
	// Note says what is still to come after an import.
	Note string `json:"note,omitempty" doc:"提示"`
}

// ImportFaultView is one thing that is wrong with the file.
type ImportFaultView struct {
	Row    int    `json:"row" doc:"行号；0 指整个文件"`
	Column string `json:"column,omitempty" doc:"列"`
	Header string `json:"header,omitempty" doc:"列标题"`
	Code   string `json:"code" doc:"问题代码"`
	Value  string `json:"value,omitempty" doc:"单元格内容"`
	Text   string `json:"text" doc:"问题" example:"第 3 行 C 列（职级）：必填项为空"`
}

var importStateTexts = map[store.ImportState]string{
	store.ImportRehearsed: "试运行无误", store.ImportRefused: "有问题，没有导入", store.ImportImported: "已导入",
}

func showImport(report store.ImportReport, fileName, fileDigest string) ImportView {
	view := ImportView{
		ID: report.ID, Kind: report.Kind, State: codedAs(report.State, importStateTexts[report.State]),
		FileName: fileName, FileDigest: fileDigest, Rows: report.Rows, Faults: max(report.Faults, len(report.Problems)), New: report.New, Changed: report.Changed,
		Unchanged: report.Unchanged, Enrolled: report.Enrolled, WithoutDuty: report.WithoutDuty,
		Problems: []ImportFaultView{},
	}
	for _, fault := range report.Problems {
		view.Problems = append(view.Problems, ImportFaultView{
			Row: fault.Row, Column: fault.Column, Header: fault.Header, Code: string(fault.Code),
			Value: fault.Value, Text: fault.String(),
		})
	}
	return view
}

// ImportInput names the import that is asked for.
type ImportInput struct {
	Uploading
	Plan   models.PlanID `query:"plan" maxLength:"64" doc:"干部名册须指明计划" example:"tianjin-2013"`
	DryRun bool          `query:"dryRun" default:"true" doc:"试运行：只检查，不导入"`
	Name   string        `query:"name" maxLength:"400" doc:"直接提交文件内容时的文件名" example:"名册.xlsx"`
}

// ImportBody answers with the import.
type ImportBody struct {
	Status   int
	Location string `header:"Location"`
	Body     ImportView
}

// ImportReadInput is the request to import read.
type ImportReadInput struct {
	Import string `path:"import" maxLength:"64" doc:"导入编号"`
}

func registerImport(api huma.API, s *server) {
	run := func(id, path, summary string) huma.Operation {
		return s.operation(huma.Operation{
			OperationID: id, Method: http.MethodPost, Path: path, Tags: []string{"导入"}, Summary: summary,
			Description: "xlsx 或 csv（UTF-8 或 GB18030），至多 10000 行。先试运行；整个文件要么全部导入，要么全不导入；重复导入不产生重复。",
			RequestBody: fileBody("application/octet-stream", typeXLSX, "text/csv"), BodyReadTimeout: -1,
		}, auth.ImportRun, ReachObject)
	}
	huma.Register(api, run("import-cadres", "/imports/cadres", "导入干部名册"), s.importCadres)
	huma.Register(api, run("import-enterprises", "/imports/enterprises", "导入企业名册"), s.importEnterprises)
	huma.Register(api, run("mark-roster", "/imports/{kind}/marked", "试运行并取回标明错误的名册"), s.markRoster)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-import", Method: http.MethodGet, Path: "/imports/{import}", Tags: []string{"导入"},
		Summary: "一次导入的报告", Description: "只有导入人本人，以及对整个单位树有导入权限的人可以查看。",
	}, auth.ImportRun, ReachObject), s.getImport)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-imports", Method: http.MethodGet, Path: "/imports", Tags: []string{"导入"},
		Summary: "历次导入和试运行", Description: "最近的在前。只列本人的；对整个单位树有导入权限的人可见全部。试运行只留数目，不留文件。",
	}, auth.ImportRun, ReachNone), s.listImports)
	huma.Register(api, logged(s.operation(huma.Operation{
		OperationID: "get-import-file", Method: http.MethodGet, Path: "/imports/{import}/file", Tags: []string{"导入"},
		Summary: "取回所导入的名册", Description: "每次取回记入访问日志；到期清除后答 410。",
	}, auth.ImportRun, ReachObject)), s.getImportFile)
	huma.Register(api, logged(s.operation(huma.Operation{
		OperationID: "get-import-workbook", Method: http.MethodGet, Path: "/imports/{import}/workbook", Tags: []string{"导入"},
		Summary: "取回标明错误的名册", Description: "每次取回记入访问日志；到期清除后答 410。",
	}, auth.ImportRun, ReachObject)), s.getImportWorkbook)
}

// rosterFile is an uploaded roster in memory, bounded by the roster's limits.
type rosterFile struct {
	name string
	data []byte
	sha  string
}

func (s *server) readRoster(input *ImportInput) (*rosterFile, error) {
	limit := roster.StandardLimits().Bytes
	part, claim, err := input.open(input.Name)
	if err != nil {
		return nil, err
	}
	name, err := cleanFileName(claim.name)
	if err != nil {
		return nil, fileProblem(err, limit)
	}
	file, err := spoolFile(part, name, limit)
	if err != nil {
		return nil, fileProblem(err, limit)
	}
	defer file.Close()
	data, err := os.ReadFile(file.spool.Name())
	if err != nil {
		return nil, fmt.Errorf("read an upload again: %w", err)
	}
	return &rosterFile{name: name, data: data, sha: file.sha256}, nil
}

// keepRoster keeps the file before anything is imported, so that an import
// never stands without it. A rehearsal keeps no file.
func (s *server) keepRoster(ctx context.Context, input *ImportInput, file *rosterFile) error {
	if input.DryRun {
		return nil
	}
	key := store.RosterKey(file.sha)
	if present, err := s.Blobs.Exists(ctx, key); err != nil || present {
		return err
	}
	err := s.Blobs.WriteAll(ctx, key, file.data, &blob.WriterOptions{ContentType: "application/octet-stream", IfNotExist: true})
	if err != nil && gcerrors.Code(err) != gcerrors.FailedPrecondition {
		return fmt.Errorf("keep the roster of an import: %w", err)
	}
	return nil
}

// remember follows the import: a rehearsal leaves its counts; the sheet of an
// import is looked for once more, because the removal of old sheets may have met
// the same one in between.
func (s *server) remember(ctx context.Context, input *ImportInput, file *rosterFile, report store.ImportReport) error {
	if !input.DryRun {
		return s.keepRoster(ctx, input, file)
	}
	return s.Archive.RememberRehearsal(ctx, s.importOf(ctx, file, input.Plan, nil, true), report)
}

func (s *server) importCadres(ctx context.Context, input *ImportInput) (*ImportBody, error) {
	file, err := s.readRoster(input)
	if err != nil {
		return nil, err
	}
	if err := s.keepRoster(ctx, input, file); err != nil {
		return nil, err
	}
	report, err := s.runCadres(ctx, file, input.Plan, input.DryRun)
	if err != nil {
		return nil, err
	}
	if err := s.remember(ctx, input, file, report); err != nil {
		return nil, err
	}
	answer := importAnswer(file, report)
	if report.State != store.ImportImported {
		return answer, nil
	}
	// The cadres are enrolled; starting their workflows may wait for Temporal.
	if err := s.Engine.StartEnrolments(ctx, input.Plan); err != nil {
		s.Logger.WarnContext(ctx, "enrolments not started yet", "plan", string(input.Plan), "import", report.ID, "cause", err.Error())
		answer.Body.Note = enrolmentsLater
	}
	return answer, nil
}

func (s *server) runCadres(ctx context.Context, file *rosterFile, plan models.PlanID, dryRun bool) (store.ImportReport, error) {
	if _, err := s.Archive.Plan(ctx, plan); errors.Is(err, store.ErrNotFound) {
		return store.ImportReport{}, invalid("query.plan", "没有这个计划")
	} else if err != nil {
		return store.ImportReport{}, err
	}
	rows, problems, err := roster.ReadCadres(bytes.NewReader(file.data), file.name)
	if err != nil {
		return store.ImportReport{}, err
	}
	if err := withinImport(len(rows)); err != nil {
		return store.ImportReport{}, err
	}
	outside, err := s.outsideReach(ctx, rows)
	if err != nil {
		return store.ImportReport{}, err
	}
	return s.Archive.ImportCadres(ctx, s.importOf(ctx, file, plan, append(problems, outside...), dryRun), rows)
}

func (s *server) importOf(ctx context.Context, file *rosterFile, plan models.PlanID, problems []roster.Problem, dryRun bool) store.Import {
	return store.Import{
		Plan: plan, FileName: file.name, FileDigest: file.sha, Problems: problems, DryRun: dryRun,
		By: principal(ctx).Account, Now: s.now(),
	}
}

func withinImport(rows int) error {
	if rows > importLimit {
		return invalid("body.file", fmt.Sprintf("数据行超过 %d，请拆分，或用 bangfu import 导入", importLimit))
	}
	return nil
}

// outsideReach refuses rows of units that are not in the importer's part of the
// tree, in the words that an unknown unit is refused with, so that nothing is
// learned of other parts.
func (s *server) outsideReach(ctx context.Context, rows []roster.Cadre) ([]roster.Problem, error) {
	reach := s.Policy.Reach(principal(ctx), auth.ImportRun)
	if reach.All {
		return nil, nil
	}
	units, err := s.Archive.Units(ctx, store.UnitFilter{})
	if err != nil {
		return nil, err
	}
	allowed, known := map[string]bool{}, map[string]bool{}
	for _, unit := range units {
		for _, word := range []string{string(unit.ID), unit.Name, unit.ShortName} {
			known[models.NormalName(word)] = true
			if reach.Covers(unit.Path, "") {
				allowed[models.NormalName(word)] = true
			}
		}
	}
	// A short name may belong to two units, one inside and one outside.
	for _, unit := range units {
		if !reach.Covers(unit.Path, "") && unit.Kind != models.UnitGroup {
			for _, word := range []string{string(unit.ID), unit.Name, unit.ShortName} {
				delete(allowed, models.NormalName(word))
			}
		}
	}
	var problems []roster.Problem
	for _, row := range rows {
		if word := models.NormalName(row.Unit); word != "" && known[word] && !allowed[word] {
			problems = append(problems, row.Problem(roster.FieldUnit, roster.UnitUnknown, row.Unit, ""))
		}
	}
	return problems, nil
}

func (s *server) importEnterprises(ctx context.Context, input *ImportInput) (*ImportBody, error) {
	file, err := s.readRoster(input)
	if err != nil {
		return nil, err
	}
	if err := s.keepRoster(ctx, input, file); err != nil {
		return nil, err
	}
	report, err := s.runEnterprises(ctx, file, input.Plan, input.DryRun)
	if err != nil {
		return nil, err
	}
	if err := s.remember(ctx, input, file, report); err != nil {
		return nil, err
	}
	return importAnswer(file, report), nil
}

func (s *server) runEnterprises(ctx context.Context, file *rosterFile, plan models.PlanID, dryRun bool) (store.ImportReport, error) {
	rows, problems, err := roster.ReadEnterprises(bytes.NewReader(file.data), file.name)
	if err != nil {
		return store.ImportReport{}, err
	}
	if err := withinImport(len(rows)); err != nil {
		return store.ImportReport{}, err
	}
	return s.Archive.ImportEnterprises(ctx, s.importOf(ctx, file, plan, problems, dryRun), rows)
}

// importAnswer answers 201 for an import, 200 for a rehearsal without problems,
// and 422 with the report for a file that has some.
func importAnswer(file *rosterFile, report store.ImportReport) *ImportBody {
	answer := &ImportBody{Status: http.StatusOK, Body: showImport(report, file.name, file.sha)}
	switch report.State {
	case store.ImportRefused:
		answer.Status = http.StatusUnprocessableEntity
	case store.ImportImported:
		answer.Status = http.StatusCreated
	case store.ImportRehearsed: // 200, as above
	}
	answer.Body.Kept, answer.Body.Rehearsal = report.ID != "", report.ID == ""
	if report.ID != "" {
		answer.Location = Prefix + "/imports/" + report.ID
	}
	return answer
}
