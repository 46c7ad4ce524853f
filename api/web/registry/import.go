package registry

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/models/roster"
)

func mountImports(site *page.Site) {
	site.Get("/imports", imports, auth.ImportRun)
	site.Post("/imports", rehearse, auth.ImportRun)
	site.Post("/imports/run", runImport, auth.ImportRun)
	site.Post("/imports/marked", markedRoster, auth.ImportRun)
	site.File("/imports/:import/file", keptRoster("file"), auth.ImportRun)
	site.File("/imports/:import/workbook", keptRoster("workbook"), auth.ImportRun)
}

func imports(v *page.Visit) error {
	return showImports(v, http.StatusOK, nil)
}

// showImports is the form of an upload over the list of past imports.
func showImports(v *page.Visit, status int, said *problem.Problem) error {
	items, next, err := page.Listed[api.ImportView](v, "/imports")
	if err != nil {
		return err
	}
	return v.ShowStatus(status, page.Sheet{Title: "名册导入"}, importsPage(v, said, items, next))
}

// rehearsal is a roster that was tried: its cells travel in the page, so that
// faulty ones are mended in place and tried again, and nothing of it is kept on
// the server before it is imported.
type rehearsal struct {
	kind, name string
	// text is the roster as CSV; empty when it cannot be mended here.
	text   string
	table  roster.Table
	report api.ImportView
	// more is how many faults are not shown.
	more int
}

// faultsShown is how many faulty rows a page shows at once; after they are
// mended come the next ones.
const faultsShown = 100

// rehearse tries a roster: a file that was chosen, or the text of a page with
// its mended cells.
func rehearse(v *page.Visit) error {
	tried, err := given(v)
	if err != nil {
		said := page.Said(err)
		return showImports(v, said.Status, said)
	}
	return show(v, tried)
}

func show(v *page.Visit, tried rehearsal) error {
	status := http.StatusOK
	if len(tried.report.Problems) > 0 {
		status = http.StatusUnprocessableEntity
	}
	if len(tried.report.Problems) > faultsShown {
		tried.more = len(tried.report.Problems) - faultsShown
		tried.report.Problems = tried.report.Problems[:faultsShown]
	}
	sheet := page.Sheet{Title: "试运行结果", Here: "/imports", Wide: true, Trail: []page.Step{{Title: "名册导入", Path: "/imports"}}}
	return v.ShowStatus(status, sheet, rehearsalPage(tried))
}

// given reads what the form holds and lets the API try it.
func given(v *page.Visit) (rehearsal, error) {
	tried := rehearsal{kind: v.Form("kind")}
	if tried.kind != "cadres" && tried.kind != "enterprises" {
		return tried, problem.New(problem.RequestInvalid).At("body.kind", "请选择名册种类")
	}
	if text := v.Request.PostForm.Get("text"); text != "" {
		return mended(v, tried, text)
	}
	files := v.Files("file")
	if len(files) == 0 {
		return tried, problem.New(problem.RequestInvalid).At("body.file", "请选择文件")
	}
	header := files[0]
	tried.name = header.Filename
	file, err := header.Open()
	if err != nil {
		return tried, fmt.Errorf("open an uploaded roster: %w", err)
	}
	defer func() { _ = file.Close() }()
	table, mendable, err := roster.ReadTable(file, header.Filename)
	if err != nil {
		return tried, fmt.Errorf("read an uploaded roster: %w", err)
	}
	if mendable {
		tried.table = table
		if tried.text, err = table.CSV(); err != nil {
			return tried, err
		}
	}
	if _, err := file.Seek(0, io.SeekStart); err != nil {
		return tried, fmt.Errorf("read an uploaded roster again: %w", err)
	}
	tried.report, err = try(v, tried, file, true)
	return tried, err
}

// mended puts the cells that were typed into the roster.
func mended(v *page.Visit, tried rehearsal, text string) (rehearsal, error) {
	tried.name = strings.TrimSuffix(v.Form("name"), ".csv") + ".csv"
	table, readable, err := roster.ReadTable(strings.NewReader(text), tried.name)
	if err != nil || !readable {
		return tried, problem.New(problem.RequestInvalid).At("body.text", "名册的内容不完整，请重新选择文件")
	}
	for name := range v.Request.PostForm {
		place, isCell := strings.CutPrefix(name, "cell.")
		row, column, split := strings.Cut(place, ".")
		number, err := strconv.Atoi(row)
		if isCell && split && err == nil {
			table.Set(number, column, v.Request.PostForm.Get(name))
		}
	}
	tried.table = table
	if tried.text, err = table.CSV(); err != nil {
		return tried, err
	}
	tried.report, err = try(v, tried, strings.NewReader(tried.text), true)
	return tried, err
}

// try gives the roster to the API, which answers faults with their report.
func try(v *page.Visit, tried rehearsal, content io.Reader, dry bool) (api.ImportView, error) {
	var report api.ImportView
	asked := about(v, tried, content)
	asked.Query.Set("dryRun", strconv.FormatBool(dry))
	answer, err := v.Door().Ask(v.Request, asked)
	if err != nil {
		return report, err
	}
	// A faulty roster is no problem of the request: its report says what is where.
	if answer.Status == http.StatusUnprocessableEntity && page.Reads(answer, &report) && report.State.Code != "" {
		return report, nil
	}
	return report, page.Decode(answer, &report)
}

// about is a request to the API about the roster.
func about(v *page.Visit, tried rehearsal, content io.Reader) api.Request {
	query := url.Values{"name": {tried.name}}
	if tried.kind == "cadres" {
		query.Set("plan", string(v.Plan()))
	}
	return api.Request{
		Method: http.MethodPost, Path: "/imports/" + tried.kind, Query: query, Body: content,
		Header: http.Header{"Content-Type": {"application/octet-stream"}},
	}
}

// rehearsed is the roster of a page that shows how it was tried.
func rehearsed(v *page.Visit) (rehearsal, error) {
	tried := rehearsal{kind: v.Form("kind"), name: v.Form("name"), text: v.Request.PostForm.Get("text")}
	if (tried.kind != "cadres" && tried.kind != "enterprises") || tried.text == "" {
		return tried, problem.New(problem.RequestInvalid).At("body.text", "请先试运行")
	}
	tried.name = strings.TrimSuffix(tried.name, ".csv") + ".csv"
	return tried, nil
}

// markedRoster gives back what was tried with a column of what is wrong.
func markedRoster(v *page.Visit) error {
	tried, err := rehearsed(v)
	if err != nil {
		return err
	}
	asked := about(v, tried, strings.NewReader(tried.text))
	asked.Path += "/marked"
	return v.Fetch(asked)
}

// keptRoster gives the roster of a past import, as it came or marked.
func keptRoster(form string) page.Handler {
	return func(v *page.Visit) error {
		return v.Download("/imports/"+url.PathEscape(v.Path("import"))+"/"+form, nil)
	}
}

// runImport imports what was tried, all or nothing.
func runImport(v *page.Visit) error {
	tried, err := rehearsed(v)
	if err != nil {
		return err
	}
	report, err := try(v, tried, strings.NewReader(tried.text), false)
	if err != nil {
		return err
	}
	if len(report.Problems) > 0 {
		// Something changed since it was tried: a unit was closed, a code taken.
		tried.report = report
		if tried.table, _, err = roster.ReadTable(strings.NewReader(tried.text), tried.name); err != nil {
			return err
		}
		return show(v, tried)
	}
	return v.Show(page.Sheet{Title: "已导入", Here: "/imports", Trail: []page.Step{{Title: "名册导入", Path: "/imports"}}}, importedPage(report))
}

// cell is the text of a cell that a fault names.
func (r rehearsal) cell(fault api.ImportFaultView) string {
	index := 0
	for _, letter := range fault.Column {
		index = index*26 + int(letter-'A') + 1
	}
	if fault.Row < 1 || fault.Row > len(r.table) || index < 1 || index > len(r.table[fault.Row-1]) {
		return fault.Value
	}
	return r.table[fault.Row-1][index-1]
}

// line is the rest of a faulty row, to recognise it by.
func (r rehearsal) line(row int) string {
	if row < 1 || row > len(r.table) {
		return ""
	}
	return strings.Join(r.table[row-1], " | ")
}
