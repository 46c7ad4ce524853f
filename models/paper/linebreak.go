package paper

import (
	"strings"
	"unicode"
)

// noStart are the characters that no line begins with, noEnd those that none ends
// with (避头尾).
const (
	noStart = "。，、；：？！）》」』〉】〕｝］”’…—·％‰℃,.;:?!)]}%"
	noEnd   = "（《「『〈【〔｛［“‘([{￥＄№"
	// units stay with the number before them, as far as a line allows.
	units = "年月日号期个家项万亿元名人次件份页条户天时分秒位倍度吨亩公"
)

// kinsoku reports whether a line may end after left and the next begin with right.
func kinsoku(left, right rune) bool {
	if strings.ContainsRune(noStart, right) || strings.ContainsRune(noEnd, left) {
		return false
	}
	// A mark that combines belongs to the character before it, and so does what a
	// joiner joins.
	return !unicode.In(right, unicode.Mn, unicode.Me) && right != '\u200d' && left != '\u200d' &&
		!unicode.Is(unicode.Variation_Selector, right)
}

// whole reports whether the two belong to one word, or to a number and its unit.
func whole(left, right rune) bool {
	latin := func(character rune) bool {
		return character < 0x2E80 && (unicode.IsLetter(character) || unicode.IsDigit(character) ||
			character == '-' || character == '/' || character == '_' || character == '@' || character == '+')
	}
	switch {
	case latin(left) && latin(right):
		return true
	case (left == '.' || left == ',') && unicode.IsDigit(right):
		return true
	case unicode.IsDigit(left) && strings.ContainsRune(units, right):
		return true
	}
	return (left == '万' || left == '亿') && right == '元'
}

// breakLines divides a text into lines, the first of the width first and the
// others of the width rest. No character is lost; blanks at the end of a line may
// hang over its edge. Lines break by the rules of kinsoku and leave words and
// numbers with their units whole; where a line has no such place, the words give
// way first, and the rules of kinsoku last. A line has at least one character.
func breakLines(text string, first, rest float64, advance func(rune) float64) []string {
	var lines []string
	width := first
	for runes := []rune(text); len(runes) > 0; {
		count := fitting(runes, width, advance)
		if count < len(runes) {
			count = lastBreak(runes, count)
		}
		lines = append(lines, string(runes[:count]))
		runes, width = runes[count:], rest
	}
	return lines
}

// fitting is how many characters a line of the width has room for, at least one.
func fitting(runes []rune, width float64, advance func(rune) float64) int {
	const tolerance = 1e-6
	used := 0.0
	for index, character := range runes {
		used += advance(character)
		if used > width+tolerance && index > 0 && character != ' ' {
			return index
		}
	}
	return len(runes)
}

// lastBreak is the best place to break at or before count.
func lastBreak(runes []rune, count int) int {
	lawful := 0
	for place := count; place > 0; place-- {
		left, right := runes[place-1], runes[place]
		if !kinsoku(left, right) || right == ' ' {
			continue
		}
		if !whole(left, right) {
			return place
		}
		lawful = max(lawful, place)
	}
	if lawful > 0 {
		return lawful
	}
	return count
}

// balanced divides a title into as few lines as the width allows and makes them
// about equally long, so that no single character is left for the last.
func balanced(title string, width float64, advance func(rune) float64) []string {
	var lines []string
	for part := range strings.SplitSeq(title, "\n") {
		least := breakLines(part, width, width, advance)
		if len(least) < 2 {
			lines = append(lines, part)
			continue
		}
		even := measure(part, advance) / float64(len(least))
		step := advance('国')
		best := least
		for narrow := even; narrow < width; narrow += step / 2 {
			if tried := breakLines(part, narrow, narrow, advance); len(tried) == len(least) {
				best = tried
				break
			}
		}
		lines = append(lines, best...)
	}
	return lines
}

// measure is the width of a text without the blanks at its end.
func measure(text string, advance func(rune) float64) float64 {
	width := 0.0
	for _, character := range strings.TrimRight(text, " ") {
		width += advance(character)
	}
	return width
}
