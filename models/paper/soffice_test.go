package paper_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/paper"
)

func run(t *testing.T, program string, arguments ...string) string {
	t.Helper()
	path, err := exec.LookPath(program)
	require.NoError(t, err, "make test-setup installs it")
	command := exec.CommandContext(t.Context(), path, arguments...)
	output, err := command.CombinedOutput()
	require.NoError(t, err, string(output))
	return string(output)
}

// textOf is the text of a PDF, a string a page, without blanks and line breaks.
func textOf(t *testing.T, path string) []string {
	t.Helper()
	text := run(t, "pdftotext", "-layout", path, "-")
	pages := strings.Split(strings.TrimSuffix(text, "\f"), "\f")
	for index := range pages {
		pages[index] = strings.Join(strings.Fields(pages[index]), "")
	}
	return pages
}

// converted lets LibreOffice open files and print each as PDF.
func converted(t *testing.T, files map[string][]byte) string {
	t.Helper()
	directory := t.TempDir()
	arguments := []string{
		"-env:UserInstallation=file://" + filepath.Join(directory, "profile"), "--headless", "--convert-to", "pdf", "--outdir", directory,
	}
	for name, data := range files {
		path := filepath.Join(directory, name)
		require.NoError(t, os.WriteFile(path, data, 0o600))
		arguments = append(arguments, path)
	}
	run(t, "soffice", arguments...)
	return directory
}

func TestLibreOfficeOpensWhatIsWritten(t *testing.T) {
	short := paper.Document{
		Agency: "督查室文件", Number: "津政督〔2013〕6号", Title: "通报", Body: []paper.Block{paper.Paragraph("短。")},
		Printer: "督查室", PrintedOn: models.MustDate("2013-04-11"),
	}
	brief := aBulletin()
	brief.Agency = "督查通报"
	directory := converted(t, map[string][]byte{
		"official.docx": written(t, paper.WriteOfficial, aBulletin()),
		"brief.docx":    written(t, paper.WriteBrief, brief),
		"short.docx":    written(t, paper.WriteOfficial, short),
	})
	pages := textOf(t, filepath.Join(directory, "official.pdf"))
	require.Zero(t, len(pages)%2, "the last page is even")
	require.Contains(t, pages[0], "天津市人民政府政务督查室文件津政督〔2013〕5号关于2013年第一季度干部帮扶")
	require.Contains(t, pages[0], "总体情况", "the first page has text of the body")
	require.True(t, strings.HasSuffix(pages[0], "—1—"))
	last := pages[len(pages)-1]
	require.Contains(t, last, "抄送：市委办公厅")
	require.Contains(t, last, "天津市人民政府政务督查室2013年4月11日印发")
	require.Equal(t, 1, strings.Count(strings.Join(pages, ""), "抄送："))
	whole := strings.Join(pages, "")
	for _, text := range []string{"（一）引进情况", "四、整改时限与下一步要求", "附件：1.2013年第一季度", "附件4", "海河教育园区", "（数据截止"} {
		require.Contains(t, whole, text)
	}
	require.Contains(t, textOf(t, filepath.Join(directory, "brief.pdf"))[0], "督查通报第5期天津市人民政府政务督查室2013年4月10日")
	pages = textOf(t, filepath.Join(directory, "short.pdf"))
	require.Len(t, pages, 2)
	require.Equal(t, "督查室2013年4月11日印发—2—", pages[1])
}

func TestThePDFReadsAsTheDocumentDoes(t *testing.T) {
	path := filepath.Join(t.TempDir(), "official.pdf")
	document := aBulletin()
	document.Body = append(document.Body, paper.Paragraph("人名：𠮷野、李喆、王堃。"))
	require.NoError(t, os.WriteFile(path, written(t, pdf(true), document), 0o600))
	pages := textOf(t, path)
	require.Zero(t, len(pages)%2, "the last page is even")
	for index, page := range pages {
		require.Regexp(t, regexp.MustCompile(`—\d+—`), page, index+1)
	}
	whole := strings.Join(pages, "")
	for _, text := range []string{
		"津政督〔2013〕5号", "截至2013年3月31日24时，全市应完成帮扶指标4,236项", "（1）在津高校", "附件：1.2013年第一季度区县功能区完成情况",
		"抄送：市委办公厅", "2013年4月11日印发",
	} {
		require.Contains(t, whole, text)
	}
	require.Contains(t, whole, "人名：□野、李喆、王堃。", "a character that the face lacks is seen to be missing")
	require.Equal(t, 2, strings.Count(whole, "位次单位应完成"), "the header is repeated on the table's second page")
	information := run(t, "pdfinfo", path)
	require.NotContains(t, information, "CreationDate", "a PDF bears no time of its making")
	require.Contains(t, information, "Page size:       595.28 x 841.89 pts (A4)")
	fonts := run(t, "pdffonts", path)
	require.Equal(t, 2, strings.Count(fonts, "yes yes yes"), "both faces are embedded, cut down, and can be searched:\n%s", fonts)
	require.Less(t, len(bytes.TrimSpace(written(t, pdf(true), document))), 1<<20, "only what is used is embedded")
}
