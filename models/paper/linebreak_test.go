package paper

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// em is the width of a line's characters in the tests: 1, or half for what is narrow.
func em(character rune) float64 { return plainAdvance(character) }

func TestLinesBreakAsAnEditorWouldBreakThem(t *testing.T) {
	for _, one := range []struct {
		text  string
		width float64
		lines []string
	}{
		{"一二三四五", 5, []string{"一二三四五"}},
		{"一二三四五。", 5, []string{"一二三四", "五。"}},
		{"一二三四《五》", 5, []string{"一二三四", "《五》"}},
		{"一二三四五”。", 5, []string{"一二三四", "五”。"}},
		{"完成帮扶1,127项", 6, []string{"完成帮扶", "1,127项"}},
		{"资本金1000万元", 6, []string{"资本金", "1000万元"}},
		{"率为26.6%。", 4, []string{"率为", "26.6%。"}},
		{"一二三四——五", 5, []string{"一二三", "四——五"}},
		{"see the company", 4, []string{"see the ", "company"}},
		{"", 5, nil},
	} {
		require.Equal(t, one.lines, breakLines(one.text, one.width, one.width, em), one.text)
	}
}

func TestALineWithoutALawfulPlaceIsBrokenAllTheSame(t *testing.T) {
	require.Equal(t, []string{"abcdefgh", "ij"}, breakLines("abcdefghij", 4, 4, em))
	require.Equal(t, []string{"。。。", "。。"}, breakLines("。。。。。", 3, 3, em))
	require.Equal(t, []string{"宽", "字"}, breakLines("宽字", 0.2, 0.2, em))
}

// aText draws texts that make breaking hard: marks, numbers with units, words.
func aText() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{
			"帮", "扶", "企业", "认定", "，", "。", "（", "）", "《", "》", "“", "”", "、", "；", "——", "……", "1", "26.6%", "1,127项",
			"2013年", "3月", "1000万元", "Temporal", " ", "e\u0301", "👍🏽", "א", "%", "、、", "（（",
		}), 0, 120).Draw(t, "text"), "")
	})
}

func TestBreakingLosesNothingAndKeepsTheRules(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := aText().Draw(t, "text")
		first := rapid.Float64Range(1, 30).Draw(t, "first")
		rest := rapid.Float64Range(1, 30).Draw(t, "rest")
		lines := breakLines(text, first, rest, em)
		require.Equal(t, text, strings.Join(lines, ""))
		width := first
		for index, line := range lines {
			runes := []rune(line)
			require.NotEmpty(t, runes)
			if len(runes) > 1 {
				require.LessOrEqual(t, measure(line, em), width+1e-6)
			}
			if index < len(lines)-1 {
				next := []rune(lines[index+1])
				if !kinsoku(runes[len(runes)-1], next[0]) {
					// Only where the line had no lawful place at all.
					for place := 1; place < len(runes); place++ {
						require.False(t, kinsoku(runes[place-1], runes[place]) && runes[place] != ' ', "%q", line)
					}
				}
			}
			width = rest
		}
	})
}

func TestATitleIsAsManyLinesAsItMustBeAndNearlyEven(t *testing.T) {
	lines := balanced("关于二〇一三年第一季度干部帮扶科技型企业工作督查情况的通报", 20, em)
	require.Len(t, lines, 2)
	require.InDelta(t, measure(lines[0], em), measure(lines[1], em), 2)
	require.Equal(t, []string{"关于督查", "情况的通报"}, balanced("关于督查\n情况的通报", 20, em), "a line break of the author's is kept")
	rapid.Check(t, func(t *rapid.T) {
		text := aText().Draw(t, "title")
		width := rapid.Float64Range(1, 30).Draw(t, "width")
		lines := balanced(text, width, em)
		require.Equal(t, text, strings.Join(lines, ""))
		require.LessOrEqual(t, len(lines), max(len(breakLines(text, width, width, em)), 1))
	})
}

func TestCleanTextIsWhatXMLCanHold(t *testing.T) {
	require.Equal(t, "张三 & <李四>\n王五", clean("张\x00三 & <李四>\r\n王\u202e五\ufeff\ufffe"))
	require.Equal(t, "אבג 👍", clean("אבג\t👍"), "letters that run to the left stay, marks that turn others do not")
	rapid.Check(t, func(t *rapid.T) {
		once := clean(rapid.String().Draw(t, "text"))
		require.Equal(t, once, clean(once))
	})
}
