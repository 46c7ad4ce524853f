// Package seeds holds what the archive starts with: the plan with its tasks and
// indicators in the plan's own words, the units, the policy and the calendar of
// working days, all in YAML that an official can read and correct, and the
// invented people and companies of the demonstration plan.
package seeds

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"gopkg.in/yaml.v3"

	"bangfu/models"
	"bangfu/models/inspection"
)

//go:embed *.yaml
var embedded embed.FS

// Embedded are the YAML files that the program was built with.
func Embedded() fs.FS { return embedded }

// Seeds is everything that the YAML files say.
type Seeds struct {
	Plan       models.Plan
	Tasks      []models.Task
	Indicators []models.Indicator
	Units      []models.Unit
	Policy     models.Policy
	Workdays   []models.SpecialDay
	// Years are those whose working days are known in full.
	Years []int
	// Answering is who answers for each indicator.
	Answering []inspection.Answering
}

// Calendar answers questions about working days.
func (s *Seeds) Calendar() models.Calendar { return models.NewCalendar(s.Workdays, s.Years) }

// Tree answers questions about units.
func (s *Seeds) Tree() models.UnitTree { return models.NewUnitTree(s.Units) }

// Load reads the files and checks what they say against each other.
func Load(files fs.FS) (*Seeds, error) {
	seeds := &Seeds{}
	err := errors.Join(
		read(files, "plan.yaml", &seeds.Plan),
		read(files, "units.yaml", &seeds.Units),
		read(files, "policy-1.yaml", &seeds.Policy),
		seeds.loadTasks(files),
		seeds.loadIndicators(files),
		seeds.loadWorkdays(files),
	)
	if err != nil {
		return nil, err
	}
	if err := seeds.loadAnswering(files); err != nil {
		return nil, err
	}
	if err := seeds.check(); err != nil {
		return nil, err
	}
	return seeds, nil
}

// read decodes one file and refuses keys that nothing reads, so that a typing
// error in a file is found here and not in a ranking.
func read(files fs.FS, name string, into any) error {
	file, err := files.Open(name)
	if err != nil {
		return fmt.Errorf("open seed %s: %w", name, err)
	}
	defer func() { _ = file.Close() }()
	decoder := yaml.NewDecoder(file)
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		return fmt.Errorf("read seed %s: %w", name, err)
	}
	return nil
}

// leadSeparator divides the names of a list of leads in the plan.
const leadSeparator = "、"

func (s *Seeds) loadTasks(files fs.FS) error {
	var blocks []struct {
		Section string        `yaml:"section"`
		KeyWork string        `yaml:"keyWork"`
		Tasks   []models.Task `yaml:"tasks"`
	}
	leads := map[string]models.UnitID{}
	if err := errors.Join(read(files, "tasks.yaml", &blocks), read(files, "leads.yaml", &leads)); err != nil {
		return err
	}
	for _, block := range blocks {
		for _, task := range block.Tasks {
			task.Plan, task.Section, task.KeyWork = s.Plan.ID, block.Section, block.KeyWork
			for _, name := range strings.Split(task.LeadText, leadSeparator) {
				unit, known := leads[name]
				if !known {
					return fmt.Errorf("task %d: lead %q is not in leads.yaml", task.Number, name)
				}
				task.Leads = append(task.Leads, unit)
			}
			s.Tasks = append(s.Tasks, task)
		}
	}
	return nil
}

func (s *Seeds) loadIndicators(files fs.FS) error {
	if err := read(files, "indicators.yaml", &s.Indicators); err != nil {
		return err
	}
	for i := range s.Indicators {
		s.Indicators[i].Plan = s.Plan.ID
	}
	return nil
}

func (s *Seeds) loadWorkdays(files fs.FS) error {
	var blocks []struct {
		Year int                 `yaml:"year"`
		Rest []models.SpecialDay `yaml:"rest"`
		Work []models.SpecialDay `yaml:"work"`
	}
	var override struct {
		Years []int               `yaml:"years"`
		Days  []models.SpecialDay `yaml:"days"`
	}
	err := errors.Join(read(files, "workdays.yaml", &blocks), read(files, "workdays-override.yaml", &override))
	if err != nil {
		return err
	}
	for _, block := range blocks {
		s.Years = append(s.Years, block.Year)
		s.Workdays = append(s.Workdays, block.Rest...)
		for _, day := range block.Work {
			day.Working = true
			s.Workdays = append(s.Workdays, day)
		}
	}
	s.Years = append(s.Years, override.Years...)
	s.Workdays = mergeDays(s.Workdays, override.Days)
	return nil
}

// mergeDays lets a later entry replace an earlier one for the same day.
func mergeDays(days, corrections []models.SpecialDay) []models.SpecialDay {
	at := make(map[models.Date]int, len(days))
	merged := make([]models.SpecialDay, 0, len(days)+len(corrections))
	for _, day := range append(append([]models.SpecialDay(nil), days...), corrections...) {
		if i, known := at[day.Date]; known {
			merged[i] = day
			continue
		}
		at[day.Date] = len(merged)
		merged = append(merged, day)
	}
	return merged
}
