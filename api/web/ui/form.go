package ui

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"bangfu/api"
	"bangfu/api/problem"
)

// Field is one question of a form.
type Field struct {
	// Name is the form's name of the value and the ID of its input.
	Name, Label, Hint, Value string
	// Kind is the input's type: text when empty.
	Kind string
	// Width in letters of the input's size; 0 is the whole width.
	Rows, Most int
	Required   bool
	Options    []Option
	// Attributes are further ones of the input, such as data-suggest.
	Attributes map[string]any
	// Fault is what the last try said of it, Note what a reviewer said.
	Fault, Note string
}

// Option is one choice of a list.
type Option struct{ Value, Text string }

// Options are codes with their words as the choices of a list, after those given
// first.
func Options(all []api.Coded, first ...Option) []Option {
	options := slices.Clone(first)
	for _, one := range all {
		options = append(options, Option{Value: one.Code, Text: one.Text})
	}
	return options
}

// describedBy names what explains an input to people who do not see it.
func (f Field) describedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.Name+"-hint")
	}
	if f.Note != "" {
		ids = append(ids, f.Name+"-note")
	}
	if f.Fault != "" {
		ids = append(ids, f.Name+"-fault")
	}
	return strings.Join(ids, " ")
}

// FaultOf is what a refusal says of one field: its location ends with the
// field's name.
func FaultOf(said *problem.Problem, name string) string {
	if said == nil {
		return ""
	}
	for _, fault := range said.Errors {
		if lastPart(fault.Location) == name {
			return fault.Message
		}
	}
	return ""
}

// lastPart is the field that a location such as "body.name" means.
func lastPart(location string) string { return location[strings.LastIndex(location, ".")+1:] }

// With gives the fields what a refusal says of them.
func With(said *problem.Problem, fields ...Field) []Field {
	for i := range fields {
		fields[i].Fault = FaultOf(said, fields[i].Name)
	}
	return fields
}

// logNumber is the number under which a refusal stands in the log.
func logNumber(said *problem.Problem) string {
	return said.Instance[strings.LastIndex(said.Instance, ":")+1:]
}

func (f Field) kind() string {
	if f.Kind == "" {
		return "text"
	}
	return f.Kind
}

// common are the attributes that every kind of input has.
func (f Field) common() templ.Attributes {
	attributes := templ.Attributes{}
	for name, value := range f.Attributes {
		attributes[name] = value
	}
	if text := f.describedBy(); text != "" {
		attributes["aria-describedby"] = text
	}
	if f.Fault != "" {
		attributes["aria-invalid"] = "true"
	}
	if f.Required {
		attributes["aria-required"] = "true"
	}
	if f.Most > 0 {
		attributes["maxlength"] = strconv.Itoa(f.Most)
	}
	return attributes
}
