package seeds

import (
	"fmt"
	"slices"
	"strings"

	"bangfu/models"
)

// The two districts in which every story is told, so that one chain of
// reviewers meets every state; the other units share the rest.
const (
	firstDistrict  models.UnitID = "120101" // 和平区
	secondDistrict models.UnitID = "120103" // 河西区
)

// mergedZones are gone today, on a day that is not known well enough for
// units.yaml; they have no invented people.
var mergedZones = []models.UnitID{"120116-LG", "120116-SWQ"}

const (
	cadreCount          = 200
	cadresOfOneDistrict = 40
)

// person is an invented cadre with an office.
type person struct {
	cadre    models.Cadre
	account  models.AccountID
	district models.UnitID
	office   models.Unit
	postings []models.Posting
}

const (
	familyNames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
	givenFirst  = "建国志文明海东晓永丽春秀红玉卫新学立家宏"
	givenSecond = "华军伟平强敏静磊洋勇艳杰娟涛超霞辉鹏颖琳"
)

// inventedName is a name that nobody can take for a real one.
func (d *demonstration) inventedName() string {
	pick := func(from string) string {
		letters := []rune(from)
		return string(letters[d.random.IntN(len(letters))])
	}
	return "演示" + pick(familyNames) + pick(givenFirst) + pick(givenSecond)
}

// offices are the titles by kind of office and rank.
var offices = map[models.UnitKind]map[models.Rank]string{
	models.UnitGovernment: {
		models.RankDivisionDeputy: "办公室副主任", models.RankDivision: "办公室主任", models.RankBureauDeputy: "副职领导",
	},
	models.UnitOrganization: {
		models.RankDivisionDeputy: "部务委员", models.RankDivision: "副部长", models.RankBureauDeputy: "部长",
	},
	models.UnitScience: {
		models.RankDivisionDeputy: "副主任", models.RankDivision: "主任", models.RankBureauDeputy: "主任",
	},
}

// districts are the districts and zones that exist on the last day of the
// stories, the two with every story first.
func (d *demonstration) districts() []models.Unit {
	var first, others []models.Unit
	today := models.DateOf(d.asOf)
	for _, unit := range d.tree.Units() {
		switch {
		case unit.Kind != models.UnitDistrict && unit.Kind != models.UnitZone, !unit.ValidOn(today):
		case slices.Contains(mergedZones, unit.ID):
		case unit.ID == firstDistrict || unit.ID == secondDistrict:
			first = append(first, unit)
		default:
			others = append(others, unit)
		}
	}
	return append(first, others...)
}

// invitePeople spreads the cadres over all districts and zones.
func (d *demonstration) invitePeople() error {
	districts := d.districts()
	if len(districts) < 3 || districts[0].ID != firstDistrict || districts[1].ID != secondDistrict {
		return fmt.Errorf("demonstration: units %s and %s are needed", firstDistrict, secondDistrict)
	}
	for i := range cadreCount {
		district := districts[2+i%(len(districts)-2)]
		switch {
		case i < cadresOfOneDistrict:
			district = districts[0]
		case i < 2*cadresOfOneDistrict:
			district = districts[1]
		}
		if err := d.invite(i+1, district); err != nil {
			return err
		}
	}
	return nil
}

// ranks in the proportion in which offices have them.
var ranksByTurn = []models.Rank{
	models.RankDivisionDeputy, models.RankDivisionDeputy, models.RankDivision,
	models.RankDivisionDeputy, models.RankDivision, models.RankBureauDeputy,
}

// suffixes of office units, in the proportion in which cadres serve there.
var officesByTurn = []string{"-zf", "-zf", "-kw", "-zf", "-zzb"}

func (d *demonstration) invite(number int, district models.Unit) error {
	office, known := d.tree.Unit(district.ID + models.UnitID(officesByTurn[(number-1)%len(officesByTurn)]))
	if !known {
		return fmt.Errorf("demonstration: unit %s has no offices", district.ID)
	}
	rank := ranksByTurn[number%len(ranksByTurn)]
	id := models.CadreID(fmt.Sprintf("YS%05d", number))
	d.people = append(d.people, &person{
		cadre:    models.Cadre{ID: id, Name: d.inventedName(), Rank: rank},
		account:  models.AccountID("demo-" + strings.ToLower(string(id))),
		district: district.ID, office: office,
		postings: []models.Posting{{
			Cadre: id, Unit: office.ID, Title: offices[office.Kind][rank], From: d.plan.From.AddDays(-400),
		}},
	})
	return nil
}
