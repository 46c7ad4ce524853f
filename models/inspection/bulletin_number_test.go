package inspection_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"bangfu/models/inspection"
)

func TestNumbersThatClaimSomethingAreFound(t *testing.T) {
	for text, number := range map[string]string{
		"新增12家":       "12",
		"新增１２家":       "１２",
		"新增三家":        "三家",
		"十二个单位":       "十二个",
		"两个季度":        "两个",
		"完成率超过百分之九十五": "百分之九十五",
		"三分之二的单位":     "三分之二",
		"增长两成":        "两成",
		"翻了一番":        "一番",
		"位列第三名":       "三名",
		"排在第二位":       "二位",
		"共有三十六":       "三十六",
		"五千余家":        "五千余家",
		"壹拾贰万元":       "壹拾贰万元",
		"二〇一三年":       "二〇一三年",
		"附表②":         "②",
		"第Ⅳ类":         "Ⅳ",
		"半数以上的单位":     "半数",
		"增长％":         "％",
		"十几家企业":       "十几家",
		"数百家":         "数百家",
		"津政督〔2013〕5":  "2013",
		"٣ 家":         "٣",
		"《通知》要求3家":    "3",
		"《12》家":       "12",
		"十二五家":        "十二五家",
		"二十大中型企业和三十个项目": "三十个",
	} {
		require.Contains(t, inspection.FreeNumbers(text), number, text)
	}
}

func TestWhatOnlyLooksLikeANumberIsLeftAlone(t *testing.T) {
	for _, text := range []string{
		"一是加强领导，二是压实责任。", "第一，统一思想；第二，落实责任。", "一、总体情况", "（十二）责任单位方面",
		"一批企业", "进一步加强", "一些单位", "每一个单位", "同一个标准", "按照《2013年工作要点》", "津政督〔2013〕5号文件",
		"“十二五”规划", "十八大精神", "两手抓、两手硬", "千方百计", "一定要", "一致同意", "统一部署", "万众一心", "四舍五入", "三农工作",
		"党的十八届三中全会", "专一", "唯一", "第一时间", "R&D", "一把手", "百分比经四舍五入", "若干个百分点", "坚持一企一策、一户一策", "三年行动计划实施一年来", "一次性告知",
	} {
		require.Empty(t, inspection.FreeNumbers(text), text)
	}
}

func TestADigitIsFoundWhereverItStandsOutsideATitle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.StringMatching(`[的了在和有一二十第、。，（）“”是家个年《》]{0,12}`)
		digit := rapid.SampledFrom([]string{"0", "7", "９", "③", "Ⅷ", "½", "٥"}).Draw(t, "digit")
		before, after := words.Draw(t, "before"), words.Draw(t, "after")
		found := inspection.FreeNumbers(before + digit + after)
		inside := inspection.FreeNumbers(before + "中" + after)
		if len(found) == len(inside) {
			require.Regexp(t, `《[^《》]*$`, before, "only a title may hide it")
			require.Regexp(t, `^[^《》]*》`, after)
		}
	})
}
