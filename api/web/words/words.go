// Package words names what pages show of several families: units and roles.
package words

import (
	"strings"

	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/web/page"
	"bangfu/models"
)

// roles as officials call them.
var roles = map[auth.Role]string{
	auth.RoleCadre: "帮扶干部", auth.RoleContact: "单位联络员", auth.RoleLeader: "单位领导", auth.RoleDistrictScience: "区县科委（初审）",
	auth.RoleDistrictOrganization: "区县组织部（复核）", auth.RoleCityScience: "市科委（认定）",
	auth.RoleOrganization: "组织部（监督考核）", auth.RoleAdjudicator: "裁决员", auth.RoleInspector: "督查员",
	auth.RoleSigner: "签发人", auth.RoleArchivist: "档案员", auth.RoleAuditor: "安全审计员", auth.RoleSystemOfficer: "系统管理员",
	auth.RoleSecurityOfficer: "安全保密管理员",
}

// Role is what people call a role.
func Role(role auth.Role) string {
	if text, known := roles[role]; known {
		return text
	}
	return string(role)
}

// UnitNames names units one after the other.
func UnitNames(units []api.UnitRef) string {
	names := make([]string, len(units))
	for i, unit := range units {
		names[i] = unit.Name
	}
	return strings.Join(names, "、")
}

// Names are the units by their codes.
type Names map[models.UnitID]string

// Of is a unit's name, or its code when it is not known.
func (n Names) Of(id models.UnitID) string {
	if name, known := n[id]; known {
		return name
	}
	return string(id)
}

// UnitList reads every unit.
func UnitList(v *page.Visit) ([]api.UnitView, error) {
	var found struct {
		Items []api.UnitView `json:"items"`
	}
	_, err := v.Ask("/units", nil, &found)
	return found.Items, err
}

// Units names every unit.
func Units(v *page.Visit) (Names, error) {
	found, err := UnitList(v)
	names := Names{}
	for _, unit := range found {
		names[unit.ID] = unit.Name
	}
	return names, err
}
