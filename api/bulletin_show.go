package api

import (
	"context"
	"errors"
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

// bulletinCase is one bulletin that the caller may see, with what they may do.
type bulletinCase struct {
	cycle *inspection.Inspection
	state inspection.BulletinState
	kept  store.KeptBulletin
	// manages and signs are about the whole city; comments are the units that the
	// caller speaks for; entitled reads tables that name individuals.
	manages, signs, entitled bool
	// signed: the caller has signed this text already.
	signed   bool
	comments []models.Unit
}

func (b *bulletinCase) key() store.BulletinKey {
	return store.BulletinKey{Inspection: b.cycle.ID, Ordinal: b.state.Ordinal}
}

// current reports whether this is the bulletin that is being worked on.
func (b *bulletinCase) current() bool {
	current, open := b.cycle.Current()
	return open && current.Ordinal == b.state.Ordinal
}

// bulletinAt finds a bulletin; one that the caller may not see is not found.
func (s *server) bulletinAt(ctx context.Context, path BulletinPath) (*bulletinCase, error) {
	cycle, err := s.cycleAt(ctx, path.Inspection)
	if err != nil {
		return nil, err
	}
	if path.Ordinal > len(cycle.Bulletins) || cycle.Stage == inspection.StageCancelled {
		return nil, store.ErrNotFound
	}
	b := &bulletinCase{cycle: cycle, state: cycle.Bulletins[path.Ordinal-1]}
	if err := s.entitle(ctx, b); err != nil {
		return nil, err
	}
	if !b.visible() {
		return nil, store.ErrNotFound
	}
	b.kept, err = s.Archive.KeptBulletin(ctx, b.key(), b.state.Digest)
	return b, err
}

// visible: what is issued is everybody's; before, a text is seen by those who
// write it, by units that are asked, and by those who are to sign.
func (b *bulletinCase) visible() bool {
	switch b.state.Stage {
	case inspection.BulletinIssued:
		return true
	case inspection.BulletinCommenting:
		return b.manages || b.signs || len(b.comments) > 0
	case inspection.BulletinSigning:
		return b.manages || b.signs
	case inspection.BulletinDrafting:
	}
	return b.manages
}

// entitle finds out what the caller may do with a bulletin.
func (s *server) entitle(ctx context.Context, b *bulletinCase) error {
	who := principal(ctx)
	tree, err := s.Archive.UnitTree(ctx)
	if err != nil {
		return err
	}
	for _, id := range b.cycle.Units {
		if unit, known := tree.Unit(id); known && s.Policy.May(who, auth.BulletinComment, unit.Path) {
			b.comments = append(b.comments, unit)
		}
	}
	reads := false
	for permission, into := range map[auth.Permission]*bool{
		auth.InspectionManage: &b.manages, auth.BulletinSign: &b.signs, auth.CadreRead: &b.entitled, auth.InspectionRead: &reads,
	} {
		if *into, err = s.mayOverall(ctx, permission); err != nil {
			return err
		}
	}
	b.entitled = b.entitled && reads
	b.signed = slices.ContainsFunc(b.state.Signatures, func(signature inspection.Signature) bool { return signature.Account == who.Account })
	return nil
}

func (s *server) listBulletins(ctx context.Context, input *BulletinListInput) (*ListOf[BulletinItemView], error) {
	manages, err := s.mayOverall(ctx, auth.InspectionManage)
	if err != nil {
		return nil, err
	}
	if _, err := s.Archive.Plan(ctx, input.Plan); err != nil {
		return nil, err
	}
	items, err := s.Archive.Bulletins(ctx, input.Plan)
	if err != nil {
		return nil, err
	}
	views := make([]BulletinItemView, 0, len(items))
	for _, item := range items {
		b := &bulletinCase{state: item.BulletinState, manages: manages}
		if !manages && item.Stage != inspection.BulletinIssued {
			if b.cycle, err = s.Archive.Cycle(ctx, item.Inspection); err != nil {
				return nil, err
			}
			if err := s.entitle(ctx, b); err != nil {
				return nil, err
			}
		}
		if !b.visible() {
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
		Sections: showSections(text, text.Sections, b.manages), Figures: showFigures(b, text), Annexes: []AnnexView{},
		Comments: []CommentView{}, Signatures: []SignatureView{}, SignaturesOf: b.cycle.Rules.Signatures,
		Letterhead: showLetterhead(text), Files: showBulletinFiles(b), Allowed: b.allowed(), Units: []UnitRef{}, Sequence: b.cycle.Sequence,
	}
	linkNeighbours(b, &view.BulletinItemView)
	for _, annex := range text.Annexes {
		if !annex.Restricted || b.entitled {
			view.Annexes = append(view.Annexes, showAnnex(annex))
		}
	}
	if b.manages && b.state.Stage == inspection.BulletinDrafting {
		view.Untold, view.Gone = showUntold(b.kept)
	}
	if slices.Contains(view.Allowed, "comment") {
		for _, unit := range b.comments {
			view.Units = append(view.Units, UnitRef{ID: unit.ID, Name: unit.Name})
		}
	}
	return view, s.addVoices(ctx, b, &view)
}

// linkNeighbours points at the bulletins before and after, as far as they are out.
func linkNeighbours(b *bulletinCase, view *BulletinItemView) {
	for _, state := range b.cycle.Bulletins {
		if state.Stage != inspection.BulletinIssued && !b.manages {
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
	if b.manages || b.signs {
		reach = store.Everything()
	}
	comments, err := s.Archive.BulletinComments(ctx, reach, b.key())
	if err != nil {
		return err
	}
	tree, err := s.Archive.UnitTree(ctx)
	if err != nil {
		return err
	}
	names := &accountNames{server: s, known: map[models.AccountID]string{}}
	for _, comment := range comments {
		unit, _ := tree.Unit(comment.Unit)
		by, err := names.of(ctx, comment.Account)
		if err != nil {
			return err
		}
		view.Comments = append(view.Comments, CommentView{
			Unit: UnitRef{ID: comment.Unit, Name: unit.Name}, By: by, At: comment.At, Text: comment.Text,
		})
	}
	if !b.manages && !b.signs {
		return nil
	}
	for _, signature := range b.state.Signatures {
		by, err := names.of(ctx, signature.Account)
		if err != nil {
			return err
		}
		view.Signatures = append(view.Signatures, SignatureView{By: by, At: signature.At})
	}
	return nil
}

// accountNames are the names of accounts, each read once.
type accountNames struct {
	server *server
	known  map[models.AccountID]string
}

func (n *accountNames) of(ctx context.Context, id models.AccountID) (string, error) {
	if name, known := n.known[id]; known {
		return name, nil
	}
	account, err := n.server.Archive.Account(ctx, id)
	switch {
	case errors.Is(err, store.ErrNotFound):
		account.Name = string(id)
	case err != nil:
		return "", err
	}
	n.known[id] = account.Name
	return account.Name, nil
}

// allowed are the operations that the caller may use now.
func (b *bulletinCase) allowed() []string {
	allowed := []string{}
	add := func(may bool, names ...string) {
		if may {
			allowed = append(allowed, names...)
		}
	}
	current := b.current()
	switch b.state.Stage {
	case inspection.BulletinDrafting:
		add(current && b.manages, "redraft", "edit", "open-comments", "ask-signatures")
	case inspection.BulletinCommenting:
		add(current && len(b.comments) > 0, "comment")
		add(current && b.manages, "close-comments", "recall")
	case inspection.BulletinSigning:
		add(current && b.signs && !b.signed, "sign")
		add(current && b.manages, "recall")
	case inspection.BulletinIssued:
		_, open := b.cycle.Current()
		add(b.manages && !open && b.state.Ordinal == len(b.cycle.Bulletins), "correct")
	}
	return allowed
}
