package models

import "slices"

// WantsSecondApproval reports whether a command takes effect only once a second
// person of the same department approves it.
func (r Rules) WantsSecondApproval(kind CommandKind) bool {
	return slices.Contains(r.SecondApproval, kind)
}

// approved refuses what one person alone may not do: a command that the policy
// wants approved and nobody proposed, and any command that its own proposer
// would approve.
func (r Rules) approved(c Command) error {
	kind := c.Body.CommandKind()
	switch {
	case c.Actor.Proposer == "" && r.WantsSecondApproval(kind):
		return Refuse(RefusedSecondApproval, "kind", string(kind))
	case c.Actor.Proposer != "" && c.Actor.Proposer == c.Actor.Account:
		return Refuse(RefusedOwnProposal)
	default:
		return nil
	}
}

// Propose asks the rules what they would say to a command once it is approved:
// everything but the second approval is checked with its proposer as the actor,
// so that nobody proposes for themselves or for whom they stand in either.
func (o *Obligation) Propose(c Command, rules Rules) error {
	rules.SecondApproval = nil
	_, err := o.Decide(c, rules)
	return err
}

// ProposalID names a proposal.
type ProposalID string

// CommandFor is the idempotency key of the proposal's command to an obligation.
func (id ProposalID) CommandFor(obligation ObligationID) CommandID {
	return CommandID(string(id) + "/" + obligation.String())
}
