package inspection

import (
	"regexp"
	"strings"
	"unicode"
)

// figureMark stands for a figure while the words around it are searched.
const figureMark = "\uFFFC"

// exempt are numbers that are no figures: titles of documents, their numbers,
// the names of five-year plans and of party congresses, and ordinals of a list.
// A place (第三名) is a figure; a quarter is bound to the cycle.
var exempt = []*regexp.Regexp{
	// A title is words: a bare number in its marks is no title.
	regexp.MustCompile(`《[^《》\x{FFFC}]*[\p{Han}\p{Latin}][^《》\x{FFFC}]*》`),
	regexp.MustCompile(`〔[0-9]{4}〕[0-9]{1,4}号`),
	regexp.MustCompile(`[“"]?十[一二三四]?五[”"]?(?:规划|计划|时期|期间)`),
	regexp.MustCompile(`(?:十[一二三四五六七八九]|二十)(?:大|届)(?:[一二三四五六七]中全会)?`),
	regexp.MustCompile(`（[一二三四五六七八九十]{1,3}）`),
	regexp.MustCompile(`^[一二三四五六七八九十]{1,3}、`),
	regexp.MustCompile(`[一二三四五六七八九十]是`),
	regexp.MustCompile(`第[一二三四五六七八九十](?:[，、：]|时间|责任人|一线|方面)`),
	regexp.MustCompile(`百分[比点]`),
	regexp.MustCompile(`一[户企区县家]一策|三年行动计划|[一三]年来|一次性`),
	regexp.MustCompile(`[每同任某另逐统进唯专][一]`),
	regexp.MustCompile(`一(?:些|批|定|致|律|般|直|并|起|步|线|系列|体|旦|如既往|把手|方面|揽子)`),
}

// numerals are characters that write numbers, capitals of accounts included.
const numerals = `〇○零一二三四五六七八九十百千万亿两俩仨廿卅卌壹贰叁肆伍陆柒捌玖拾佰仟萬億`

// written are numbers in Chinese characters: numerals before a measure word or a
// figure's place, long numerals on their own, shares and multiples.
var written = []*regexp.Regexp{
	regexp.MustCompile(`百分之[` + numerals + `半几]+|[` + numerals + `]+分之[` + numerals + `]+`),
	regexp.MustCompile(`[` + numerals + `数几]*[` + numerals + `][多余来几]?(?:个|家|项|名|人|位|户|条|件|次|份|成|倍|番|套|笔|起|天|日|月|年|季度|周|小时|时|元|块|吨|亩|公里|分|点|号|期|类|种|批|区|县|街|镇|所|处|级|％|%|‰)`),
	regexp.MustCompile(`[一二三四五六七八九两壹贰叁肆伍陆柒捌玖][十百千万亿拾佰仟][` + numerals + `]*|十[一二三四五六七八九][` + numerals + `]*`),
	regexp.MustCompile(`[〇零一二三四五六七八九]{3,}`),
	regexp.MustCompile(`过半|半数|大半|一半|翻番`),
}

// FreeNumbers are the numbers in the words of a bulletin that are no figures, in
// order: digits of any script, numbers in Chinese characters with what they
// count, percent signs. What only looks like a number (一批, 第一, 《…2013…》,
// 津政督〔2013〕5号) is left alone.
func FreeNumbers(text string) []string {
	// What is exempt is blanked rune by rune, so that nothing new comes together.
	for _, pattern := range exempt {
		text = pattern.ReplaceAllStringFunc(text, func(found string) string {
			return strings.Repeat("·", len([]rune(found)))
		})
	}
	var numbers []string
	for _, pattern := range written {
		text = pattern.ReplaceAllStringFunc(text, func(found string) string {
			numbers = append(numbers, found)
			return strings.Repeat("·", len([]rune(found)))
		})
	}
	run := ""
	for _, character := range text + "·" {
		if unicode.In(character, unicode.Nd, unicode.No) || isLetterNumber(character) || strings.ContainsRune("%％‰", character) {
			run += string(character)
			continue
		}
		if run != "" {
			numbers, run = append(numbers, run), ""
		}
	}
	return numbers
}

// isLetterNumber: Roman numerals and their kin; 〇 is a letter of plain Chinese.
func isLetterNumber(character rune) bool {
	return character != '〇' && unicode.Is(unicode.Nl, character)
}
