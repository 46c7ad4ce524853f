package pinyin_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"bangfu/models/pinyin"
)

func TestPlacesAndCompaniesAreFoundByTheirInitials(t *testing.T) {
	speller := pinyin.NewSpeller()
	for text, initials := range map[string]string{
		"和平区": "hpq", "滨海新区": "bhxq", "蓟县": "jx", "宁河县": "nhx", "静海县": "jhx", "重庆路街道": "cqljd",
		"天津滨海科技有限公司": "tjbhkjyxgs", "天津A1（集团）": "tja1jt", "鑫淼翀": "xmc", "": "",
	} {
		require.Equal(t, initials, speller.Initials(text), text)
	}
}

func TestASurnameIsReadAsASurname(t *testing.T) {
	speller := pinyin.NewSpeller()
	for name, initials := range map[string]string{"曾小单": "zxd", "单永志": "syz", "解放": "xf", "仇英": "qy", "欧阳倩芸": "oyqy"} {
		require.Equal(t, initials, speller.NameInitials(name), name)
	}
}

func BenchmarkInitials(b *testing.B) {
	speller := pinyin.NewSpeller()
	for b.Loop() {
		speller.Initials("天津滨海科技有限公司")
	}
}
