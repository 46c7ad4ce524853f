// Package workdays writes the calendar of seeds/workdays.yaml from the holiday
// table of lunar-go. The file, once written, is the authority: people correct
// it, and a test says where it departs from the table.
package workdays

import (
	"bytes"
	"fmt"

	"github.com/6tail/lunar-go/HolidayUtil"

	"bangfu/models"
)

// Year is one year's block of the file.
type Year struct {
	Year int
	Rest []models.SpecialDay
	Work []models.SpecialDay
}

// OfYear reads one year from the table.
func OfYear(year int) Year {
	block := Year{Year: year}
	holidays := HolidayUtil.GetHolidaysByYear(year)
	for element := holidays.Front(); element != nil; element = element.Next() {
		holiday := element.Value.(*HolidayUtil.Holiday)
		day := models.SpecialDay{
			Date: models.MustDate(holiday.GetDay()), Working: holiday.IsWork(), Name: holiday.GetName(),
		}
		if day.Working {
			block.Work = append(block.Work, day)
		} else {
			block.Rest = append(block.Rest, day)
		}
	}
	return block
}

const heading = `# 工作日历：国务院办公厅每年公布的放假（rest）与调休上班（work）安排。
# 只列与平常周末不同或法定的日子；没有列出的年份按平常周末计算，并提示“未载明”。
# 本文件是依据。首次由节假日表生成（go run ./seeds/internal/workdays/write），
# 之后按国务院办公厅通知核对；地方或临时的改动写在 workdays-override.yaml。
`

// Write gives the file for the years from first to last.
func Write(first, last int) []byte {
	var out bytes.Buffer
	out.WriteString(heading)
	for year := first; year <= last; year++ {
		block := OfYear(year)
		fmt.Fprintf(&out, "\n- year: %d\n", year)
		writeDays(&out, "rest", block.Rest)
		writeDays(&out, "work", block.Work)
	}
	return out.Bytes()
}

func writeDays(out *bytes.Buffer, key string, days []models.SpecialDay) {
	fmt.Fprintf(out, "  %s:\n", key)
	for _, day := range days {
		fmt.Fprintf(out, "    - {date: %s, name: %s}\n", day.Date, day.Name)
	}
}
