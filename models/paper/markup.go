package paper

import (
	"bytes"
	"encoding/xml"
	"fmt"
)

// markup writes XML: what is opened is closed, what is text is escaped.
type markup struct {
	bytes.Buffer
}

func newMarkup() *markup {
	m := &markup{}
	m.WriteString(xml.Header)
	return m
}

// element writes an element with what inside writes; attributes are pairs of name
// and value.
func (m *markup) element(name string, inside func(), attributes ...any) {
	m.start(name, attributes)
	if inside == nil {
		m.WriteString("/>")
		return
	}
	m.WriteString(">")
	inside()
	m.WriteString("</" + name + ">")
}

// empty writes an element without content.
func (m *markup) empty(name string, attributes ...any) { m.element(name, nil, attributes...) }

func (m *markup) start(name string, attributes []any) {
	m.WriteString("<" + name)
	for index := 0; index+1 < len(attributes); index += 2 {
		fmt.Fprintf(m, " %s=\"", attributes[index])
		m.text(fmt.Sprint(attributes[index+1]))
		m.WriteString("\"")
	}
}

// text writes escaped text.
func (m *markup) text(text string) {
	// A buffer takes everything.
	_ = xml.EscapeText(&m.Buffer, []byte(text))
}
