package paper

import "fmt"

const (
	wordSpace     = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
	relationSpace = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	packageSpace  = "http://schemas.openxmlformats.org/package/2006/"
	wordType      = "application/vnd.openxmlformats-officedocument.wordprocessingml."
	red           = "FF0000"
)

// name is the face's name as docx names it.
func (f face) name() string {
	switch f {
	case faceTitle:
		return "方正小标宋简体"
	case faceHei:
		return "黑体"
	case faceKai:
		return "楷体_GB2312"
	case faceNumber:
		return "宋体"
	default:
		return "仿宋_GB2312"
	}
}

// other is what a machine without the face may take instead.
func (f face) other() string {
	switch f {
	case faceTitle:
		return "华文中宋"
	case faceHei:
		return "SimHei"
	case faceKai:
		return "楷体"
	case faceNumber:
		return "SimSun"
	default:
		return "仿宋"
	}
}

func contentTypes() []byte {
	m := newMarkup()
	m.element("Types", func() {
		m.empty("Default", "Extension", "rels", "ContentType", "application/vnd.openxmlformats-package.relationships+xml")
		m.empty("Default", "Extension", "xml", "ContentType", "application/xml")
		for _, part := range []struct{ name, kind string }{
			{"/word/document.xml", wordType + "document.main+xml"},
			{"/word/styles.xml", wordType + "styles+xml"},
			{"/word/settings.xml", wordType + "settings+xml"},
			{"/word/fontTable.xml", wordType + "fontTable+xml"},
			{"/word/footer1.xml", wordType + "footer+xml"},
			{"/word/footer2.xml", wordType + "footer+xml"},
			{"/docProps/core.xml", "application/vnd.openxmlformats-package.core-properties+xml"},
		} {
			m.empty("Override", "PartName", part.name, "ContentType", part.kind)
		}
	}, "xmlns", packageSpace+"content-types")
	return m.Bytes()
}

func packageRelations() []byte {
	m := newMarkup()
	m.element("Relationships", func() {
		m.empty("Relationship", "Id", "rId1", "Type", relationSpace+"/officeDocument", "Target", "word/document.xml")
		m.empty("Relationship", "Id", "rId2", "Type", packageSpace+"relationships/metadata/core-properties", "Target", "docProps/core.xml")
	}, "xmlns", packageSpace+"relationships")
	return m.Bytes()
}

func documentRelations() []byte {
	m := newMarkup()
	m.element("Relationships", func() {
		for index, target := range []struct{ kind, name string }{
			{"styles", "styles.xml"},
			{"settings", "settings.xml"},
			{"fontTable", "fontTable.xml"},
			{"footer", "footer1.xml"},
			{"footer", "footer2.xml"},
		} {
			m.empty("Relationship", "Id", fmt.Sprintf("rId%d", index+1), "Type", relationSpace+"/"+target.kind, "Target", target.name)
		}
	}, "xmlns", packageSpace+"relationships")
	return m.Bytes()
}

// coreProperties are the document's. They bear its own date, since the time of
// writing would make every copy another one.
func coreProperties(document Document) []byte {
	m := newMarkup()
	m.element("cp:coreProperties", func() {
		m.element("dc:title", func() { m.text(singleLine(document.Title)) })
		m.element("dc:creator", func() { m.text(document.Agency) })
		if !document.Date.IsZero() {
			for _, name := range []string{"dcterms:created", "dcterms:modified"} {
				m.element(name, func() { m.text(document.Date.String() + "T00:00:00Z") }, "xsi:type", "dcterms:W3CDTF")
			}
		}
	}, "xmlns:cp", packageSpace+"metadata/core-properties",
		"xmlns:dc", "http://purl.org/dc/elements/1.1/", "xmlns:dcterms", "http://purl.org/dc/terms/",
		"xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance")
	return m.Bytes()
}

func headingStyle(level int) string { return fmt.Sprintf("Heading%d", level) }

// styles set running text as the default, so that the grid counts characters of 3号,
// and name the four levels of headings for the navigation pane.
func styles() []byte {
	m := newMarkup()
	m.element("w:styles", func() {
		m.element("w:docDefaults", func() {
			m.element("w:rPrDefault", func() {
				m.element("w:rPr", func() {
					name := faceBody.name()
					m.empty("w:rFonts", "w:ascii", name, "w:hAnsi", name, "w:eastAsia", name, "w:cs", name)
					m.empty("w:sz", "w:val", int(sizeBody*2))
					m.empty("w:szCs", "w:val", int(sizeBody*2))
					m.empty("w:lang", "w:val", "en-US", "w:eastAsia", "zh-CN")
				})
			})
			m.element("w:pPrDefault", func() {
				m.element("w:pPr", func() {
					m.empty("w:widowControl", "w:val", "0")
					m.empty("w:kinsoku", "w:val", "1")
					m.empty("w:spacing", "w:before", 0, "w:after", 0)
				})
			})
		})
		m.element("w:style", func() {
			m.empty("w:name", "w:val", "Normal")
			// LibreOffice takes the grid's width from here and not from the defaults.
			m.element("w:rPr", func() {
				m.empty("w:sz", "w:val", int(sizeBody*2))
				m.empty("w:szCs", "w:val", int(sizeBody*2))
			})
		}, "w:type", "paragraph", "w:default", "1", "w:styleId", "Normal")
		for level := 1; level <= headingLevels; level++ {
			m.element("w:style", func() {
				m.empty("w:name", "w:val", fmt.Sprintf("heading %d", level))
				m.empty("w:basedOn", "w:val", "Normal")
				m.empty("w:next", "w:val", "Normal")
				m.element("w:pPr", func() { m.empty("w:outlineLvl", "w:val", level-1) })
			}, "w:type", "paragraph", "w:styleId", headingStyle(level))
		}
	}, "xmlns:w", wordSpace)
	return m.Bytes()
}

func settings() []byte {
	m := newMarkup()
	m.element("w:settings", func() {
		m.empty("w:evenAndOddHeaders")
		m.empty("w:characterSpacingControl", "w:val", "compressPunctuation")
		m.element("w:compat", func() {
			m.empty("w:compatSetting", "w:name", "compatibilityMode", "w:uri", "http://schemas.microsoft.com/office/word", "w:val", "15")
		})
	}, "xmlns:w", wordSpace)
	return m.Bytes()
}

func fontTable() []byte {
	m := newMarkup()
	m.element("w:fonts", func() {
		for _, one := range []face{faceBody, faceTitle, faceHei, faceKai, faceNumber} {
			m.element("w:font", func() {
				m.empty("w:altName", "w:val", one.other())
				m.empty("w:charset", "w:val", "86")
				m.empty("w:family", "w:val", "auto")
				m.empty("w:pitch", "w:val", "variable")
			}, "w:name", one.name())
		}
	}, "xmlns:w", wordSpace)
	return m.Bytes()
}

// footer is the page number at one side, one character from the edge.
func footer(side string) []byte {
	d := &docx{markup: newMarkup()}
	form := paragraphForm{face: faceNumber, size: sizeSmall, line: twips(sizeSmall), noGrid: true}
	form.align = Align(side)
	if side == "right" {
		form.right = twips(sizeSmall)
	} else {
		form.left = twips(sizeSmall)
	}
	d.element("w:ftr", func() {
		d.element("w:p", func() {
			d.element("w:pPr", func() { d.paragraphProperties(form) })
			d.run(form, "— ")
			for _, kind := range []string{"begin", "", "separate", "1", "end"} {
				d.element("w:r", func() {
					d.runProperties(form)
					switch kind {
					case "":
						d.element("w:instrText", func() { d.text(" PAGE ") }, "xml:space", "preserve")
					case "1":
						d.element("w:t", func() { d.text(kind) })
					default:
						d.empty("w:fldChar", "w:fldCharType", kind)
					}
				})
			}
			d.run(form, " —")
		})
	}, "xmlns:w", wordSpace)
	return d.Bytes()
}
