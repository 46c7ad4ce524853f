package seeds

import (
	"fmt"
	"strings"

	"bangfu/models"
)

// enterpriseCount is how many invented enterprises there are at least.
const enterpriseCount = 300

var (
	enterpriseWords  = []string{"云帆", "智远", "海纳", "津研", "启明", "蓝桥", "恒创", "微芯", "绿源", "天工", "数联", "新材", "慧医", "精测", "航拓"}
	enterpriseTrades = []string{"智能装备", "信息技术", "生物医药", "新能源", "环保科技", "软件", "新材料", "检测技术", "农业科技", "医疗器械", "自动化", "光电"}
)

// newEnterprise invents an enterprise that may serve the kind. Its code is
// valid, but begins with letters that no register has given out.
func (d *demonstration) newEnterprise(kind models.Kind, district models.UnitID, before models.Date) (models.Enterprise, error) {
	number := len(d.enterprises)
	key, err := models.NewOrganizationCode(fmt.Sprintf("DEMY%04d", number+1))
	if err != nil {
		return models.Enterprise{}, fmt.Errorf("invent an enterprise: %w", err)
	}
	region := string(district)[:6]
	code, err := models.NewUnifiedCode(region, key)
	if err != nil {
		return models.Enterprise{}, fmt.Errorf("invent an enterprise: %w", err)
	}
	unit, _ := d.tree.Unit(district)
	word := enterpriseWords[number%len(enterpriseWords)]
	trade := enterpriseTrades[(number/len(enterpriseWords))%len(enterpriseTrades)]
	name := fmt.Sprintf("天津演示%s%s有限公司", word, trade)
	if round := number / (len(enterpriseWords) * len(enterpriseTrades)); round > 0 {
		name = fmt.Sprintf("天津演示%s%s（第%d）有限公司", word, trade, round+1)
	}
	enterprise := models.Enterprise{
		Key: key, UnifiedCode: code, Name: name,
		Address:     fmt.Sprintf("天津市%s演示路%d号", unit.Name, 1+d.random.IntN(300)),
		LegalPerson: d.inventedName(), Phone: fmt.Sprintf("022-0000%04d", number+1),
		Established: d.establishedFor(kind, before), Unit: district,
	}
	if number%4 == 0 {
		enterprise.FormerNames = []string{strings.Replace(name, "演示", "演示（曾用名）", 1)}
	}
	if number%3 == 0 {
		enterprise.RegistrationNumber, err = models.NewRegistrationNumber(fmt.Sprintf("%s000%05d", region, number+1))
		if err != nil {
			return models.Enterprise{}, fmt.Errorf("invent an enterprise: %w", err)
		}
	}
	d.enterprises = append(d.enterprises, enterprise)
	return enterprise, nil
}

// establishedFor is a day on which an enterprise that serves the kind may have
// been established, earlier than a given day.
func (d *demonstration) establishedFor(kind models.Kind, before models.Date) models.Date {
	switch kind {
	case models.Found:
		inside := max(d.plan.From.DaysUntil(before), 1)
		return d.plan.From.AddDays(d.random.IntN(inside))
	case models.Transform, models.Introduce:
		return d.plan.From.AddDays(-60 - d.random.IntN(3000))
	default:
		return d.plan.From
	}
}

// addFreeEnterprises fills the register with enterprises that nobody claims, so
// that a visitor finds some to claim in every district.
func (d *demonstration) addFreeEnterprises() error {
	districts := d.districts()
	for i := 0; len(d.enterprises) < enterpriseCount || i < 2*len(districts); i++ {
		kind := models.Kinds[i%len(models.Kinds)]
		if _, err := d.newEnterprise(kind, districts[i%len(districts)].ID, models.DateOf(d.asOf)); err != nil {
			return err
		}
	}
	return nil
}
