package registry

import (
	"net/http"
	"net/url"

	"bangfu/api"
	"bangfu/api/problem"
	"bangfu/api/web/page"
	"bangfu/models"
)

// claim is the draft for whose sake an enterprise is registered: what its cadre
// typed is not typed again, and they go on with it afterwards. The zero claim is
// that of somebody who just registers an enterprise.
type claim struct {
	record api.RecordView
	etag   string
}

// claimOf reads the draft that is named by its ID: a name or a telephone has no
// place in an address.
func claimOf(v *page.Visit, id string) (claim, error) {
	if id == "" {
		return claim{}, nil
	}
	var detail api.RecordDetail
	etag, err := v.Ask("/records/"+url.PathEscape(id), nil, &detail)
	if err != nil {
		return claim{}, err
	}
	if !detail.Record.Editable {
		return claim{}, problem.New(problem.NotFound)
	}
	return claim{record: detail.Record, etag: etag}, nil
}

func (c claim) given() bool { return c.record.ID != "" }

// enterprise is what the draft tells of its enterprise, as the form has it.
func (c claim) enterprise() url.Values {
	values := url.Values{
		"name": {c.record.EnterpriseName}, "address": {c.record.Address},
		"legalPerson": {c.record.LegalPerson}, "phone": {c.record.Phone},
	}
	if !c.record.Established.IsZero() {
		values.Set("established", c.record.Established.String())
	}
	code := string(c.record.Enterprise)
	if number, _ := models.ParseRegistrationNumber(code); number != "" {
		values.Set("registrationNumber", number)
	} else {
		values.Set("organizationCode", code)
	}
	return values
}

// goOn leads back to the draft, which names the registered enterprise by its key
// from now on.
func (c claim) goOn(v *page.Visit, key models.EnterpriseKey, said string) error {
	at := "/records/" + url.PathEscape(string(c.record.ID))
	if c.record.Enterprise != key {
		if _, err := v.Do(http.MethodPut, at, c.naming(key), nil, page.Match(c.etag)); err != nil {
			return err
		}
	}
	return v.See(at+"/check", said)
}

// naming is the draft as it is, but for the enterprise.
func (c claim) naming(key models.EnterpriseKey) api.RecordForm {
	r := c.record
	return api.RecordForm{
		Kind: models.Kind(r.Kind.Code), Enterprise: string(key), EnterpriseName: r.EnterpriseName, OccurredOn: r.OccurredOn,
		Established: r.Established, Address: r.Address, LegalPerson: r.LegalPerson, Phone: r.Phone, Summary: r.Summary, Result: r.Result,
	}
}
