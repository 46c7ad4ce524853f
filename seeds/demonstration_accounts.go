package seeds

import (
	"strings"

	"bangfu/models"
)

// Roles as the authorization policy names them.
const (
	roleCadre                = "cadre"
	roleContact              = "contact"
	roleLeader               = "leader"
	roleDistrictScience      = "district-science"
	roleDistrictOrganization = "district-organization"
	roleCityScience          = "city-science"
	roleOrganization         = "organization"
	roleAdjudicator          = "adjudicator"
	roleInspector            = "inspector"
	roleSigner               = "signer"
	roleArchivist            = "archivist"
	roleAuditor              = "auditor"
	roleSystemOfficer        = "system-officer"
	roleSecurityOfficer      = "security-officer"
)

// Where log-in links lead: to the page that each role starts its day with.
const (
	ofPlan          = "?plan=demo"
	dutyPath        = "/duty" + ofPlan
	obligationsPath = "/obligations" + ofPlan
	queuePath       = "/reviews" + ofPlan
	progressPath    = "/progress" + ofPlan
)

// DemonstrationAccount is an invented account that a visitor may look through.
type DemonstrationAccount struct {
	Role    string
	Account models.AccountID
	// Title says in Chinese whose eyes these are.
	Title string
	// Opens is the path of the page that its log-in link leads to.
	Opens string
	// Second accounts approve what the first account of their role proposes.
	Second bool
}

// Place is what its log-in link is called by: the role, and whether it is the
// second person of it.
func (a DemonstrationAccount) Place() string {
	if a.Second {
		return a.Role + "-second"
	}
	return a.Role
}

// DemonstrationAccounts are listed in the order in which a visitor reads them.
type DemonstrationAccounts []DemonstrationAccount

// Of is the first account of a role.
func (a DemonstrationAccounts) Of(role string) (DemonstrationAccount, bool) {
	for _, account := range a {
		if account.Role == role {
			return account, true
		}
	}
	return DemonstrationAccount{}, false
}

// demoAccount is an account as it is written: one role over one unit.
type demoAccount struct {
	id    models.AccountID
	name  string
	role  string
	unit  models.UnitID
	cadre models.CadreID
	// shown accounts are returned to the visitor.
	shown bool
	opens string
	// second accounts approve what the first ones propose.
	second bool
}

// accountOf is the invented account that has a role over a unit.
func accountOf(role string, unit models.UnitID) models.AccountID {
	return models.AccountID("demo-" + role + "-" + strings.ToLower(string(unit)))
}

// seconderOf is the second account of an organization department over a unit:
// it approves what the first one proposes.
func seconderOf(unit models.UnitID) models.AccountID { return accountOf(roleOrganization, unit) + "-2" }

// scienceCommission is the department that answers for the most tasks.
const scienceCommission models.UnitID = "tj-kw"

// districtRoles are held once in every district and zone.
var districtRoles = []struct{ role, title, opens string }{
	{roleContact, "单位联络员", obligationsPath},
	{roleLeader, "单位领导", "/unit-reports" + ofPlan},
	{roleDistrictScience, "科委初审员", queuePath},
	{roleDistrictOrganization, "组织部复核员", queuePath},
	{roleOrganization, "组织部干部", obligationsPath},
}

// cityRoles are held once, over the whole city.
var cityRoles = []struct{ role, title, opens string }{
	{roleCityScience, "市科委认定员", queuePath},
	{roleOrganization, "市委组织部干部", obligationsPath + "&light=red"},
	{roleAdjudicator, "裁决员", "/disputes" + ofPlan},
	{roleInspector, "督查员", "/inspections" + ofPlan},
	{roleSigner, "签发人", "/bulletins" + ofPlan},
	{roleArchivist, "档案员", obligationsPath},
	{roleAuditor, "审计员", "/access-log"},
	{roleSystemOfficer, "系统管理员", "/accounts"},
	{roleSecurityOfficer, "安全管理员", "/accounts"},
}

// openAccounts lists the accounts of everybody who acts in the stories and of
// every role. The first cadre of each of the two districts is shown; of every
// role of a district, that of the first district comes first, so that the first
// accounts of all roles form one chain.
func (d *demonstration) openAccounts() {
	shownCadres := map[models.UnitID]bool{}
	for _, someone := range d.people {
		shown := !shownCadres[someone.district] && (someone.district == firstDistrict || someone.district == secondDistrict)
		shownCadres[someone.district] = true
		d.accounts = append(d.accounts, demoAccount{
			id: someone.account, name: someone.cadre.Name, role: roleCadre,
			unit: someone.office.ID, cadre: someone.cadre.ID, shown: shown, opens: dutyPath,
		})
	}
	for _, held := range cityRoles {
		d.accounts = append(d.accounts, demoAccount{
			id: accountOf(held.role, "tj"), name: "演示" + held.title, role: held.role, unit: "tj", shown: true, opens: held.opens,
		})
	}
	d.openSeconder("tj", "市委组织部分管领导", true)
	for _, district := range d.districts() {
		for _, held := range districtRoles {
			d.accounts = append(d.accounts, demoAccount{
				id: accountOf(held.role, district.ID), name: "演示" + district.Name + held.title,
				role: held.role, unit: district.ID, opens: held.opens,
				shown: district.ID == firstDistrict || district.ID == secondDistrict,
			})
		}
		d.openSeconder(district.ID, district.Name+"组织部分管领导", district.ID == firstDistrict || district.ID == secondDistrict)
	}
	d.openDepartments()
}

// openDepartments gives a contact to every city department that answers for a
// task; the science commission's, which answers for the most, is shown.
func (d *demonstration) openDepartments() {
	opened := map[models.UnitID]bool{}
	for _, answering := range d.answering {
		for _, id := range answering.Units {
			unit, _ := d.tree.Unit(id)
			if unit.Kind == models.UnitGroup || opened[id] {
				continue
			}
			opened[id] = true
			d.accounts = append(d.accounts, demoAccount{
				id: accountOf(roleContact, id), name: "演示" + unit.ShortName + "联络员", role: roleContact, unit: id,
				opens: progressPath, shown: id == scienceCommission,
			})
		}
	}
}

// openSeconder opens the account of whoever approves as the second person.
func (d *demonstration) openSeconder(unit models.UnitID, title string, shown bool) {
	d.accounts = append(d.accounts, demoAccount{
		id: seconderOf(unit), name: "演示" + title, role: roleOrganization, unit: unit, shown: shown, opens: "/approvals" + ofPlan, second: true,
	})
}

// shownAccounts are those that a visitor gets.
func (d *demonstration) shownAccounts() DemonstrationAccounts {
	var shown DemonstrationAccounts
	for _, account := range d.accounts {
		if account.shown {
			shown = append(shown, DemonstrationAccount{
				Role: account.role, Account: account.id, Title: account.name, Opens: account.opens, Second: account.second,
			})
		}
	}
	return shown
}
