package paper

import "math"

// The measures of GB/T 9704-2012, in millimetres.
const (
	pageWidth    = 210.0
	pageHeight   = 297.0
	topMargin    = 37.0 // 天头
	insideMargin = 28.0 // 订口
	textWidth    = 156.0
	textHeight   = 225.0
	// agencyDrop is from the top of the text's area to the top of the red name.
	agencyDrop = 35.0
	// ruleDrop is from the number to the red rule.
	ruleDrop = 4.0
	// numberDrop is from the bottom of the text's area to the page number.
	numberDrop = 7.0
	thickRule  = 0.35
	thinRule   = 0.25
)

// lineCharacters are the characters of a line; a page has 22 lines of linePitch.
const lineCharacters = 28

// The sizes of letters, in points.
const (
	sizeTitle = 22.0 // 2号
	sizeBody  = 16.0 // 3号
	sizeSmall = 14.0 // 4号
	sizeTable = 12.0 // 小四
	// sizeAgency is the most that the red name is; a long one is smaller.
	sizeAgency = 52.0
)

// The rest is not of the standard, in points.
const (
	// linePitch is a twenty-second of the text's height, rounded to a twentieth of a point.
	linePitch   = 28.95
	tablePitch  = 18.0
	cellPadding = 3.0
	redRule     = 2.0
	gridRule    = 0.5
	// tableIndent of the text from the cell's edge.
	cellIndent = 4.0
)

// pointsPerMillimetre and twips convert the measures for a file's own units.
const pointsPerMillimetre = 72 / 25.4

func points(millimetres float64) float64 { return millimetres * pointsPerMillimetre }

// twips are twentieths of a point.
func twips(points float64) int { return int(math.Round(points * 20)) }

// face is one of the faces that papers are set in.
type face int

const (
	faceBody   face = iota // 仿宋
	faceTitle              // 小标宋
	faceHei                // 黑体
	faceKai                // 楷体
	faceNumber             // 宋体
)

// headingFace is the face of a heading of the level.
func headingFace(level int) face {
	switch level {
	case 1:
		return faceHei
	case 2:
		return faceKai
	default:
		return faceBody
	}
}

// agencySize is the size of the red name: the largest up to sizeAgency at which
// it fits one line.
func agencySize(name string) float64 {
	advance := 0.0
	for _, character := range name {
		advance += plainAdvance(character)
	}
	return max(min(sizeAgency, math.Floor(points(textWidth)/max(advance, 1)*0.97)), sizeTitle)
}

// plainAdvance is the width of a character in ems, as the faces of official papers
// have it: full, or half for what is narrow.
func plainAdvance(character rune) float64 {
	if character < 0x2000 {
		return 0.5
	}
	return 1
}

// metrics tells the width of a character of a face, in ems.
type metrics func(face, rune) float64

// plainMetrics are those of the faces that docx names.
func plainMetrics(_ face, character rune) float64 { return plainAdvance(character) }

// area is the part of a page that text may stand in, in points.
type area struct{ width, height float64 }

func areaOf(landscape bool) area {
	if landscape {
		return area{width: points(textHeight), height: points(textWidth)}
	}
	return area{width: points(textWidth), height: points(textHeight)}
}
