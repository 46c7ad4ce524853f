// Package pinyin gives the initials by which people find Chinese words without
// typing them: hpq for 和平区. It sorts each character into the collation of
// the Unicode consortium, which orders Chinese by pinyin, instead of keeping a
// dictionary of its own.
package pinyin

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
)

// boundaries are the first characters of each initial in pinyin order; no
// syllable begins with i, u or v.
var boundaries = []rune("阿八嚓咑妸发旮哈丌咔垃妈拏噢妑七呥扨它穵夕丫帀")

const letters = "abcdefghjklmnopqrstwxyz"

// surnames are read otherwise than the same characters in words.
var surnames = map[rune]rune{
	'曾': 'z', '单': 's', '解': 'x', '仇': 'q', '查': 'z', '翟': 'z', '朴': 'p', '盖': 'g', '尉': 'y', '万': 'w', '区': 'o', '乐': 'y', '召': 's', '折': 's',
}

// words are common in names of places and companies, and read otherwise than
// their first character alone.
var words = strings.NewReplacer("重庆", "cq", "长", "c", "行业", "hy", "银行", "yh", "厦门", "xm", "蓟", "j", "瀛", "y", "重型", "zx", "朝阳", "cy")

// Speller spells initials. It keeps scratch space, so a goroutine uses its own.
type Speller struct{ collator *collate.Collator }

// NewSpeller makes a speller.
func NewSpeller() *Speller { return &Speller{collator: collate.New(language.Chinese)} }

// Initials are the initials of a name of a place, unit or company. Latin letters
// and digits stay, in small letters; everything else goes.
func (s *Speller) Initials(text string) string {
	var spelled strings.Builder
	for _, c := range words.Replace(text) {
		s.spell(&spelled, c)
	}
	return spelled.String()
}

// NameInitials are the initials of a person's name, whose first character is a
// surname and read as one.
func (s *Speller) NameInitials(name string) string {
	surname, length := utf8.DecodeRuneInString(name)
	if letter, special := surnames[surname]; special {
		return string(letter) + s.Initials(name[length:])
	}
	return s.Initials(name)
}

func (s *Speller) spell(spelled *strings.Builder, c rune) {
	switch {
	case c < unicode.MaxASCII && (unicode.IsLetter(c) || unicode.IsDigit(c)):
		spelled.WriteRune(unicode.ToLower(c))
	case unicode.Is(unicode.Han, c):
		after := sort.Search(len(boundaries), func(i int) bool {
			return s.collator.CompareString(string(boundaries[i]), string(c)) > 0
		})
		if after > 0 {
			spelled.WriteByte(letters[after-1])
		}
	}
}
