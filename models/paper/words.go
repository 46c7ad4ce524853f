package paper

import (
	"fmt"
	"strings"
	"unicode"

	"bangfu/models"
)

// headingLevels are the levels that GB/T 9704 knows: 一、 （一） 1. （1）
const headingLevels = 4

// DateText is the date as papers write it, 2013年3月31日: Arabic numerals without
// leading zeros; nothing for no date.
func DateText(date models.Date) string {
	if date.IsZero() {
		return ""
	}
	return date.Start().In(models.Shanghai).Format("2006年1月2日")
}

// Number is a 发文字号: 津政督〔2013〕5号. The brackets are hexagonal; there is no 第
// and no leading zero.
func Number(word string, year, number int) string {
	return fmt.Sprintf("%s〔%d〕%d号", word, year, number)
}

// Issue is the 期号 of a brief: 第5期.
func Issue(number int) string { return fmt.Sprintf("第%d期", number) }

// Numeral is a whole number in Chinese numerals: 十五, 一百零三, 二万零十.
func Numeral(number int) string {
	if number < 0 {
		return "负" + Numeral(-number)
	}
	if number == 0 {
		return "零"
	}
	text := longNumeral(number)
	// 一十五 is said 十五, at the beginning alone.
	if rest, found := strings.CutPrefix(text, "一十"); found {
		return "十" + rest
	}
	return text
}

func longNumeral(number int) string {
	const digits = "零一二三四五六七八九"
	for _, unit := range []struct {
		size int
		name string
	}{{1_0000_0000, "亿"}, {1_0000, "万"}, {1000, "千"}, {100, "百"}, {10, "十"}} {
		if number < unit.size {
			continue
		}
		text := longNumeral(number/unit.size) + unit.name
		rest := number % unit.size
		if rest == 0 {
			return text
		}
		if rest < unit.size/10 {
			text += "零"
		}
		return text + longNumeral(rest)
	}
	return string([]rune(digits)[number])
}

// headingNumber is what stands before a heading.
func headingNumber(level, number int) string {
	switch level {
	case 1:
		return Numeral(number) + "、"
	case 2:
		return "（" + Numeral(number) + "）"
	case 3:
		return fmt.Sprintf("%d. ", number)
	default:
		return fmt.Sprintf("（%d）", number)
	}
}

// clean keeps what XML 1.0 can hold and a page can show: control characters,
// noncharacters and the marks that turn the direction of text are dropped, since
// the last can make a name read as another one. Line breaks stay, as \n.
func clean(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(character rune) rune {
		switch {
		case character == '\n':
			return character
		case character == '\t', character == '\u2028', character == '\u2029':
			return ' '
		case unicode.IsControl(character), character == unicode.ReplacementChar:
			return -1
		case character&0xFFFE == 0xFFFE, character >= 0xFDD0 && character <= 0xFDEF:
			return -1
		case character >= 0x202A && character <= 0x202E, character >= 0x2066 && character <= 0x2069:
			return -1
		case character == 0x200E, character == 0x200F, character == 0x061C, character == 0xFEFF, character == 0x200B:
			return -1
		}
		return character
	}, text)
}

// singleLine is clean text without line breaks.
func singleLine(text string) string { return strings.ReplaceAll(clean(text), "\n", " ") }
