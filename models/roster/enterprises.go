package roster

import (
	"io"
	"strings"

	"bangfu/models"
)

// Enterprise is one row of a roster of enterprises. Codes are as written: what
// they mean and whether they hold is judged with the archive at hand.
type Enterprise struct {
	Row                int
	Name               string
	UnifiedCode        string
	OrganizationCode   string
	RegistrationNumber string
	FormerNames        []string
	Address            string
	LegalPerson        string
	Phone              string
	Established        models.Date
	Unit               string

	layout *layout
}

// Problem names one cell of the row.
func (e Enterprise) Problem(field Field, code Code, value, detail string) Problem {
	return e.layout.problem(e.Row, field, code, value, detail)
}

// ReadEnterprises reads a roster of enterprises, as ReadCadres does cadres.
func ReadEnterprises(reader io.Reader, fileName string) ([]Enterprise, []Problem, error) {
	return readEnterprises(reader, fileName, StandardLimits())
}

func readEnterprises(reader io.Reader, fileName string, limits Limits) ([]Enterprise, []Problem, error) {
	var enterprises []Enterprise
	problems, err := readTable(reader, fileName, limits, enterpriseColumns, func(cells *cellReader, dates1904 bool) {
		enterprises = append(enterprises, Enterprise{
			Row:                cells.line.number,
			Name:               cells.text(FieldName, true),
			UnifiedCode:        cells.code(FieldUnifiedCode, false),
			OrganizationCode:   cells.code(FieldOrganization, false),
			RegistrationNumber: cells.code(FieldRegistration, false),
			FormerNames:        splitNames(cells.text(FieldFormerNames, false)),
			Address:            cells.text(FieldAddress, false),
			LegalPerson:        cells.text(FieldLegalPerson, false),
			Phone:              cells.code(FieldPhone, false),
			Established:        cells.date(FieldEstablished, dates1904),
			Unit:               cells.code(FieldUnit, false),
			layout:             cells.layout,
		})
	})
	return enterprises, problems, err
}

// splitNames parts former names at the signs that people put between them.
func splitNames(text string) []string {
	var names []string
	for _, name := range strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune("；;、|，,", c) }) {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}
