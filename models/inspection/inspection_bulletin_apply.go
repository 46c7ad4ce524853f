package inspection

import (
	"slices"
	"time"
)

// applyBulletin evolves the bulletin that the event is about. The list is copied:
// a decided copy of the aggregate shares nothing with the one it came from.
func (i *Inspection) applyBulletin(e Event) {
	i.Bulletins = slices.Clone(i.Bulletins)
	switch body := e.Body.(type) {
	case Drafted:
		if body.Ordinal > len(i.Bulletins) {
			i.Bulletins = append(i.Bulletins, BulletinState{Ordinal: body.Ordinal, Stage: BulletinDrafting})
			i.Stage = StageDrafting
		}
		i.text(body.Ordinal, body.Version, body.Digest)
	case CorrectionBegun:
		i.Bulletins = append(i.Bulletins, BulletinState{
			Ordinal: body.Ordinal, Stage: BulletinDrafting, Version: 1, Digest: body.Digest,
		})
	case Edited:
		i.text(body.Ordinal, body.Version, body.Digest)
	case CommentsOpened:
		b := i.bulletin(body.Ordinal)
		b.Stage, b.CommentsDue, b.Rounds = BulletinCommenting, body.Due, body.Round
	case CommentsClosed:
		b := i.bulletin(body.Ordinal)
		b.Stage, b.CommentsDue = BulletinDrafting, time.Time{}
	case SignaturesAsked:
		i.bulletin(body.Ordinal).Stage = BulletinSigning
	case Recalled:
		b := i.bulletin(body.Ordinal)
		b.Stage, b.Signatures, b.CommentsDue = BulletinDrafting, nil, time.Time{}
	case Signed:
		b := i.bulletin(body.Ordinal)
		b.Signatures = append(slices.Clone(b.Signatures), Signature{Account: e.Actor.Account, Right: e.Actor.Right(), At: e.At})
	case Issued:
		b := i.bulletin(body.Ordinal)
		b.Stage, b.Year, b.Number, b.IssuedOn = BulletinIssued, body.Year, body.Number, body.On
		i.Stage = StageIssued
	case FilesKept:
		i.bulletin(body.Ordinal).Files = body.Files
	}
}

func (i *Inspection) bulletin(ordinal int) *BulletinState { return &i.Bulletins[ordinal-1] }

func (i *Inspection) text(ordinal int, version int64, digest string) {
	b := i.bulletin(ordinal)
	b.Version, b.Digest = version, digest
}
