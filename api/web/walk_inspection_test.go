package web_test

import (
	"net/http"
	"net/url"

	"bangfu/api/auth"
	"bangfu/api/web/webtest"
	"bangfu/models"
	"bangfu/models/inspection"
)

// Who reads the quarter: the units' own people theirs, those who inspect all of
// their part. The bulletin is for everybody who works with the plan.
var (
	inspectionReaders = []auth.Role{
		auth.RoleContact, auth.RoleLeader, auth.RoleOrganization, auth.RoleInspector, auth.RoleSigner, auth.RoleArchivist,
	}
	sampleReaders = []auth.Role{
		auth.RoleCadre, auth.RoleContact, auth.RoleLeader, auth.RoleOrganization, auth.RoleAdjudicator, auth.RoleInspector,
		auth.RoleSigner, auth.RoleArchivist,
	}
	bulletinReaders = []auth.Role{
		auth.RoleCadre, auth.RoleContact, auth.RoleLeader, auth.RoleDistrictScience, auth.RoleDistrictOrganization, auth.RoleCityScience,
		auth.RoleOrganization, auth.RoleAdjudicator, auth.RoleInspector, auth.RoleSigner, auth.RoleArchivist,
	}
)

// inspect brings one quarter under way and another to its bulletin.
func (w *walk) inspect() {
	w.Helper()
	w.issued = w.OpenQuarter(2)
	w.issued.Issue(w.Account(auth.RoleInspector), w.Account(auth.RoleSigner))
	w.quarter = w.OpenQuarter(1)
	w.findings = map[place]inspection.FindingID{
		nearby:  w.quarter.Raise(webtest.Near, "走访记录不全"),
		faraway: w.quarter.Raise(webtest.Far, "材料与申报不符"),
	}
}

func unitAt(at place) models.UnitID {
	if at == faraway {
		return webtest.Far
	}
	return webtest.Near
}

// inQuarter names the quarter under way, and a unit by its place.
func inQuarter(w *walk, at place) map[string]string {
	return map[string]string{"inspection": w.quarter.ID.String(), "unit": string(unitAt(at))}
}

// ordered adds the command whose form is opened.
func ordered(command string, thing func(*walk, place) map[string]string) func(*walk, place) map[string]string {
	return func(w *walk, at place) map[string]string {
		named := thing(w, at)
		named["command"] = command
		return named
	}
}

func aFinding(w *walk, at place) map[string]string {
	if at == faraway {
		return map[string]string{"finding": string(w.findings[faraway])}
	}
	return map[string]string{"finding": string(w.findings[nearby])}
}

func aSampled(w *walk, at place) map[string]string {
	return map[string]string{"inspection": w.quarter.ID.String(), "record": string(w.quarter.SampledIn(unitAt(at)))}
}

func aBulletin(w *walk, _ place) map[string]string {
	return map[string]string{"inspection": w.issued.ID.String(), "ordinal": "1", "figure": "f1"}
}

// inspectionRows: a visitor of the walk has a role in one district, so that what
// concerns the whole cycle is refused even to its inspector.
func inspectionRows() map[string]row {
	inspectors := []auth.Role{auth.RoleInspector}
	whole := url.Values{"key": {"walk"}, "remark": {"理由"}, "confirmed": {"yes"}}
	rows := map[string]row{
		"GET /inspections":                          {allowed: inspectionReaders},
		"POST /inspections":                         {allowed: inspectors, status: http.StatusUnprocessableEntity, form: url.Values{"quarter": {"2013年1"}, "key": {"walk"}}},
		"POST /inspections/schedule/pause":          {allowed: inspectors, status: http.StatusForbidden},
		"POST /inspections/schedule/resume":         {allowed: inspectors, status: http.StatusForbidden},
		"GET /inspections/:inspection":              {allowed: inspectionReaders, thing: inQuarter, anywhere: true},
		"GET /inspections/:inspection/board/events": {allowed: inspectionReaders, thing: inQuarter, anywhere: true, status: http.StatusSeeOther},
		"GET /inspections/:inspection/commands/:command": {
			allowed: inspectors, thing: ordered("cancel", inQuarter), anywhere: true, status: http.StatusSeeOther,
		},
		"POST /inspections/:inspection/commands/:command": {
			allowed: inspectors, thing: ordered("cancel", inQuarter), anywhere: true, status: http.StatusForbidden, form: whole,
		},
		"GET /inspections/:inspection/units/:unit": {allowed: inspectionReaders, thing: inQuarter},
		"GET /inspections/:inspection/ranking":     {allowed: inspectionReaders, thing: inQuarter, anywhere: true},
		"GET /findings":                            {allowed: inspectionReaders},
		"POST /findings":                           {allowed: inspectors, status: http.StatusUnprocessableEntity, form: url.Values{"key": {"walk"}}},
		"GET /findings/new":                        {allowed: inspectors},
		"GET /findings/:finding":                   {allowed: inspectionReaders, thing: aFinding},
		"GET /findings/:finding/commands/:command": {
			allowed: []auth.Role{auth.RoleContact, auth.RoleLeader, auth.RoleInspector}, blind: []auth.Role{auth.RoleContact, auth.RoleLeader},
			thing: ordered("settle", aFinding),
		},
		"POST /findings/:finding/commands/:command": {
			allowed: []auth.Role{auth.RoleContact, auth.RoleLeader, auth.RoleInspector}, blind: []auth.Role{auth.RoleContact, auth.RoleLeader},
			thing: ordered("settle", aFinding), status: http.StatusPreconditionRequired, form: whole,
		},
	}
	for _, part := range []map[string]row{sampleRows(whole), reportRows(whole), bulletinRows(whole)} {
		for name, one := range part {
			rows[name] = one
		}
	}
	return rows
}

// sampleRows: whoever is checked does not see what was drawn before a hearing.
func sampleRows(whole url.Values) map[string]row {
	deciders := []auth.Role{auth.RoleInspector, auth.RoleAdjudicator}
	form := url.Values{"result": {"confirmed"}}
	for name, values := range whole {
		form[name] = values
	}
	return map[string]row{
		"GET /hearings":                       {allowed: []auth.Role{auth.RoleAdjudicator}},
		"GET /inspections/:inspection/sample": {allowed: sampleReaders, thing: inQuarter, anywhere: true},
		"GET /inspections/:inspection/sample/:record": {
			allowed: sampleReaders, blind: []auth.Role{auth.RoleCadre, auth.RoleContact, auth.RoleLeader}, thing: aSampled,
		},
		"GET /inspections/:inspection/sample/:record/commands/:command": {
			allowed: deciders, blind: []auth.Role{auth.RoleAdjudicator}, thing: ordered("check", aSampled),
		},
		"POST /inspections/:inspection/sample/:record/commands/:command": {
			allowed: deciders, blind: []auth.Role{auth.RoleAdjudicator}, thing: ordered("check", aSampled),
			status: http.StatusPreconditionRequired, form: form,
		},
	}
}

// reportRows: the contact files, the leader signs, the inspector gives more time.
func reportRows(whole url.Values) map[string]row {
	form := url.Values{"due": {"2100-01-04"}}
	for name, values := range whole {
		form[name] = values
	}
	commanders := []auth.Role{auth.RoleLeader, auth.RoleInspector}
	return map[string]row{
		"GET /unit-reports":                    {allowed: []auth.Role{auth.RoleContact, auth.RoleLeader}},
		"GET /unit-reports/:inspection/:unit":  {allowed: inspectionReaders, thing: inQuarter},
		"POST /unit-reports/:inspection/:unit": {allowed: []auth.Role{auth.RoleContact}, thing: inQuarter, status: http.StatusPreconditionRequired, form: url.Values{"measures": {"走访企业"}}},
		"GET /unit-reports/:inspection/:unit/commands/:command": {
			allowed: commanders, blind: []auth.Role{auth.RoleLeader}, thing: ordered("extend", inQuarter),
		},
		"POST /unit-reports/:inspection/:unit/commands/:command": {
			allowed: commanders, blind: []auth.Role{auth.RoleLeader}, thing: ordered("extend", inQuarter),
			status: http.StatusPreconditionRequired, form: form,
		},
	}
}

// bulletinRows: what was issued is for everybody; nothing of it can be changed.
func bulletinRows(whole url.Values) map[string]row {
	inspectors := []auth.Role{auth.RoleInspector}
	commanders := []auth.Role{auth.RoleContact, auth.RoleLeader, auth.RoleInspector, auth.RoleSigner}
	others := []auth.Role{auth.RoleContact, auth.RoleLeader, auth.RoleSigner}
	return map[string]row{
		"GET /bulletins":                                      {allowed: bulletinReaders},
		"GET /bulletins/:inspection/:ordinal":                 {allowed: bulletinReaders, thing: aBulletin, anywhere: true},
		"GET /bulletins/:inspection/:ordinal/figures/:figure": {allowed: bulletinReaders, thing: aBulletin, anywhere: true},
		"GET /bulletins/:inspection/:ordinal/verify":          {allowed: inspectionReaders, thing: aBulletin, anywhere: true},
		"GET /bulletins/:inspection/:ordinal/edit":            {allowed: inspectors, thing: aBulletin, anywhere: true, status: http.StatusSeeOther},
		"POST /bulletins/:inspection/:ordinal/edit":           {allowed: inspectors, thing: aBulletin, anywhere: true, status: http.StatusConflict, form: url.Values{"key": {"walk"}, "match": {`"1"`}}},
		"POST /bulletins/:inspection/:ordinal/preview":        {allowed: inspectors, thing: aBulletin, anywhere: true},
		"GET /bulletins/:inspection/:ordinal/commands/:command": {
			allowed: commanders, blind: others, thing: ordered("recall", aBulletin), anywhere: true, status: http.StatusSeeOther,
		},
		"POST /bulletins/:inspection/:ordinal/commands/:command": {
			allowed: commanders, blind: others, thing: ordered("recall", aBulletin), anywhere: true, status: http.StatusPreconditionRequired, form: whole,
		},
	}
}
