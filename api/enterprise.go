package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// EnterpriseView is an enterprise as the registry holds it. Its telephone and
// legal person are those of the business licence.
type EnterpriseView struct {
	Key                models.EnterpriseKey `json:"key" doc:"组织机构代码（九位，无短横）" example:"D2143569X"`
	OrganizationCode   string               `json:"organizationCode" doc:"组织机构代码的印刷写法" example:"D2143569-X"`
	UnifiedCode        string               `json:"unifiedCode,omitempty" doc:"统一社会信用代码" example:"91350100M000100Y43"`
	RegistrationNumber string               `json:"registrationNumber,omitempty" doc:"注册号" example:"110108000000016"`
	Name               string               `json:"name" doc:"名称"`
	FormerNames        []string             `json:"formerNames" doc:"曾用名"`
	Address            string               `json:"address,omitempty" doc:"住所"`
	LegalPerson        string               `json:"legalPerson,omitempty" doc:"法定代表人"`
	Phone              string               `json:"phone,omitempty" doc:"联系电话"`
	Established        models.Date          `json:"established,omitzero" format:"date" doc:"成立日期"`
	Unit               *UnitRef             `json:"unit,omitempty" doc:"所在区县或功能区"`
	Overridden         bool                 `json:"overridden,omitempty" doc:"代码校验不符，经两人核准"`
	// Claims are given for a single enterprise, not in lists.
	Claims    []ClaimWarning `json:"claims,omitempty" doc:"已有的申报；列表中不给出"`
	Version   int64          `json:"version" doc:"版本，即 ETag" example:"1"`
	UpdatedAt time.Time      `json:"updatedAt" doc:"最后更改时间"`
}

func showEnterprise(entry store.EnterpriseEntry, names *directory) EnterpriseView {
	view := EnterpriseView{
		Key: entry.Key, OrganizationCode: models.FormatOrganizationCode(entry.Key), UnifiedCode: entry.UnifiedCode,
		RegistrationNumber: entry.RegistrationNumber, Name: entry.Name, FormerNames: orEmpty(entry.FormerNames),
		Address: entry.Address, LegalPerson: entry.LegalPerson, Phone: entry.Phone, Established: entry.Established,
		Overridden: entry.Override != nil, Version: entry.Version, UpdatedAt: entry.UpdatedAt,
	}
	if entry.Unit != "" {
		unit := names.unit(entry.Unit)
		view.Unit = &unit
	}
	return view
}

// EnterpriseListInput is the query of the list of enterprise entries.
type EnterpriseListInput struct {
	Paging
	Text string        `query:"text" maxLength:"100" doc:"名称、曾用名、拼音首字母，或任一代码的一部分" example:"hwjs"`
	Unit models.UnitID `query:"unit" maxLength:"64" doc:"只列此单位及其下级辖区内的"`
}

// EnterpriseInput names the enterprise that is asked for.
type EnterpriseInput struct {
	Key models.EnterpriseKey `path:"key" maxLength:"40" doc:"组织机构代码，短横可有可无；或统一社会信用代码" example:"D2143569X"`
}

// EnterpriseBody answers with the enterprise.
type EnterpriseBody struct {
	ETag string `header:"ETag"`
	Body EnterpriseView
}

// RegisteredEnterprise is the registered enterprise as the API shows it.
type RegisteredEnterprise struct {
	Location string `header:"Location"`
	ETag     string `header:"ETag"`
	Body     EnterpriseView
}

// EnterpriseForm is what is needed to register an enterprise.
type EnterpriseForm struct {
	OrganizationCode   string        `json:"organizationCode,omitempty" maxLength:"40" doc:"组织机构代码；与统一社会信用代码至少填一项" example:"D2143569-X"`
	UnifiedCode        string        `json:"unifiedCode,omitempty" maxLength:"40" doc:"统一社会信用代码"`
	RegistrationNumber string        `json:"registrationNumber,omitempty" maxLength:"40" doc:"注册号"`
	Name               string        `json:"name" minLength:"2" maxLength:"100" doc:"名称" example:"天津示例科技有限公司"`
	FormerNames        []string      `json:"formerNames,omitempty" maxItems:"20" doc:"曾用名"`
	Address            string        `json:"address,omitempty" maxLength:"200" doc:"住所"`
	LegalPerson        string        `json:"legalPerson,omitempty" maxLength:"60" doc:"法定代表人"`
	Phone              string        `json:"phone,omitempty" maxLength:"40" doc:"联系电话"`
	Established        models.Date   `json:"established,omitzero" format:"date" doc:"成立日期" example:"2013-06-18"`
	Unit               models.UnitID `json:"unit,omitempty" maxLength:"64" doc:"所在区县或功能区" example:"120101"`
}

// RegisterEnterpriseInput is the request to register enterprise.
type RegisterEnterpriseInput struct{ Body EnterpriseForm }

// EditEnterpriseInput is the request to edit enterprise.
type EditEnterpriseInput struct {
	Guarded
	Key  models.EnterpriseKey `path:"key" maxLength:"40" doc:"组织机构代码"`
	Body struct {
		Name               *string        `json:"name,omitempty" minLength:"2" maxLength:"100" doc:"名称；旧名自动成为曾用名"`
		UnifiedCode        *string        `json:"unifiedCode,omitempty" maxLength:"40" doc:"统一社会信用代码"`
		RegistrationNumber *string        `json:"registrationNumber,omitempty" maxLength:"40" doc:"注册号"`
		Address            *string        `json:"address,omitempty" maxLength:"200" doc:"住所"`
		LegalPerson        *string        `json:"legalPerson,omitempty" maxLength:"60" doc:"法定代表人"`
		Phone              *string        `json:"phone,omitempty" maxLength:"40" doc:"联系电话"`
		Established        *models.Date   `json:"established,omitempty" format:"date" doc:"成立日期"`
		Unit               *models.UnitID `json:"unit,omitempty" maxLength:"64" doc:"所在区县或功能区"`
	}
}

func registerEnterprise(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-enterprises", Method: http.MethodGet, Path: "/enterprises", Tags: []string{"企业"},
		Summary: "企业库", Description: "按名称、曾用名、拼音首字母或代码查找。企业库对有此权限的人全部开放，以便申报前查重。",
	}, auth.EnterpriseRead, ReachNone), s.listEnterprises)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-enterprise", Method: http.MethodGet, Path: "/enterprises/{key}", Tags: []string{"企业"},
		Summary: "一家企业", Description: "含曾用名与已有的申报；申报只指明单位，不指明个人。",
	}, auth.EnterpriseRead, ReachNone), s.getEnterprise)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "register-enterprise", Method: http.MethodPost, Path: "/enterprises", Tags: []string{"企业"},
		Summary: "登记企业", DefaultStatus: http.StatusCreated,
		Description: "校验各代码的校验位。已登记的企业答 409，并指明是哪一家。",
	}, auth.EnterpriseRegister, ReachNone), s.newEnterprise)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "edit-enterprise", Method: http.MethodPatch, Path: "/enterprises/{key}", Tags: []string{"企业"},
		Summary: "更正企业信息", Description: "组织机构代码不可更改。须带 If-Match。",
	}, auth.EnterpriseRegister, ReachNone), s.editEnterprise)
	registerEnterpriseCodes(api, s)
}

func (s *server) listEnterprises(ctx context.Context, input *EnterpriseListInput) (*PageBody[EnterpriseView], error) {
	under, err := s.unitFilter(ctx, input.Unit)
	if err != nil {
		return nil, err
	}
	entries, err := s.Archive.Enterprises(ctx, store.EnterpriseFilter{Text: input.Text, Under: under}, input.page())
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	return paged(entries, func(entry store.EnterpriseEntry) EnterpriseView { return showEnterprise(entry, names) }), nil
}

func (s *server) getEnterprise(ctx context.Context, input *EnterpriseInput) (*EnterpriseBody, error) {
	entry, err := s.Archive.Enterprise(ctx, tidyKey(string(input.Key)))
	if err != nil {
		return nil, err
	}
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	view := showEnterprise(entry, names)
	view.Claims, err = s.claimsOn(ctx, entry.Key, "", names)
	return &EnterpriseBody{ETag: etag(entry.Version), Body: view}, err
}

func (s *server) enterpriseAnswer(ctx context.Context, entry store.EnterpriseEntry) (*EnterpriseBody, error) {
	names, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	return &EnterpriseBody{ETag: etag(entry.Version), Body: showEnterprise(entry, names)}, nil
}

func (s *server) newEnterprise(ctx context.Context, input *RegisterEnterpriseInput) (*RegisteredEnterprise, error) {
	form := input.Body
	if err := s.checkEnterpriseForm(ctx, form.Unit, form.Established,
		append([]string{form.Name, form.Address, form.LegalPerson, form.Phone}, form.FormerNames...)...); err != nil {
		return nil, err
	}
	entry, err := s.Archive.RegisterEnterprise(ctx, store.Registration{
		UnifiedCode: form.UnifiedCode, OrganizationCode: form.OrganizationCode, RegistrationNumber: form.RegistrationNumber,
		Name: form.Name, FormerNames: form.FormerNames, Address: form.Address, LegalPerson: form.LegalPerson,
		Phone: form.Phone, Established: form.Established, Unit: form.Unit,
	}, principal(ctx).Account, s.now())
	if err != nil {
		return nil, enterpriseFault(err)
	}
	answer, err := s.enterpriseAnswer(ctx, entry)
	if err != nil {
		return nil, err
	}
	return &RegisteredEnterprise{
		Location: Prefix + "/enterprises/" + string(entry.Key), ETag: answer.ETag, Body: answer.Body,
	}, nil
}

// checkEnterpriseForm finds what the schema and the archive do not look at.
func (s *server) checkEnterpriseForm(ctx context.Context, unit models.UnitID, established models.Date, texts ...string) error {
	if slices.ContainsFunc(texts, func(text string) bool { return !plain(text) }) {
		return invalid("body", "含有无法识别的字符，请以 UTF-8 提交")
	}
	if established.After(models.DateOf(s.now())) {
		return invalid("body.established", "成立日期不能晚于今天")
	}
	if unit == "" {
		return nil
	}
	_, err := s.requireUnit(ctx, unit, "body.unit")
	return err
}

// enterpriseFault says in Chinese why an enterprise was not registered.
func enterpriseFault(err error) error {
	var code *models.CodeProblem
	var exists *store.EnterpriseExists
	switch {
	case errors.As(err, &code):
		said := problem.New(problem.RequestInvalid, "fault", string(code.Fault), "code", string(code.Code)).Because(err)
		said.Detail = faultText(code)
		return said.At("body."+codeField(code.Code), faultText(code))
	case errors.As(err, &exists):
		said := problem.New(problem.Duplicate, "enterprise", string(exists.Existing.Key)).Because(err)
		said.Detail = "该企业已登记为“" + exists.Existing.Name + "”。"
		return said.With("Link", "<"+Prefix+"/enterprises/"+string(exists.Existing.Key)+`>; rel="canonical"`)
	case errors.Is(err, store.ErrEnterpriseName):
		return invalid("body.name", "名称不能为空")
	default:
		return err
	}
}

func codeField(code models.EnterpriseCode) string {
	switch code {
	case models.CodeUnified:
		return "unifiedCode"
	case models.CodeRegistration:
		return "registrationNumber"
	default:
		return "organizationCode"
	}
}

func faultText(fault *models.CodeProblem) string {
	return fill(codeFaultTexts[fault.Fault], map[string]string{
		"code": enterpriseCodeTexts[fault.Code], "expected": fault.Expected, "position": strconv.Itoa(fault.Position),
	})
}

func (s *server) editEnterprise(ctx context.Context, input *EditEnterpriseInput) (*EnterpriseBody, error) {
	key := tidyKey(string(input.Key))
	present, err := s.Archive.Enterprise(ctx, key)
	if err != nil {
		return nil, err
	}
	if err := input.matches(present.Version); err != nil {
		return nil, err
	}
	b := input.Body
	edit := store.EnterpriseEdit{
		Name: b.Name, UnifiedCode: b.UnifiedCode, RegistrationNumber: b.RegistrationNumber, Address: b.Address,
		LegalPerson: b.LegalPerson, Phone: b.Phone, Established: b.Established, Unit: b.Unit,
	}
	var texts []string
	for _, text := range []*string{b.Name, b.Address, b.LegalPerson, b.Phone} {
		if text != nil {
			texts = append(texts, *text)
		}
	}
	var unit models.UnitID
	if b.Unit != nil {
		unit = *b.Unit
	}
	var established models.Date
	if b.Established != nil {
		established = *b.Established
	}
	if err := s.checkEnterpriseForm(ctx, unit, established, texts...); err != nil {
		return nil, err
	}
	entry, err := s.Archive.EditEnterprise(ctx, key, present.Version, edit, principal(ctx).Account, s.now())
	if err != nil {
		return nil, enterpriseFault(err)
	}
	return s.enterpriseAnswer(ctx, entry)
}

// looksUnified guesses which code people typed by its length.
func looksUnified(text string) bool { return len(models.NormalName(text)) == 18 }

func looksRegistration(text string) bool {
	normal := models.NormalName(text)
	return len(normal) == 15 && strings.Trim(normal, "0123456789") == ""
}
