package api

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
	"bangfu/models/inspection"
	"bangfu/models/store"
)

// BulletinListInput chooses the plan whose bulletins are listed.
type BulletinListInput struct {
	Plan models.PlanID `query:"plan" required:"true" maxLength:"64" doc:"计划" example:"tianjin-2013"`
}

// BulletinPath names one bulletin.
type BulletinPath struct {
	InspectionInput
	Ordinal int `path:"ordinal" minimum:"1" maximum:"1000" doc:"本次督查的第几份通报" example:"1"`
}

// BulletinBody answers with one bulletin.
type BulletinBody struct {
	ETag string `header:"ETag"`
	Body BulletinView
}

// bulletinTag is the part of the documentation.
const bulletinTag = "通报"

func registerBulletin(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "list-bulletins", Method: http.MethodGet, Path: "/bulletins", Tags: []string{bulletinTag},
		Summary: "通报列表", Description: "已印发的，最近的在前；起草、征求意见、会签中的只给办理的人。",
	}, auth.BulletinRead, ReachList), s.listBulletins)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-bulletin", Method: http.MethodGet, Path: "/bulletins/{inspection}/{ordinal}", Tags: []string{bulletinTag},
		Summary:     "一份通报",
		Description: "已印发的人人可看；征求意见期间被督查单位可看，会签期间会签人可看。列有个人姓名的附表只给有权查看全市干部信息和督查的人。",
	}, auth.BulletinRead, ReachObject), s.getBulletin)
	registerBulletinText(api, s)
	registerBulletinFiles(api, s)
}

// bulletinCase is one bulletin with what the caller may do with it.
type bulletinCase struct {
	cycle *inspection.Inspection
	tree  models.UnitTree
	state inspection.BulletinState
	kept  store.KeptBulletin
	// managing and signing are about the whole city; comments are the units that the
	// caller speaks for; entitled reads tables that name individuals.
	managing, signing right
	entitled          bool
	comments          []models.Unit
}

func (b *bulletinCase) key() store.BulletinKey {
	return store.BulletinKey{Inspection: b.cycle.ID, Ordinal: b.state.Ordinal}
}

// current reports whether this is the bulletin that is being worked on.
func (b *bulletinCase) current() bool {
	current, open := b.cycle.Current()
	return open && current.Ordinal == b.state.Ordinal
}

// signedBy reports whether somebody, or the right that they would sign by, has
// signed this text already.
func (b *bulletinCase) signedBy(who auth.Principal) bool {
	actor := who.ActorFor(b.signing.behalf)
	return slices.ContainsFunc(b.state.Signatures, func(signature inspection.Signature) bool {
		return actor.Repeats(signature.Account, signature.Right)
	})
}

// bulletinAt finds a bulletin; one that the caller may not see is not found.
func (s *server) bulletinAt(ctx context.Context, path BulletinPath) (*bulletinCase, error) {
	cycle, err := s.cycleAt(ctx, path.Inspection)
	if err != nil {
		return nil, err
	}
	if path.Ordinal > len(cycle.Bulletins) {
		return nil, store.ErrNotFound
	}
	tree, err := s.Archive.UnitTree(ctx)
	if err != nil {
		return nil, err
	}
	b := s.caseOf(ctx, cycle, tree)
	b.state = cycle.Bulletins[path.Ordinal-1]
	if !b.visible() {
		return nil, store.ErrNotFound
	}
	b.kept, err = s.Archive.KeptBulletin(ctx, b.key(), b.state.Digest)
	return b, err
}

// visible: what is issued is everybody's; before, a text is seen by those who
// write it, by units that are asked, and by those who are to sign. Nobody works
// on the text of a cycle that was cancelled.
func (b *bulletinCase) visible() bool {
	if b.cycle.Stage == inspection.StageCancelled {
		return false
	}
	switch b.state.Stage {
	case inspection.BulletinIssued:
		return true
	case inspection.BulletinCommenting:
		return b.managing.may || b.signing.may || len(b.comments) > 0
	case inspection.BulletinSigning:
		return b.managing.may || b.signing.may
	case inspection.BulletinDrafting:
	}
	return b.managing.may
}

// caseOf is what the caller may do with the bulletins of a cycle, before one of
// them is chosen.
func (s *server) caseOf(ctx context.Context, cycle *inspection.Inspection, tree models.UnitTree) *bulletinCase {
	b := &bulletinCase{
		cycle: cycle, tree: tree, managing: s.overall(ctx, auth.InspectionManage, tree), signing: s.overall(ctx, auth.BulletinSign, tree),
		entitled: s.overall(ctx, auth.CadreRead, tree).may && s.overall(ctx, auth.InspectionRead, tree).may,
	}
	commenting := s.Policy.Reach(principal(ctx), auth.BulletinComment)
	for _, id := range cycle.Units {
		if unit, known := tree.Unit(id); known && commenting.Covers(unit.Path, "") {
			b.comments = append(b.comments, unit)
		}
	}
	return b
}

func (s *server) listBulletins(ctx context.Context, input *BulletinListInput) (*ListOf[BulletinItemView], error) {
	if _, err := s.Archive.Plan(ctx, input.Plan); err != nil {
		return nil, err
	}
	tree, err := s.Archive.UnitTree(ctx)
	if err != nil {
		return nil, err
	}
	items, err := s.Archive.Bulletins(ctx, input.Plan)
	if err != nil {
		return nil, err
	}
	views := make([]BulletinItemView, 0, len(items))
	for _, item := range items {
		listed, err := s.listed(ctx, item, tree)
		if err != nil {
			return nil, err
		}
		if !listed {
			continue
		}
		kept, err := s.Archive.KeptBulletin(ctx, item.BulletinKey, item.Digest)
		if err != nil {
			return nil, err
		}
		views = append(views, showBulletinItem(item.Inspection, item.BulletinState, kept.Bulletin))
	}
	linkCorrections(views)
	return list(views, func(view BulletinItemView) BulletinItemView { return view }), nil
}

// listed reports whether the caller may see a bulletin. What is issued is
// everybody's, so that only for the few that are being worked on the cycle is read.
func (s *server) listed(ctx context.Context, item store.BulletinItem, tree models.UnitTree) (bool, error) {
	if item.Stage == inspection.BulletinIssued {
		return true, nil
	}
	cycle, err := s.Archive.Cycle(ctx, item.Inspection)
	if err != nil {
		return false, err
	}
	b := s.caseOf(ctx, cycle, tree)
	b.state = item.BulletinState
	return b.visible(), nil
}

// linkCorrections points each bulletin at the one it corrects and at the one that
// corrects it, as far as the caller sees both.
func linkCorrections(views []BulletinItemView) {
	for i := range views {
		for j := range views {
			if views[i].Inspection == views[j].Inspection && views[i].Ordinal == views[j].Ordinal+1 {
				views[i].Corrects, views[j].CorrectedBy = &BulletinLink{}, &BulletinLink{}
				*views[i].Corrects, *views[j].CorrectedBy = views[j].BulletinLink, views[i].BulletinLink
			}
		}
	}
}

func showBulletinItem(id inspection.ID, state inspection.BulletinState, text inspection.Bulletin) BulletinItemView {
	return BulletinItemView{
		BulletinLink: BulletinLink{Inspection: id.String(), Ordinal: state.Ordinal, Number: text.NumberText(state)},
		Plan:         id.Plan, Quarter: codedQuarter(id.Quarter), Title: text.Title(),
		Stage: codedAs(state.Stage, state.Stage.Text()), Year: state.Year, IssuedOn: state.IssuedOn,
		CommentsDue: moment(state.CommentsDue), Version: state.Version, Digest: state.Digest,
	}
}

func (s *server) getBulletin(ctx context.Context, input *BulletinPath) (*BulletinBody, error) {
	b, err := s.bulletinAt(ctx, *input)
	if err != nil {
		return nil, err
	}
	view, err := s.showBulletin(ctx, b)
	if err != nil {
		return nil, err
	}
	return &BulletinBody{ETag: etag(b.cycle.Sequence), Body: view}, nil
}

func (s *server) showBulletin(ctx context.Context, b *bulletinCase) (BulletinView, error) {
	text := b.kept.Bulletin
	view := BulletinView{
		BulletinItemView: showBulletinItem(b.cycle.ID, b.state, text),
		CutOff:           text.CutOff, SnapshotDigest: text.SnapshotDigest, Preamble: text.Preamble(), Note: text.Note(),
		Sections: showSections(text, text.Sections, b.managing.may), Figures: showFigures(b, text), Annexes: []AnnexView{},
		Comments: []CommentView{}, Signatures: []SignatureView{}, SignaturesOf: b.cycle.Rules.Signatures,
		Letterhead: showLetterhead(text), Files: showBulletinFiles(b), Allowed: b.allowed(principal(ctx)), Units: []UnitRef{}, Sequence: b.cycle.Sequence,
	}
	linkNeighbours(b, &view.BulletinItemView)
	for _, annex := range text.Annexes {
		if !annex.Restricted || b.entitled {
			view.Annexes = append(view.Annexes, showAnnex(annex))
		}
	}
	if b.managing.may && b.state.Stage == inspection.BulletinDrafting {
		view.Untold, view.Gone = showUntold(b.kept)
	}
	if slices.Contains(view.Allowed, "comment") {
		for _, unit := range b.comments {
			view.Units = append(view.Units, UnitRef{ID: unit.ID, Name: unit.Name})
		}
	}
	// Not in one line: a value beside a call that changes it may be read before it.
	err := s.addVoices(ctx, b, &view)
	return view, err
}

// linkNeighbours points at the bulletins before and after, as far as they are out.
func linkNeighbours(b *bulletinCase, view *BulletinItemView) {
	for _, state := range b.cycle.Bulletins {
		if state.Stage != inspection.BulletinIssued && !b.managing.may {
			continue
		}
		link := &BulletinLink{Inspection: b.cycle.ID.String(), Ordinal: state.Ordinal, Number: b.kept.Bulletin.NumberText(state)}
		switch state.Ordinal {
		case b.state.Ordinal - 1:
			view.Corrects = link
		case b.state.Ordinal + 1:
			view.CorrectedBy = link
		}
	}
}

// addVoices adds the comments within reach, and to those who work on the bulletin
// who signed it.
func (s *server) addVoices(ctx context.Context, b *bulletinCase, view *BulletinView) error {
	reach := s.Policy.Reach(principal(ctx), auth.BulletinComment)
	if b.managing.may || b.signing.may {
		reach = store.Everything()
	}
	comments, err := s.Archive.BulletinComments(ctx, reach, b.key())
	if err != nil {
		return err
	}
	var actors []actor
	view.Comments = make([]CommentView, len(comments))
	for i, comment := range comments {
		unit, _ := b.tree.Unit(comment.Unit)
		view.Comments[i] = CommentView{Unit: UnitRef{ID: comment.Unit, Name: unit.Name}, At: comment.At, Text: comment.Text}
		actors = append(actors, actor{comment.Account, &view.Comments[i].By})
	}
	if b.managing.may || b.signing.may {
		view.Signatures = make([]SignatureView, len(b.state.Signatures))
		for i, signature := range b.state.Signatures {
			view.Signatures[i] = SignatureView{At: signature.At}
			actors = append(actors, actor{signature.Account, &view.Signatures[i].By})
		}
	}
	return s.name(ctx, actors...)
}

// allowed are the operations that the caller may use now.
func (b *bulletinCase) allowed(who auth.Principal) []string {
	allowed := []string{}
	add := func(may bool, names ...string) {
		if may {
			allowed = append(allowed, names...)
		}
	}
	current := b.current()
	switch b.state.Stage {
	case inspection.BulletinDrafting:
		add(current && b.managing.may, "redraft", "edit", "open-comments", "ask-signatures")
	case inspection.BulletinCommenting:
		add(current && len(b.comments) > 0, "comment")
		add(current && b.managing.may, "close-comments", "recall")
	case inspection.BulletinSigning:
		add(current && b.signing.may && !b.signedBy(who), "sign")
		add(current && b.managing.may, "recall")
	case inspection.BulletinIssued:
		_, open := b.cycle.Current()
		add(b.managing.may && !open && b.state.Ordinal == len(b.cycle.Bulletins), "correct")
	}
	return allowed
}
