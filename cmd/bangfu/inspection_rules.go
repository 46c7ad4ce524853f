package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"gopkg.in/yaml.v3"

	"bangfu/cmd/internal/settings"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

type inspectionRulesCommand struct {
	Show showRulesCommand `cmd:"" help:"Print the present rules and letterhead, as a file that save takes."`
	Save saveRulesCommand `cmd:"" help:"Save the rules and the letterhead of a file as the next version. Cycles that are opened from then on go by it; those that are open keep theirs."`
}

// rulesFile is a version of the inspection's rules as its file.
type rulesFile struct {
	inspection.Rules `yaml:",inline"`
	Letterhead       inspection.Letterhead `yaml:"letterhead"`
}

// presentRules are the rules that a cycle would pin now; version 0 is what the
// program comes with.
func presentRules(env *environment, archive *store.Archive) (text []byte, version int, err error) {
	rules, version, err := archive.InspectionRules(env)
	if err != nil {
		return nil, 0, err
	}
	head, err := archive.Letterhead(env)
	if err != nil {
		return nil, 0, err
	}
	text, err = yaml.Marshal(rulesFile{Rules: rules, Letterhead: head})
	return text, version, err
}

type showRulesCommand struct {
	Archive settings.Archive `embed:"" prefix:"archive-" group:"Archive"`
}

// Run prints the rules.
func (c showRulesCommand) Run(env *environment) error {
	return withArchive(env, c.Archive, func(archive *store.Archive) error {
		text, version, err := presentRules(env, archive)
		if err != nil {
			return err
		}
		fmt.Fprintf(env.out, "# rules of the inspection, version %d\n%s", version, text)
		return nil
	})
}

type saveRulesCommand struct {
	Archive settings.Archive `embed:"" prefix:"archive-" group:"Archive"`

	File   string `arg:"" help:"The rules, as show prints them: YAML or JSON, nothing left out." type:"path"`
	DryRun bool   `help:"Only check the file."`
}

// Run saves the whole file or nothing of it.
func (c saveRulesCommand) Run(env *environment) error {
	content, err := os.ReadFile(c.File)
	if err != nil {
		return fmt.Errorf("reading the rules %s: %w", c.File, errors.Unwrap(err))
	}
	file, err := readRules(content)
	if err != nil {
		return fmt.Errorf("the rules %s are not saved: %w", c.File, err)
	}
	if c.DryRun {
		fmt.Fprintln(env.out, "the rules can be saved; nothing was changed")
		return nil
	}
	return withArchive(env, c.Archive, func(archive *store.Archive) error { return file.save(env, archive) })
}

func (f rulesFile) save(env *environment, archive *store.Archive) error {
	present, version, err := presentRules(env, archive)
	if err != nil {
		return err
	}
	wanted, err := yaml.Marshal(f)
	if err != nil {
		return fmt.Errorf("writing the rules: %w", err)
	}
	if bytes.Equal(present, wanted) {
		fmt.Fprintf(env.out, "the rules are those of version %d already\n", version)
		return nil
	}
	if err := archive.SaveInspectionRules(env, version+1, f.Rules, f.Letterhead); err != nil {
		return err
	}
	fmt.Fprintf(env.out, "version %d is saved; cycles that are opened from now on go by it\n", version+1)
	return nil
}

// readRules reads a file of rules. What it leaves out would silently be nothing,
// such as no kept topics, so every rule must be there.
func readRules(content []byte) (rulesFile, error) {
	var file rulesFile
	decoder := yaml.NewDecoder(bytes.NewReader(content))
	decoder.KnownFields(true)
	if err := decoder.Decode(&file); err != nil {
		return file, oneLine(err)
	}
	if err := decoder.Decode(new(any)); !errors.Is(err, io.EOF) {
		return file, errors.New("there is more than one document in it")
	}
	whole, err := yaml.Marshal(rulesFile{Rules: inspection.StandardRules(), Letterhead: inspection.StandardLetterhead()})
	if err != nil {
		return file, fmt.Errorf("writing the standard rules: %w", err)
	}
	var wanted, given map[string]any
	if err := errors.Join(yaml.Unmarshal(whole, &wanted), yaml.Unmarshal(content, &given)); err != nil {
		return file, oneLine(err)
	}
	if name := leftOut(wanted, given); name != "" {
		return file, fmt.Errorf("%s is left out", name)
	}
	if err := file.Check(); err != nil {
		return file, err
	}
	return file, file.Letterhead.Check()
}

// leftOut names a rule that is wanted and not given, or given as nothing.
func leftOut(wanted, given map[string]any) string {
	for name, value := range wanted {
		if given[name] == nil {
			return name
		}
		inner, nests := value.(map[string]any)
		if !nests {
			continue
		}
		part, _ := given[name].(map[string]any)
		if within := leftOut(inner, part); within != "" {
			return name + "." + within
		}
	}
	return ""
}

// oneLine keeps the parser's complaint, which names lines, in one line.
func oneLine(err error) error {
	return errors.New(string(bytes.Join(bytes.Fields([]byte(err.Error())), []byte(" "))))
}
