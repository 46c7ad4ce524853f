package api

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"bangfu/api/problem"
)

// documentText opens the documentation.
const documentText = `帮扶责任管理系统的接口。

* **登录**：浏览器用 POST /session 登录，得到会话；程序用 Authorization: Bearer 令牌。
* **办理事项**：须带 Idempotency-Key 请求头；重试用同一个值，不会重复办理。答 202 时到 Location 所示地址查看结果。
* **修改和决定**：须带 If-Match 请求头，值为所见内容的 ETag。
* **列表**：size 至多 200，after 为上一页给出的翻页标记。
* **出错**：以 application/problem+json 回答，type 为稳定的问题类型，打开即为说明；instance 为日志编号。
* 职责范围之外的内容一律答 404。`

// docsFiles is Swagger UI (Apache License 2.0) with a start page of our own, so
// that the documentation opens without a network.
//
//go:embed docs
var docsFiles embed.FS

// docsPolicy differs from the API's in one point: Swagger UI sets styles on its
// elements. No script runs but the two files.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"font-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// mountDocs serves the documentation page at /api/v1/docs/.
func (s *server) mountDocs(engine *gin.Engine) error {
	files, err := fs.Sub(docsFiles, "docs")
	if err != nil {
		return fmt.Errorf("open the documentation page: %w", err)
	}
	serve := http.StripPrefix(Prefix+"/docs", http.FileServerFS(files))
	engine.GET(Prefix+"/docs/*file", func(c *gin.Context) {
		name := strings.Trim(c.Param("file"), "/")
		if _, err := fs.Stat(files, name); name != "" && err != nil {
			writeProblem(c.Writer, c.Request, unknownAddress(c.Request.URL.Path))
			return
		}
		c.Header("Content-Security-Policy", docsPolicy)
		c.Header("Cache-Control", "public, max-age=3600")
		serve.ServeHTTP(c.Writer, c.Request)
	})
	return nil
}

// mountProblems explains problem types to people and to programs.
func (s *server) mountProblems(engine *gin.Engine) {
	engine.GET(problem.TypePrefix, func(c *gin.Context) {
		all := make([]problem.Explanation, 0, len(problem.Codes()))
		for _, code := range problem.Codes() {
			explained, _ := problem.Explain(code)
			all = append(all, explained)
		}
		s.showProblems(c, all)
	})
	engine.GET(problem.TypePrefix+":code", func(c *gin.Context) {
		explained, found := problem.Explain(problem.Code(c.Param("code")))
		if !found {
			writeProblem(c.Writer, c.Request, problem.New(problem.NotFound))
			return
		}
		s.showProblems(c, []problem.Explanation{explained})
	})
}

func (s *server) showProblems(c *gin.Context, explained []problem.Explanation) {
	c.Header("Cache-Control", "public, max-age=3600")
	if !strings.Contains(c.GetHeader("Accept"), "text/html") {
		if c.Param("code") != "" {
			c.JSON(http.StatusOK, explained[0])
			return
		}
		c.JSON(http.StatusOK, gin.H{"items": explained})
		return
	}
	said := Statement{Title: "问题说明"}
	for _, one := range explained {
		said.Sections = append(said.Sections, Section{ID: string(one.Code), Title: one.Title, Lines: []string{
			one.Detail, one.Advice, "代码 " + string(one.Code) + "，HTTP 状态码 " + strconv.Itoa(one.Status),
		}})
	}
	s.state(c, http.StatusOK, said)
}

// state shows a statement as a page, or bare where the program has no pages.
func (s *server) state(c *gin.Context, status int, said Statement) {
	if s.Pages != nil {
		s.Pages.Show(c.Writer, c.Request, status, said)
		return
	}
	var text bytes.Buffer
	if err := statementPage.Execute(&text, said); err != nil {
		writeProblem(c.Writer, c.Request, problem.New(problem.Internal).Because(err))
		return
	}
	c.Data(status, "text/html; charset=utf-8", text.Bytes())
}

var statementPage = template.Must(template.New("statement").Parse(`<!DOCTYPE html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>{{.Title}}</title></head><body><main><h1>{{.Title}}</h1>
{{range .Sections}}<section{{if .ID}} id="{{.ID}}"{{end}}>{{if .Title}}<h2>{{.Title}}</h2>{{end}}
{{range .Lines}}<p>{{.}}</p>{{end}}</section>{{end}}
{{if .Button}}<form method="post"><button type="submit" autofocus>{{.Button}}</button></form>{{end}}
</main></body></html>
`))
