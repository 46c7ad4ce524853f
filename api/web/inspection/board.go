package inspection

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"slices"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/web/page"
	"bangfu/api/web/ui"
	"bangfu/models"
	"bangfu/models/inspection"
)

// sheetOfCycle is the frame of a page below a cycle.
func sheetOfCycle(title string, steps ...page.Step) page.Sheet {
	return page.Sheet{Title: title, Here: "/inspections", Trail: append([]page.Step{{Title: "督查", Path: "/inspections"}}, steps...)}
}

func cycleAPI(v *page.Visit) string { return "/inspections/" + url.PathEscape(v.Path("inspection")) }

// cycle is one quarter with its ETag.
type cycle struct {
	api.InspectionDetail
	etag string
}

func readCycle(v *page.Visit) (cycle, error) {
	var found cycle
	var err error
	found.etag, err = v.Ask(cycleAPI(v), nil, &found.InspectionDetail)
	return found, err
}

// step leads back to the cycle's board.
func (c cycle) step() page.Step { return page.Step{Title: c.Quarter.Text, Path: pathOf(c.ID)} }

// over reports whether the cycle goes on no more.
func (c cycle) over() bool {
	return c.Stage.Code == string(inspection.StageIssued) || c.Stage.Code == string(inspection.StageCancelled)
}

// filters of the board, as its address names them.
var boardFilters = []string{"kind", "report", "late", "light"}

// shownBoard is the board of units and stages.
type shownBoard struct {
	cycle
	rows []api.BoardRowView
	// all counts the rows before the filter.
	all    int
	places map[models.UnitID]int
	filter url.Values
	about  subject
	orders []order
	// state is the digest of what is shown.
	state string
}

// board is the inspector's: units by stages, refreshed by itself. A unit's own
// people see their unit's row.
func board(v *page.Visit) error {
	shown, err := readBoard(v)
	if err != nil {
		return err
	}
	if err := shown.readPlaces(v); err != nil {
		return err
	}
	if shown.state, err = shown.digest(v); err != nil {
		return err
	}
	if v.Partial() {
		return v.Part(boardState(shown))
	}
	shown.orders = cycleOrders().possible(v, shown.about)
	sheet := sheetOfCycle(shown.Quarter.Text + "督查")
	sheet.Wide = true
	return v.Show(sheet, boardPage(v, shown))
}

// boardEvents is the stream that says when the board of the same filter has
// changed. Whoever opens it as a page is sent to the board.
func boardEvents(v *page.Visit) error {
	look := func() (string, error) {
		shown, err := readBoard(v)
		if err != nil {
			return "", err
		}
		return shown.digest(v)
	}
	if v.Listens() {
		return v.Watch(look)
	}
	if _, err := look(); err != nil {
		return err
	}
	return v.See(pathOf(v.Path("inspection")))
}

// readBoard reads all of the board that goes on changing.
func readBoard(v *page.Visit) (shownBoard, error) {
	found, err := readCycle(v)
	if err != nil {
		return shownBoard{}, err
	}
	shown := shownBoard{cycle: found, places: map[models.UnitID]int{}, filter: url.Values{}, about: cycleSubject(found)}
	for _, name := range boardFilters {
		if value := v.Query(name); value != "" {
			shown.filter.Set(name, value)
		}
	}
	var rows api.ListOf[api.BoardRowView]
	if _, err := v.Ask(cycleAPI(v)+"/units", nil, &rows.Body); err != nil {
		return shownBoard{}, err
	}
	shown.all = len(rows.Body.Items)
	shown.rows = slices.DeleteFunc(rows.Body.Items, func(row api.BoardRowView) bool { return !fits(row, shown.filter) })
	return shown, nil
}

// readPlaces reads the places, which are those of the snapshot: as long as the
// cycle has the same one, so are they.
func (b shownBoard) readPlaces(v *page.Visit) error {
	if b.Snapshot == "" {
		return nil
	}
	var ranked api.RankingBody
	if _, err := v.Ask(cycleAPI(v)+"/ranking", nil, &ranked.Body); err != nil {
		return err
	}
	for _, group := range ranked.Body.Groups {
		for _, row := range group.Rows {
			b.places[row.Unit.ID] = row.Place
		}
	}
	return nil
}

// digest tells one look of the board from another. The places have no part in it:
// they come with the snapshot, and to rank the units anew at every look is dear.
func (b shownBoard) digest(v *page.Visit) (string, error) {
	b.places = nil
	sum := sha256.New()
	sum.Write([]byte(b.Snapshot))
	if err := boardPart(b).Render(v.Context(), sum); err != nil {
		return "", fmt.Errorf("digest the board of %s: %w", b.ID, err)
	}
	return hex.EncodeToString(sum.Sum(nil)[:12]), nil
}

// events is the address of the stream that tells of changes of what is shown.
func (b shownBoard) events() string { return pathOf(b.ID) + "/board/events?" + b.filter.Encode() }

func fits(row api.BoardRowView, filter url.Values) bool {
	light := ""
	if row.Light != nil {
		light = row.Light.Code
	}
	return fitsOne(filter, "kind", row.Kind.Code) && fitsOne(filter, "report", row.Report.Code) &&
		fitsOne(filter, "light", light) && (filter.Get("late") == "" || row.Late)
}

func fitsOne(filter url.Values, name, value string) bool {
	return filter.Get(name) == "" || filter.Get(name) == value
}

// here is the board's address with its filter.
func (b shownBoard) here() string { return pathOf(b.ID) + "?" + b.filter.Encode() }

func cycleSubject(found cycle) subject {
	about := subject{
		sheet: sheetOfCycle(""), title: found.Quarter.Text + "督查", etag: found.etag, cycle: found.ID,
		path: "/inspections/" + url.PathEscape(found.ID), back: pathOf(found.ID),
		facts: []api.Coded{{Code: "阶段", Text: found.Stage.Text}, {Code: "单位", Text: ui.Number(found.Units) + " 个"}},
	}
	if !found.MayManage || found.over() {
		return about
	}
	if found.Stage.Code == string(inspection.StageReporting) && found.Bulletin == nil {
		about.allowed = append(about.allowed, "draft")
	}
	about.allowed = append(about.allowed, "cancel")
	return about
}

// cycleOrders are the commands of a cycle that are not about its bulletin.
func cycleOrders() orders {
	return orders{
		read: func(v *page.Visit) (subject, error) {
			found, err := readCycle(v)
			return cycleSubject(found), err
		},
		all: []order{
			{
				Code: "draft", Title: "提前起草通报", permission: auth.InspectionManage, Done: "通报已起草。",
				Effect: "不等全部报告，按固化数据和截至现在的报告起草通报；之后报来的，重新起草时计入。",
				path:   func(about subject) string { return "/bulletins/" + url.PathEscape(about.cycle) + "/1/redraft" },
			},
			{
				Code: "cancel", Title: "取消督查", permission: auth.InspectionManage, checked: true, Done: "督查已取消，已有的内容都保留。",
				Effect: "本季度的督查到此为止，不再催报、不发通报；已提出的问题继续整改。取消后不能恢复。",
				fields: []ui.Field{remark("取消的理由", true)},
			},
		},
	}
}
