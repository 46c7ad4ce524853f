package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// CodeCheckInput names the code check that is asked for.
type CodeCheckInput struct {
	Text string        `path:"text" maxLength:"60" doc:"任一代码，空格、短横、全角与大小写均可" example:"D2143569-X"`
	Plan models.PlanID `query:"plan" maxLength:"64" doc:"只提示此计划下的申报"`
}

// CodeCheckView is the verdict on a code that somebody typed.
type CodeCheckView struct {
	Valid bool                 `json:"valid" doc:"代码是否有效"`
	Kind  Coded                `json:"kind" doc:"按何种代码识别"`
	Key   models.EnterpriseKey `json:"key,omitempty" doc:"其中的组织机构代码"`
	// Canonical is the code as registers write it.
	Canonical   string          `json:"canonical,omitempty" doc:"规范写法"`
	Faults      []CodeFaultView `json:"faults" doc:"问题"`
	Overridable bool            `json:"overridable" doc:"能否由两人核准"`
	Enterprise  *EnterpriseView `json:"enterprise,omitempty" doc:"已登记的企业"`
	// Claims warn before a claim is made in vain.
	Claims []ClaimWarning `json:"claims" doc:"已有的申报"`
}

// CodeFaultView is the code fault as the API shows it.
type CodeFaultView struct {
	Fault    models.CodeFault `json:"fault" doc:"问题代码"`
	Position int              `json:"position,omitempty" doc:"第几位"`
	Expected string           `json:"expected,omitempty" doc:"应为"`
	Text     string           `json:"text" doc:"说明"`
}

// ClaimWarning tells that an enterprise is taken, and by which unit.
type ClaimWarning struct {
	Plan     models.PlanID `json:"plan" doc:"计划"`
	Kind     Coded         `json:"kind" doc:"指标项"`
	Unit     UnitRef       `json:"unit" doc:"申报单位"`
	Credited bool          `json:"credited" doc:"是否已认定"`
	Own      bool          `json:"own" doc:"是否本人或所代理干部的申报"`
}

// CodeCheckBody answers with the code check.
type CodeCheckBody struct{ Body CodeCheckView }

// OverrideView is a request to admit a code that fails its check.
type OverrideView struct {
	ID              string               `json:"id" doc:"核准编号"`
	Key             models.EnterpriseKey `json:"key" doc:"组织机构代码"`
	Document        models.EvidenceID    `json:"document" doc:"证照扫描件"`
	Reason          string               `json:"reason" doc:"理由"`
	RequestedBy     models.AccountID     `json:"requestedBy" doc:"申请账号"`
	RequestedByName string               `json:"requestedByName,omitempty" doc:"申请人"`
	RequestedAt     time.Time            `json:"requestedAt" doc:"申请时间"`
	ApprovedBy      models.AccountID     `json:"approvedBy,omitempty" doc:"核准账号"`
	ApprovedAt      *time.Time           `json:"approvedAt,omitempty" doc:"核准时间"`
}

func (v *OverrideView) actors() []actor { return []actor{{v.RequestedBy, &v.RequestedByName}} }

func showOverride(entry store.OverrideEntry) OverrideView {
	return OverrideView{
		ID: entry.ID, Key: entry.Key, Document: entry.Document, Reason: entry.Reason,
		RequestedBy: entry.RequestedBy, RequestedAt: entry.RequestedAt,
		ApprovedBy: entry.ApprovedBy, ApprovedAt: moment(entry.ApprovedAt),
	}
}

// OverrideBody answers with the override.
type OverrideBody struct{ Body OverrideView }

// OverrideListInput is the query of the list of override entries.
type OverrideListInput struct {
	Paging
	Waiting bool `query:"waiting" default:"true" doc:"只列等待第二人核准的"`
}

// RequestOverrideInput is the request to request override.
type RequestOverrideInput struct {
	Body struct {
		Code     string            `json:"code" maxLength:"40" doc:"证照所载的组织机构代码或统一社会信用代码"`
		Document models.EvidenceID `json:"document" minLength:"1" maxLength:"64" doc:"证照扫描件的材料编号"`
		Reason   string            `json:"reason" minLength:"2" maxLength:"1000" doc:"理由"`
	}
}

// OverrideInput names the override that is asked for.
type OverrideInput struct {
	Override string `path:"override" maxLength:"64" doc:"核准编号"`
}

func registerEnterpriseCodes(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "check-enterprise-code", Method: http.MethodGet, Path: "/enterprise-codes/{text}", Tags: []string{"企业"},
		Summary: "检查一个代码", Description: "校验位、其中的组织机构代码、已登记的企业与已有的申报。有误也答 200，由 valid 说明。",
	}, auth.EnterpriseRead, ReachNone), s.checkCode)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-overrides", Method: http.MethodGet, Path: "/enterprise-overrides", Tags: []string{"企业"},
		Summary: "代码核准申请", Description: "最早的在前。",
	}, auth.EnterpriseConfirm, ReachNone), s.listOverrides)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "request-override", Method: http.MethodPost, Path: "/enterprise-overrides", Tags: []string{"企业"},
		Summary: "申请核准校验不符的代码", DefaultStatus: http.StatusCreated,
	}, auth.EnterpriseOverride, ReachNone), s.requestOverride)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "approve-override", Method: http.MethodPost, Path: "/enterprise-overrides/{override}/approve", Tags: []string{"企业"},
		Summary: "核准代码", Description: "须由申请人以外的人核准；重复核准不产生变化。",
	}, auth.EnterpriseConfirm, ReachNone), s.approveOverride)
}

// readCode judges one code by the kind that its form suggests.
func readCode(text string) (kind models.EnterpriseCode, canonical string, key models.EnterpriseKey, err error) {
	switch {
	case looksUnified(text):
		canonical, key, err = models.ParseUnifiedCode(text)
		return models.CodeUnified, canonical, key, err
	case looksRegistration(text):
		canonical, err = models.ParseRegistrationNumber(text)
		return models.CodeRegistration, canonical, "", err
	default:
		key, err = models.ParseOrganizationCode(text)
		if key != "" {
			canonical = models.FormatOrganizationCode(key)
		}
		return models.CodeOrganization, canonical, key, err
	}
}

func (s *server) checkCode(ctx context.Context, input *CodeCheckInput) (*CodeCheckBody, error) {
	kind, canonical, key, err := readCode(input.Text)
	view := CodeCheckView{
		Valid: err == nil, Kind: codedAs(kind, enterpriseCodeTexts[kind]), Key: key, Canonical: canonical,
		Faults: []CodeFaultView{}, Claims: []ClaimWarning{},
	}
	var fault *models.CodeProblem
	if errors.As(err, &fault) {
		view.Overridable = fault.Overridable() && key != ""
		view.Faults = append(view.Faults, CodeFaultView{
			Fault: fault.Fault, Position: fault.Position, Expected: fault.Expected, Text: faultText(fault),
		})
	}
	if err := s.whoHolds(ctx, input, &view); err != nil {
		return nil, err
	}
	return &CodeCheckBody{Body: view}, nil
}

// whoHolds adds the registered enterprise of the code and the claims on it.
func (s *server) whoHolds(ctx context.Context, input *CodeCheckInput, view *CodeCheckView) error {
	names, err := s.directory(ctx)
	if err != nil {
		return err
	}
	entry, found, err := s.enterpriseOfCode(ctx, view.Key, view.Canonical)
	if err != nil {
		return err
	}
	if found {
		shown := showEnterprise(entry, names)
		view.Enterprise, view.Key = &shown, entry.Key
	}
	if view.Key == "" {
		return nil
	}
	view.Claims, err = s.claimsOn(ctx, view.Key, input.Plan, names)
	return err
}

// claimsOn warns of the claims on an enterprise, of one plan or of all. They
// name the claiming unit, which is what somebody needs to know beforehand; who
// the cadre is, is not.
func (s *server) claimsOn(ctx context.Context, key models.EnterpriseKey, plan models.PlanID, names *directory) ([]ClaimWarning, error) {
	claims, err := s.Archive.ClaimsOfEnterprise(ctx, key)
	if err != nil {
		return nil, err
	}
	warnings := []ClaimWarning{}
	for _, claim := range claims {
		if plan != "" && claim.Plan != plan {
			continue
		}
		record, err := s.Archive.Record(ctx, store.Everything(), claim.Record)
		if err != nil {
			return nil, err
		}
		warnings = append(warnings, ClaimWarning{
			Plan: claim.Plan, Kind: codedAs(claim.Kind, kindTexts[claim.Kind]), Unit: names.unit(record.Unit),
			Credited: claim.Credited, Own: names.who.ActsFor(claim.Obligation.Cadre),
		})
	}
	return warnings, nil
}

// enterpriseTyped finds the enterprise by whichever of its codes somebody typed.
// Text that is no code names none: what is wrong with it is said by checkCode.
func (s *server) enterpriseTyped(ctx context.Context, text string) (store.EnterpriseEntry, bool, error) {
	_, canonical, key, _ := readCode(text)
	return s.enterpriseOfCode(ctx, key, canonical)
}

// enterpriseOfCode finds the enterprise by its key, or by a registration number,
// in which no key stands.
func (s *server) enterpriseOfCode(ctx context.Context, key models.EnterpriseKey, canonical string) (store.EnterpriseEntry, bool, error) {
	if key != "" {
		entry, err := s.Archive.Enterprise(ctx, key)
		if errors.Is(err, store.ErrNotFound) {
			return store.EnterpriseEntry{}, false, nil
		}
		return entry, err == nil, err
	}
	if canonical == "" {
		return store.EnterpriseEntry{}, false, nil
	}
	page, err := s.Archive.Enterprises(ctx, store.EnterpriseFilter{Text: canonical}, store.Page{Size: 10})
	if err != nil {
		return store.EnterpriseEntry{}, false, err
	}
	for _, entry := range page.Items {
		if entry.RegistrationNumber == canonical {
			return entry, true, nil
		}
	}
	return store.EnterpriseEntry{}, false, nil
}

func (s *server) listOverrides(ctx context.Context, input *OverrideListInput) (*PageBody[OverrideView], error) {
	entries, err := s.Archive.Overrides(ctx, input.Waiting, input.page())
	if err != nil {
		return nil, err
	}
	body := paged(entries, showOverride)
	return body, s.name(ctx, actorsOf(body.Body.Items, (*OverrideView).actors)...)
}

func (s *server) requestOverride(ctx context.Context, input *RequestOverrideInput) (*OverrideBody, error) {
	_, _, key, err := readCode(input.Body.Code)
	var fault *models.CodeProblem
	switch {
	case err == nil:
		return nil, invalid("body.code", "该代码校验相符，可以直接登记，无需核准")
	case !errors.As(err, &fault) || !fault.Overridable() || key == "":
		return nil, invalid("body.code", "该代码的问题不能核准："+faultText(fault))
	case !plain(input.Body.Reason):
		return nil, invalid("body.reason", "含有无法识别的字符，请以 UTF-8 提交")
	}
	if _, err := s.readableEvidence(ctx, input.Body.Document); err != nil {
		if errors.Is(err, store.ErrNotFound) {
			return nil, invalid("body.document", "没有这份材料，请先上传证照扫描件")
		}
		return nil, err
	}
	entry, err := s.Archive.RequestOverride(ctx, key, input.Body.Document, input.Body.Reason, principal(ctx).Account, s.now())
	if err != nil {
		return nil, err
	}
	return &OverrideBody{Body: showOverride(entry)}, nil
}

func (s *server) approveOverride(ctx context.Context, input *OverrideInput) (*OverrideBody, error) {
	if err := s.apartFromRequest(ctx, input.Override); err != nil {
		return nil, err
	}
	entry, err := s.Archive.ApproveOverride(ctx, input.Override, principal(ctx).Account, s.now())
	if errors.Is(err, store.ErrTwoPeople) {
		said := problem.New(problem.Forbidden).Because(err)
		said.Detail = "核准须由申请人以外的人办理。"
		return nil, said
	}
	if err != nil {
		return nil, err
	}
	return &OverrideBody{Body: showOverride(entry)}, nil
}

// apartFromRequest: whoever stands in for the one who asked is no second person.
func (s *server) apartFromRequest(ctx context.Context, id string) error {
	if len(principal(ctx).SubstituteFor) == 0 {
		return nil
	}
	entry, err := s.Archive.Override(ctx, id)
	if err != nil {
		return err
	}
	stands, err := s.standsInFor(ctx, entry.RequestedBy)
	if stands {
		return forbidden("申请人是您本人或您代理的干部，核准须由他人办理。")
	}
	return err
}

// standsInFor reports whether the caller is, or stands in for, the cadre whose
// account it is.
func (s *server) standsInFor(ctx context.Context, id models.AccountID) (bool, error) {
	account, err := s.Archive.Account(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && principal(ctx).ActsFor(account.Cadre), err
}
