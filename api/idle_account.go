package api

import (
	"context"
	"time"

	"bangfu/models"
	"bangfu/models/store"
)

// idleDays is how old an account that nobody ever used has to be before it is
// listed.
const idleDays = 90

// IdleAccountView is an account that should be disabled, and why.
type IdleAccountView struct {
	Account AccountView `json:"account" doc:"账号"`
	Reasons []Coded     `json:"reasons" doc:"理由：never-used 建账 90 天以上从未使用，post-ended 干部已无在任职务"`
}

// IdleAccountsInput asks for a page of them.
type IdleAccountsInput struct{ Paging }

func (s *server) idleSince() (createdBefore time.Time, on models.Date) {
	return s.now().AddDate(0, 0, -idleDays), models.DateOf(s.now())
}

func (s *server) listIdle(ctx context.Context, input *IdleAccountsInput) (*PageBody[IdleAccountView], error) {
	createdBefore, on := s.idleSince()
	rows, err := s.Archive.IdleAccounts(ctx, createdBefore, on, input.page())
	if err != nil {
		return nil, err
	}
	return paged(rows, viewIdle), nil
}

func viewIdle(idle store.IdleAccount) IdleAccountView {
	view := IdleAccountView{Account: viewAccount(idle.Account), Reasons: []Coded{}}
	if idle.NeverUsed {
		view.Reasons = append(view.Reasons, Coded{Code: "never-used", Text: "建账 90 天以上从未使用"})
	}
	if idle.PostEnded {
		view.Reasons = append(view.Reasons, Coded{Code: "post-ended", Text: "干部已无在任职务"})
	}
	return view
}
