package paper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models"
	"bangfu/models/paper"
)

func TestChineseNumerals(t *testing.T) {
	for number, numeral := range map[int]string{
		0: "零", 1: "一", 10: "十", 11: "十一", 20: "二十", 56: "五十六", 100: "一百", 101: "一百零一", 110: "一百一十",
		1000: "一千", 1001: "一千零一", 1010: "一千零一十", 10000: "一万", 10010: "一万零一十", 100000: "十万",
		20500: "二万零五百", 123456: "十二万三千四百五十六", 1_0000_0001: "一亿零一", -3: "负三",
	} {
		require.Equal(t, numeral, paper.Numeral(number), "%d", number)
	}
}

func TestDatesAndNumbersHaveNoLeadingZeros(t *testing.T) {
	require.Equal(t, "2013年3月1日", paper.DateText(models.MustDate("2013-03-01")))
	require.Equal(t, "2013年12月31日", paper.DateText(models.MustDate("2013-12-31")))
	require.Empty(t, paper.DateText(models.Date{}))
	require.Equal(t, "津政督〔2013〕5号", paper.Number("津政督", 2013, 5))
	require.Equal(t, "第5期", paper.Issue(5))
}
