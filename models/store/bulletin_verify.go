package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"bangfu/models/inspection"
)

// BulletinCheckCode names one thing that is measured again of an issued bulletin.
type BulletinCheckCode string

// What is measured, in its order.
const (
	CheckChain    BulletinCheckCode = "chain"    // the log of the cycle
	CheckRows     BulletinCheckCode = "rows"     // the frozen rows against their digest
	CheckUnits    BulletinCheckCode = "units"    // the units' figures against the frozen rows
	CheckFigures  BulletinCheckCode = "figures"  // the text's figures against the data it was kept with
	CheckText     BulletinCheckCode = "text"     // the text against the digest that was signed
	CheckRegister BulletinCheckCode = "register" // the register of the year
	CheckFile     BulletinCheckCode = "file"     // a file against what was registered of it
)

// BulletinCheck is one thing that was measured.
type BulletinCheck struct {
	Code BulletinCheckCode
	// File is set for CheckFile.
	File inspection.FileName
	Good bool
	// Stated is what the archive holds, Measured what was found now.
	Stated, Measured string
	// Misfits name what does not agree, at most misfitsMost of them; More counts the
	// others.
	Misfits []inspection.Misfit
	More    int
}

// misfitsMost bounds how many differences one check names.
const misfitsMost = 20

// VerifyBulletin measures an issued bulletin from the frozen rows up to its files
// and says item by item what it found. ErrNotFound says that it is not issued.
func (a *Archive) VerifyBulletin(ctx context.Context, key BulletinKey) ([]BulletinCheck, error) {
	kept, state, err := a.IssuedBulletin(ctx, key)
	if err != nil {
		return nil, err
	}
	proof := proving{archive: a, kept: kept, state: state}
	for _, step := range []func(context.Context) error{
		proof.chain, proof.rows, proof.units, proof.figures, proof.text, proof.register, proof.files,
	} {
		if err := step(ctx); err != nil {
			return nil, fmt.Errorf("verify bulletin %s/%d: %w", key.Inspection, state.Ordinal, err)
		}
	}
	return proof.checks, nil
}

// proving is one bulletin that is being measured.
type proving struct {
	archive *Archive
	kept    KeptBulletin
	state   inspection.BulletinState
	checks  []BulletinCheck
}

func (p *proving) add(code BulletinCheckCode, stated, measured string, misfits ...inspection.Misfit) {
	check := BulletinCheck{Code: code, Stated: stated, Measured: measured, Good: stated == measured && len(misfits) == 0}
	check.More = max(0, len(misfits)-misfitsMost)
	check.Misfits = misfits[:len(misfits)-check.More]
	p.checks = append(p.checks, check)
}

func (p *proving) chain(ctx context.Context) error {
	broken, err := p.archive.Verify(ctx, p.kept.Inspection.Subject())
	if err != nil {
		return err
	}
	if broken != nil {
		p.add(CheckChain, "", "", inspection.Misfit{What: "督查的事件记录", Measured: broken.Error()})
		return nil
	}
	p.add(CheckChain, "", "")
	return nil
}

// rows reads every frozen row again and takes their digest.
func (p *proving) rows(ctx context.Context) error {
	digest := p.kept.Bulletin.SnapshotDigest
	err := p.archive.VerifySnapshot(ctx, p.kept.Inspection, digest)
	var changed *ChangedRows
	switch {
	case errors.As(err, &changed):
		p.add(CheckRows, digest, digest, inspection.Misfit{What: changed.words()})
	case err != nil:
		return err
	default:
		p.add(CheckRows, digest, digest)
	}
	return nil
}

func (p *proving) units(ctx context.Context) error {
	figures, err := p.archive.SnapshotFigures(ctx, p.kept.Inspection)
	if errors.Is(err, ErrSnapshot) {
		p.add(CheckUnits, "", "", inspection.Misfit{What: "固化数据", Measured: "含有不在督查范围内的单位"})
		return nil
	}
	if err != nil {
		return err
	}
	p.add(CheckUnits, strconv.Itoa(len(p.kept.Snapshot.Units)), strconv.Itoa(len(figures)), inspection.ProveUnits(p.kept.Snapshot, figures)...)
	return nil
}

func (p *proving) figures(context.Context) error {
	count := strconv.Itoa(len(p.kept.Bulletin.Figures))
	misfits := inspection.Prove(p.kept.Bulletin, p.kept.Snapshot)
	// What no text prints is seen by the digest alone; texts of before have none.
	if stated, measured := p.kept.Bulletin.FiguresDigest, figuresDigest(p.kept.figures); stated != "" && stated != measured {
		misfits = append(misfits, inspection.Misfit{What: "随文保存的数据的摘要", Stated: stated, Measured: measured})
	}
	p.add(CheckFigures, count, count, misfits...)
	return nil
}

// text takes the digest of the text as it is stored: what was signed.
func (p *proving) text(ctx context.Context) error {
	text, err := p.archive.BulletinText(ctx, p.kept.BulletinKey, p.state.Digest)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(text.Content))
	p.add(CheckText, p.state.Digest, hex.EncodeToString(sum[:]))
	return nil
}

// register looks for the bulletin's number, and for gaps in its year.
func (p *proving) register(ctx context.Context) error {
	var rows []bulletinRegisterRow
	if err := p.archive.db(ctx).Where("issue_year = ?", p.state.Year).Order("number").Find(&rows).Error; err != nil {
		return fmt.Errorf("read the register of %d: %w", p.state.Year, err)
	}
	var misfits []inspection.Misfit
	measured := ""
	for i, row := range rows {
		if row.Number != i+1 {
			misfits = append(misfits, inspection.Misfit{What: "发文登记第" + strconv.Itoa(i+1) + "号", Measured: strconv.Itoa(row.Number)})
			break
		}
	}
	for _, row := range rows {
		if row.Plan == string(p.kept.Inspection.Plan) && row.Quarter == p.kept.Inspection.Quarter.String() && row.Ordinal == p.kept.Ordinal {
			measured = registered(row.IssueYear, row.Number, row.IssuedOn, row.Digest)
		}
	}
	p.add(CheckRegister, registered(p.state.Year, p.state.Number, p.state.IssuedOn.String(), p.state.Digest), measured, misfits...)
	return nil
}

func registered(year, number int, on, digest string) string {
	return fmt.Sprintf("%d-%d %s %s", year, number, on, digest)
}

// files makes every file again.
func (p *proving) files(context.Context) error {
	digests, err := p.kept.Bulletin.FileDigests(p.state)
	if err != nil {
		return err
	}
	stated := map[inspection.FileName]string{}
	for _, file := range p.state.Files {
		stated[file.Name] = file.SHA256
	}
	for _, file := range digests {
		p.add(CheckFile, stated[file.Name], file.SHA256)
		p.checks[len(p.checks)-1].File = file.Name
	}
	return nil
}

// checkNames are what people call the checks.
var checkNames = map[BulletinCheckCode]string{
	CheckChain: "督查的事件记录", CheckRows: "固化数据", CheckUnits: "各单位数据", CheckFigures: "正文和附表的数据",
	CheckText: "会签的文本", CheckRegister: "发文登记", CheckFile: "文件",
}

// Name is what people call the check.
func (c BulletinCheck) Name() string {
	if c.File != "" {
		return c.File.Text()
	}
	return checkNames[c.Code]
}

// Detail says in one sentence what was found, and what does not agree.
func (c BulletinCheck) Detail() string {
	switch {
	case c.Good:
		return "一致。"
	case c.Code == CheckFile && c.Stated == "":
		return "印发时的摘要尚未登记，请稍后再核对。"
	case len(c.Misfits) == 0:
		return "不一致：登记为“" + c.Stated + "”，现为“" + c.Measured + "”。"
	}
	var text strings.Builder
	for i, misfit := range c.Misfits {
		if i > 0 {
			text.WriteString("；")
		}
		text.WriteString(misfit.String())
	}
	if c.More > 0 {
		text.WriteString("；另有" + strconv.Itoa(c.More) + "处")
	}
	return "不一致：" + text.String() + "。"
}
