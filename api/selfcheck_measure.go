package api

import (
	"context"
	"fmt"

	"bangfu/api/auth"
	"bangfu/models/store"
)

// weakSamples are passwords that the rule for new ones must refuse: too short, a
// common word, the log-in name, a few letters again and again.
var weakSamples = []string{"Xk7#mQ2!v", "password123", weakLogin + "123", "ababababab"}

const weakLogin = "self.check"

// weakRefused tries the rule for new passwords and counts what it refuses.
func (s *server) weakRefused(ctx context.Context) int {
	refused := 0
	for _, sample := range weakSamples {
		if s.passport.checkNew(ctx, sample, store.Account{Login: weakLogin}, nil) != nil {
			refused++
		}
	}
	return refused
}

// widestRole is how many permissions the role with the most of them has.
func (s *server) widestRole() int {
	most := 0
	for _, role := range auth.Roles() {
		holder := auth.Principal{Cadre: weakLogin, Grants: []auth.Grant{{Role: role, Path: "/"}}}
		held := 0
		for _, permission := range auth.Permissions() {
			if s.Policy.Holds(holder, permission) {
				held++
			}
		}
		most = max(most, held)
	}
	return most
}

// auditState: a log without a line shows nothing about whom it covers.
func auditState(facts store.SafetyFacts) string {
	if facts.Entries == 0 {
		return checkNotMeasured
	}
	return passes(facts.Incomplete == 0 && facts.Unseen == 0)
}

// integrity fails where anybody on the way can change what is sent. What is
// stored is not read again for every self-check.
func (s *server) integrity(facts store.SafetyFacts) finding {
	const requirement = "传输与存储的完整性"
	if !s.Settings.secure() {
		return finding{requirement, checkFail, "对外地址不是 https，传输中的改动不能察觉。"}
	}
	return finding{requirement, checkNotMeasured, fmt.Sprintf(
		"传输为 https；事件 %d 条和各份材料均有 SHA-256 与 SM3 摘要，由 `bangfu verify` 逐条校验，此处未校验。", facts.Events)}
}
