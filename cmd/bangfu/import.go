package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"bangfu/cmd/internal/settings"
	"bangfu/models"
	"bangfu/models/roster"
	"bangfu/models/store"
)

type importCommand struct {
	Archive settings.Archive `embed:"" prefix:"archive-" group:"Archive"`

	Kind   string `arg:"" help:"What the roster is of: cadres or enterprises." enum:"cadres,enterprises"`
	File   string `arg:"" help:"The roster: xlsx, or CSV in UTF-8 or GB18030." type:"path"`
	Plan   string `help:"Plan to enrol the cadres in." default:"tianjin-2013"`
	DryRun bool   `help:"Rehearse: find every problem and change nothing. Do this first."`
	Marked string `help:"Write the roster again with a column that says what is wrong in each row." type:"path"`
}

// Run takes the whole file or nothing of it. Taking the same file twice makes
// no doubles. Problems are printed by row and column and make the status 2.
func (c importCommand) Run(env *environment) error {
	content, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading the roster %s: %w", c.File, errors.Unwrap(err))
	}
	return withArchive(env, c.Archive, func(archive *store.Archive) error {
		report, err := c.take(env, archive, content)
		if err != nil {
			return err
		}
		for _, problem := range report.Problems {
			fmt.Fprintln(env.out, problem.String())
		}
		c.summary(env.out, report)
		if len(report.Problems) == 0 {
			return nil
		}
		if c.Marked != "" {
			if err := c.mark(content, report.Problems); err != nil {
				return err
			}
			fmt.Fprintf(env.out, "标注后的名册：%s\n", c.Marked)
		}
		return errFindings
	})
}

func (c importCommand) take(env *environment, archive *store.Archive, content []byte) (store.ImportReport, error) {
	digest := sha256.Sum256(content)
	name := filepath.Base(c.File)
	order := store.Import{
		Plan: models.PlanID(c.Plan), FileName: name, FileDigest: hex.EncodeToString(digest[:]),
		DryRun: c.DryRun, By: models.SystemAccount, Now: time.Now(), Progress: progress(env.errOut),
	}
	if c.Kind == string(store.ImportOfCadres) {
		rows, problems, err := roster.ReadCadres(bytes.NewReader(content), name)
		if err != nil {
			return store.ImportReport{}, fmt.Errorf("reading the roster %s: %w", c.File, err)
		}
		order.Problems = problems
		return archive.ImportCadres(env, order, rows)
	}
	rows, problems, err := roster.ReadEnterprises(bytes.NewReader(content), name)
	if err != nil {
		return store.ImportReport{}, fmt.Errorf("reading the roster %s: %w", c.File, err)
	}
	order.Problems = problems
	return archive.ImportEnterprises(env, order, rows)
}

func (c importCommand) mark(content []byte, problems []roster.Problem) (err error) {
	file, err := os.Create(c.Marked)
	if err != nil {
		return fmt.Errorf("writing the marked roster: %w", err)
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := roster.WriteProblems(file, bytes.NewReader(content), filepath.Base(c.File), problems); err != nil {
		return fmt.Errorf("writing the marked roster: %w", err)
	}
	return nil
}

func (c importCommand) summary(out io.Writer, report store.ImportReport) {
	words := map[store.ImportState]string{
		store.ImportRehearsed: "试运行，未作改动", store.ImportRefused: "有问题，全部未导入", store.ImportImported: "已导入",
	}
	fmt.Fprintf(out, "%s：共 %d 行，新增 %d，变更 %d，不变 %d，建立帮扶责任 %d，问题 %d\n", words[report.State],
		report.Rows, report.New, report.Changed, report.Unchanged, report.Enrolled, len(report.Problems))
	if report.Enrolled > 0 && report.State == store.ImportImported {
		fmt.Fprintln(out, "新建的帮扶责任由 worker 按限定速率启动。")
	}
}

// progress draws a bar on a terminal, and nothing in a file or a pipe.
func progress(out io.Writer) func(done, total int) {
	file, isFile := out.(*os.File)
	if !isFile || !term.IsTerminal(int(file.Fd())) {
		return nil
	}
	var bar *progressbar.ProgressBar
	return func(done, total int) {
		if bar == nil {
			bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(out),
				progressbar.OptionShowCount(), progressbar.OptionClearOnFinish(), progressbar.OptionThrottle(100*time.Millisecond))
		}
		_ = bar.Set(done)
	}
}
