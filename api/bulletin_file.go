package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"gocloud.dev/gcerrors"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// FigureInput names one figure of a bulletin.
type FigureInput struct {
	BulletinPath
	Figure inspection.FigureID `path:"figure" maxLength:"12" doc:"数据编号" example:"f12"`
}

// FigureRowsBody answers with the rows behind a figure.
type FigureRowsBody struct{ Body FigureRowsView }

// BulletinFileInput names one file of a bulletin.
type BulletinFileInput struct {
	BulletinPath
	File inspection.FileName `path:"file" enum:"official.docx,brief.docx,bulletin.pdf,annexes.xlsx" doc:"文件"`
}

// VerifyBody answers what was measured.
type VerifyBody struct{ Body BulletinVerifyView }

func registerBulletinFiles(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-figure-rows", Method: http.MethodGet, Path: "/bulletins/{inspection}/{ordinal}/figures/{figure}/rows",
		Tags: []string{bulletinTag}, Summary: "一项数据所依据的固化数据",
		Description: "正文的数据由这些行得出，与通报的文本一同保存，不随以后的变化而变。",
	}, auth.BulletinRead, ReachObject), s.listFigureRows)
	huma.Register(api, logged(s.operation(huma.Operation{
		OperationID: "download-bulletin", Method: http.MethodGet, Path: "/bulletins/{inspection}/{ordinal}/files/{file}",
		Tags: []string{bulletinTag}, Summary: "下载通报的文件",
		Description: "已印发的按印发时留存的原件给出，ETag 为其 SHA-256；未印发的由文本当即生成，标明稿别，没有文号。各文件均不含个人姓名。每次下载记入访问日志。",
	}, auth.BulletinRead, ReachObject)), s.downloadBulletin)
	huma.Register(api, logged(s.operation(huma.Operation{
		OperationID: "verify-bulletin", Method: http.MethodGet, Path: "/bulletins/{inspection}/{ordinal}/verify",
		Tags: []string{bulletinTag}, Summary: "核对已印发的通报",
		Description: "重读全部固化数据，重算各项数据，重新生成各文件，逐项说明是否与登记的一致；不一致的指明何处。",
	}, auth.InspectionRead, ReachObject)), s.verifyBulletin)
}

func (s *server) listFigureRows(ctx context.Context, input *FigureInput) (*FigureRowsBody, error) {
	b, err := s.bulletinAt(ctx, input.BulletinPath)
	if err != nil {
		return nil, err
	}
	figure, known := b.kept.Bulletin.Figures[input.Figure]
	used := slices.Contains(b.kept.Bulletin.Used(), input.Figure)
	if !known || !used && !b.managing.may {
		return nil, store.ErrNotFound
	}
	view := FigureRowsView{Figure: showFigure(b, input.Figure, used)}
	switch figure.Query.Table {
	case inspection.TableUnits:
		view.unitRows(b.kept.Snapshot, figure.Query)
	case inspection.TableIndicators:
		view.indicatorRows(b.kept.Snapshot, figure.Query)
	case inspection.TableFindings:
		view.findingRows(b.kept.Snapshot, figure.Query)
	case inspection.TableCycle:
		view.cycleRows(b.kept.Snapshot)
	}
	return &FigureRowsBody{Body: view}, nil
}

func (v *FigureRowsView) unitRows(snapshot inspection.Snapshot, query inspection.Query) {
	v.Columns, v.Rows = []string{"单位", "应完成（个）", "计入完成（个）", "已认定（个）", "逾期（个）", "自查报告", "是否按期"}, []FigureRowView{}
	for _, unit := range inspection.UnitRows(snapshot, query) {
		goals := unit.OfKind(query.Kind)
		late := "按期"
		switch {
		case unit.Late:
			late = "未按期"
		case unit.Report == inspection.ReportMissing:
			late = "截止提前"
		}
		v.Rows = append(v.Rows, FigureRowView{Unit: unit.Unit, Cells: []string{
			unit.Name, strconv.Itoa(goals.Required), strconv.Itoa(goals.Met), strconv.Itoa(goals.Credits), strconv.Itoa(goals.Overdue),
			unit.Report.Text(), late,
		}})
	}
}

func (v *FigureRowsView) indicatorRows(snapshot inspection.Snapshot, query inspection.Query) {
	v.Columns, v.Rows = []string{"任务", "指标", "目标", "计量单位", "自报数", "系统数", "进度"}, []FigureRowView{}
	for _, row := range inspection.IndicatorRows(snapshot, query) {
		target := row.Target
		if row.TargetText != "" {
			target = row.TargetText
		}
		v.Rows = append(v.Rows, FigureRowView{Unit: row.Unit, Task: row.Task, Cells: []string{
			"任务" + strconv.Itoa(row.Task), row.Name, target, row.Measure, row.Reported, row.System, row.State.Text(),
		}})
	}
}

func (v *FigureRowsView) findingRows(snapshot inspection.Snapshot, query inspection.Query) {
	v.Columns, v.Rows = []string{"单位", "任务", "问题", "程度", "提出季度", "整改期限", "状态", "灯"}, []FigureRowView{}
	for _, row := range inspection.FindingRows(snapshot, query) {
		task := "—"
		if row.Task > 0 {
			task = "任务" + strconv.Itoa(row.Task)
		}
		v.Rows = append(v.Rows, FigureRowView{Unit: row.Unit, Finding: row.ID, Task: row.Task, Cells: []string{
			row.UnitName, task, row.Text, row.Severity.Text(), inspection.QuarterText(row.Quarter), dateText(row.DueOn),
			row.State.Text(), lightTexts[row.Light],
		}})
	}
}

func (v *FigureRowsView) cycleRows(snapshot inspection.Snapshot) {
	v.Columns = []string{"事项", "值"}
	v.Rows = []FigureRowView{
		{Cells: []string{"数据截止", instantText(snapshot.CutOff)}},
		{Cells: []string{"计划期限已过", strconv.Itoa(snapshot.Elapsed) + "天"}},
		{Cells: []string{"计划期限", strconv.Itoa(snapshot.Window) + "天"}},
		{Cells: []string{"快照摘要（SHA-256）", snapshot.Digest}},
	}
}

// fileTypes are the media types of the files.
var fileTypes = map[inspection.FileName]string{
	inspection.FileOfficial: typeDOCX, inspection.FileBrief: typeDOCX, inspection.FilePDF: "application/pdf", inspection.FileAnnexes: typeXLSX,
}

func (s *server) downloadBulletin(ctx context.Context, input *BulletinFileInput) (*huma.StreamResponse, error) {
	b, err := s.bulletinAt(ctx, input.BulletinPath)
	if err != nil {
		return nil, err
	}
	content, err := s.bulletinFile(ctx, b, input.File)
	if err != nil {
		return nil, err
	}
	known := inspection.DigestOf(input.File, content)
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		ctx.SetHeader("Content-Type", fileTypes[input.File])
		ctx.SetHeader("Content-Length", strconv.FormatInt(known.Size, 10))
		ctx.SetHeader("Content-Disposition", attachment(b.fileName(input.File)))
		ctx.SetHeader("ETag", `"`+known.SHA256+`"`)
		ctx.SetStatus(http.StatusOK)
		// A client that goes away in the middle is no error of the server.
		_, _ = ctx.BodyWriter().Write(content)
	}}, nil
}

// errAltered says that a kept file is not what was registered.
var errAltered = errors.New("the kept file is not the one that was registered")

// bulletinFile is a file of the bulletin: as it was issued, where that is kept,
// since another version of this program may pack the same words into other
// bytes; else made now.
func (s *server) bulletinFile(ctx context.Context, b *bulletinCase, name inspection.FileName) ([]byte, error) {
	for _, registered := range b.state.Files {
		if registered.Name != name {
			continue
		}
		content, err := s.Blobs.ReadAll(ctx, store.BulletinFileKey(registered.SHA256))
		switch {
		case gcerrors.Code(err) == gcerrors.NotFound:
		case err != nil:
			return nil, fmt.Errorf("read %s of bulletin %s: %w", name, b.key().Inspection, err)
		case inspection.DigestOf(name, content) != registered:
			return nil, fmt.Errorf("%s of bulletin %s: %w", name, b.key().Inspection, errAltered)
		default:
			return content, nil
		}
	}
	var file bytes.Buffer
	err := b.kept.Bulletin.WriteFile(&file, name, b.state)
	return file.Bytes(), err
}

// fileName is what the file is saved as: by its number once it has one.
func (b *bulletinCase) fileName(name inspection.FileName) string {
	label := b.kept.Bulletin.NumberText(b.state)
	if label == "" {
		label = "督查通报" + b.cycle.ID.Quarter.String() + "（" + b.state.Stage.Text() + "稿）"
	}
	_, extension, _ := strings.Cut(string(name), ".")
	kind := map[inspection.FileName]string{inspection.FileBrief: "简报", inspection.FileAnnexes: "附表"}[name]
	return label + kind + "." + extension
}

func (s *server) verifyBulletin(ctx context.Context, input *BulletinPath) (*VerifyBody, error) {
	b, err := s.bulletinAt(ctx, *input)
	if err != nil {
		return nil, err
	}
	if b.state.Stage != inspection.BulletinIssued {
		return nil, models.Refuse(inspection.RefusedBulletin, "stage", string(b.state.Stage))
	}
	checks, err := s.Archive.VerifyBulletin(ctx, b.key())
	if err != nil {
		return nil, err
	}
	view := BulletinVerifyView{
		BulletinLink: BulletinLink{Inspection: b.cycle.ID.String(), Ordinal: b.state.Ordinal, Number: b.kept.Bulletin.NumberText(b.state)},
		Good:         true, At: s.now(), Steps: []VerifyStepView{},
	}
	for _, check := range checks {
		view.Good = view.Good && check.Good
		view.Steps = append(view.Steps, VerifyStepView{
			Code: string(check.Code), Name: check.Name(), Good: check.Good, Stated: check.Stated, Measured: check.Measured, Detail: check.Detail(),
		})
	}
	return &VerifyBody{Body: view}, nil
}
