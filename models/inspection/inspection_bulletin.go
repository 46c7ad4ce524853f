package inspection

import (
	"slices"
	"strconv"
	"time"

	"bangfu/models"
)

// BulletinStage is how far a bulletin has come.
type BulletinStage string

// The stages of a bulletin, in their order.
const (
	BulletinDrafting   BulletinStage = "drafting"   // 起草
	BulletinCommenting BulletinStage = "commenting" // 征求意见
	BulletinSigning    BulletinStage = "signing"    // 会签
	BulletinIssued     BulletinStage = "issued"     // 已印发
)

// BulletinStages are all stages of a bulletin.
var BulletinStages = []BulletinStage{BulletinDrafting, BulletinCommenting, BulletinSigning, BulletinIssued}

// BulletinState is what the cycle knows of one bulletin; its words are in the
// archive under its ordinal and version.
type BulletinState struct {
	// Ordinal numbers the bulletins of a cycle from 1; all but the first correct
	// the one before.
	Ordinal int           `json:"ordinal"`
	Stage   BulletinStage `json:"stage"`
	// Version numbers the texts of the bulletin, Digest is that of the latest.
	Version     int64       `json:"version"`
	Digest      string      `json:"digest"`
	CommentsDue time.Time   `json:"commentsDue,omitzero"`
	Rounds      int         `json:"rounds,omitempty"`
	Signatures  []Signature `json:"signatures,omitempty"`
	// Year and Number are the document's in the register: 〔2013〕5号.
	Year     int         `json:"year,omitempty"`
	Number   int         `json:"number,omitempty"`
	IssuedOn models.Date `json:"issuedOn,omitzero"`
	// Files are what the issued bulletin's files were when they were first made.
	Files []FileDigest `json:"files,omitempty"`
}

// Signature is one sign-off.
type Signature struct {
	Account models.AccountID `json:"account"`
	// Right is the cadre by whose right it was signed.
	Right models.CadreID `json:"right,omitempty"`
	At    time.Time      `json:"at"`
}

// The commands of the bulletin. Version is always that which the actor saw.
type (
	// DraftBulletin puts a text written from the frozen data: the first, or one written
	// again because reports have come.
	DraftBulletin struct {
		Digest string `json:"digest"`
	}
	// EditBulletin puts another text.
	EditBulletin struct {
		Version int64  `json:"version"`
		Digest  string `json:"digest"`
	}
	// OpenComments asks the units for comments until Due.
	OpenComments struct {
		Version int64     `json:"version"`
		Due     time.Time `json:"due"`
	}
	// Comment is one unit's comment.
	Comment struct {
		Unit models.UnitID `json:"unit"`
	}
	// CloseComments ends the round, by the clock or by an inspector.
	CloseComments struct {
		Step StepID `json:"step,omitempty"`
	}
	// AskSignatures ends the work on the text.
	AskSignatures struct {
		Version int64 `json:"version"`
	}
	// Sign signs the text with the digest that the signer saw. The last signature
	// that the policy asks for issues the bulletin.
	Sign struct {
		Digest string `json:"digest"`
	}
	// Recall takes a text back from the signers; signatures are void.
	Recall struct{}
	// BeginCorrection opens a new bulletin that corrects the one that was issued
	// last.
	BeginCorrection struct {
		Digest string `json:"digest"`
	}
	// KeepFiles registers the files of an issued bulletin, so that whoever makes them
	// again can tell that they are the same.
	KeepFiles struct {
		Ordinal int          `json:"ordinal"`
		Files   []FileDigest `json:"files"`
	}
)

// The facts of the bulletin.
type (
	// Drafted says that a text was written from the frozen data.
	Drafted struct {
		DraftBulletin
		Ordinal int   `json:"ordinal"`
		Version int64 `json:"version"`
	}
	// Edited says that the text was changed.
	Edited struct {
		Ordinal int    `json:"ordinal"`
		Version int64  `json:"version"`
		Digest  string `json:"digest"`
	}
	// CommentsOpened says that the units were asked for comments.
	CommentsOpened struct {
		OpenComments
		Ordinal int `json:"ordinal"`
		Round   int `json:"round"`
	}
	// Commented says that a unit commented.
	Commented struct {
		Comment
		Ordinal int `json:"ordinal"`
	}
	// CommentsClosed says that the round is over.
	CommentsClosed struct {
		CloseComments
		Ordinal int `json:"ordinal"`
	}
	// SignaturesAsked says that the text is final and waits for signatures.
	SignaturesAsked struct {
		Ordinal int   `json:"ordinal"`
		Version int64 `json:"version"`
	}
	// Signed says that somebody signed the text.
	Signed struct {
		Sign
		Ordinal int `json:"ordinal"`
	}
	// Recalled says that the text went back to drafting.
	Recalled struct {
		Ordinal int `json:"ordinal"`
	}
	// Issued says that the bulletin is out, under its number in the register of the
	// year. The archive gives the number in the transaction that writes this fact.
	Issued struct {
		Ordinal int         `json:"ordinal"`
		Digest  string      `json:"digest"`
		Year    int         `json:"year"`
		Number  int         `json:"number"`
		On      models.Date `json:"on"`
	}
	// CorrectionBegun says that a bulletin is being corrected by a new one.
	CorrectionBegun struct {
		BeginCorrection
		Ordinal  int `json:"ordinal"`
		Corrects int `json:"corrects"`
	}
	// FilesKept says what the files of an issued bulletin are.
	FilesKept struct{ KeepFiles }
)

func (DraftBulletin) CommandKind() models.CommandKind   { return "draft-bulletin" }
func (EditBulletin) CommandKind() models.CommandKind    { return "edit-bulletin" }
func (OpenComments) CommandKind() models.CommandKind    { return "open-comments" }
func (Comment) CommandKind() models.CommandKind         { return "comment-bulletin" }
func (CloseComments) CommandKind() models.CommandKind   { return "close-comments" }
func (AskSignatures) CommandKind() models.CommandKind   { return "ask-signatures" }
func (Sign) CommandKind() models.CommandKind            { return "sign-bulletin" }
func (Recall) CommandKind() models.CommandKind          { return "recall-bulletin" }
func (BeginCorrection) CommandKind() models.CommandKind { return "correct-bulletin" }
func (KeepFiles) CommandKind() models.CommandKind       { return "keep-bulletin-files" }

func (Drafted) EventKind() models.EventKind         { return "bulletin-drafted" }
func (Edited) EventKind() models.EventKind          { return "bulletin-edited" }
func (CommentsOpened) EventKind() models.EventKind  { return "comments-opened" }
func (Commented) EventKind() models.EventKind       { return "bulletin-commented" }
func (CommentsClosed) EventKind() models.EventKind  { return "comments-closed" }
func (SignaturesAsked) EventKind() models.EventKind { return "signatures-asked" }
func (Signed) EventKind() models.EventKind          { return "bulletin-signed" }
func (Recalled) EventKind() models.EventKind        { return "bulletin-recalled" }
func (Issued) EventKind() models.EventKind          { return "bulletin-issued" }
func (CorrectionBegun) EventKind() models.EventKind { return "bulletin-correction-begun" }
func (FilesKept) EventKind() models.EventKind       { return "bulletin-files-kept" }

// current is the bulletin that is being worked on, if there is one.
func (i *Inspection) current() (BulletinState, bool) {
	if len(i.Bulletins) == 0 {
		return BulletinState{}, false
	}
	last := i.Bulletins[len(i.Bulletins)-1]
	return last, last.Stage != BulletinIssued
}

// Current is the bulletin that is being worked on, if there is one.
func (i *Inspection) Current() (BulletinState, bool) { return i.current() }

// Unfiled is the first issued bulletin whose files are not registered yet.
func (i *Inspection) Unfiled() (BulletinState, bool) {
	for _, state := range i.Bulletins {
		if state.Stage == BulletinIssued && len(state.Files) == 0 {
			return state, true
		}
	}
	return BulletinState{}, false
}

func (i *Inspection) decideBulletin(c Command) ([]EventBody, error) {
	switch body := c.Body.(type) {
	case DraftBulletin:
		return i.draft(body, c.Actor)
	case BeginCorrection:
		return i.beginCorrection(body)
	case KeepFiles:
		return i.keepFiles(body)
	}
	current, open := i.current()
	if !open {
		return nil, models.Refuse(RefusedBulletin, "stage", string(i.Stage))
	}
	switch body := c.Body.(type) {
	case EditBulletin:
		return edit(current, body)
	case OpenComments:
		return openComments(current, body, c.At)
	case Comment:
		return i.comment(current, body)
	case CloseComments:
		return i.closeComments(current, body, c.At)
	case AskSignatures:
		if err := current.must(body.Version, BulletinDrafting); err != nil {
			return nil, err
		}
		return []EventBody{SignaturesAsked{Ordinal: current.Ordinal, Version: current.Version}}, nil
	case Sign:
		return sign(current, body, c, i.Rules.Signatures)
	case Recall:
		if current.Stage != BulletinSigning && current.Stage != BulletinCommenting {
			return nil, current.wrongStage()
		}
		return []EventBody{Recalled{Ordinal: current.Ordinal}}, nil
	default:
		return nil, models.Refuse(models.RefusedUnknownCommand)
	}
}

// draft writes the first text while reports come in, or one more while the
// bulletin is being drafted. The cycle itself writes only the first: it never
// writes over what somebody drafted before it.
func (i *Inspection) draft(body DraftBulletin, by models.Actor) ([]EventBody, error) {
	current, open := i.current()
	switch {
	case i.Stage == StageReporting && len(i.Bulletins) == 0:
		return []EventBody{Drafted{DraftBulletin: body, Ordinal: 1, Version: 1}}, nil
	case open && current.Stage == BulletinDrafting && by.Account != models.SystemAccount:
		return []EventBody{Drafted{DraftBulletin: body, Ordinal: current.Ordinal, Version: current.Version + 1}}, nil
	case open:
		return nil, current.wrongStage()
	default:
		return nil, i.wrongStage()
	}
}

func (i *Inspection) beginCorrection(body BeginCorrection) ([]EventBody, error) {
	current, open := i.current()
	switch {
	case i.Stage != StageIssued:
		return nil, i.wrongStage()
	case open:
		return nil, models.Refuse(RefusedCorrection, "ordinal", strconv.Itoa(current.Ordinal))
	}
	return []EventBody{CorrectionBegun{BeginCorrection: body, Ordinal: current.Ordinal + 1, Corrects: current.Ordinal}}, nil
}

// keepFiles takes the digests of an issued bulletin's files once; they never
// change after that.
func (i *Inspection) keepFiles(body KeepFiles) ([]EventBody, error) {
	if body.Ordinal < 1 || body.Ordinal > len(i.Bulletins) || len(body.Files) == 0 {
		return nil, models.Refuse(RefusedBulletin, "stage", string(i.Stage))
	}
	if state := i.Bulletins[body.Ordinal-1]; state.Stage != BulletinIssued || len(state.Files) > 0 {
		return nil, state.wrongStage()
	}
	return []EventBody{FilesKept{body}}, nil
}

func edit(current BulletinState, body EditBulletin) ([]EventBody, error) {
	if err := current.must(body.Version, BulletinDrafting); err != nil {
		return nil, err
	}
	return []EventBody{Edited{Ordinal: current.Ordinal, Version: current.Version + 1, Digest: body.Digest}}, nil
}

func openComments(current BulletinState, body OpenComments, at time.Time) ([]EventBody, error) {
	if err := current.must(body.Version, BulletinDrafting); err != nil {
		return nil, err
	}
	if !body.Due.After(at) {
		return nil, models.Refuse(RefusedDeadline)
	}
	return []EventBody{CommentsOpened{OpenComments: body, Ordinal: current.Ordinal, Round: current.Rounds + 1}}, nil
}

func (i *Inspection) comment(current BulletinState, body Comment) ([]EventBody, error) {
	switch {
	case current.Stage != BulletinCommenting:
		return nil, current.wrongStage()
	case !slices.Contains(i.Units, body.Unit):
		return nil, models.Refuse(RefusedUnit, "unit", string(body.Unit))
	}
	return []EventBody{Commented{Comment: body, Ordinal: current.Ordinal}}, nil
}

// closeComments is given by an inspector at any time, and by the clock at its own.
func (i *Inspection) closeComments(current BulletinState, body CloseComments, at time.Time) ([]EventBody, error) {
	if current.Stage != BulletinCommenting {
		return nil, current.wrongStage()
	}
	if body.Step != "" {
		step, due := i.NextStep()
		if !due || step.ID != body.Step || step.At.After(at) {
			return nil, models.Refuse(RefusedStep, "step", string(body.Step))
		}
	}
	return []EventBody{CommentsClosed{CloseComments: body, Ordinal: current.Ordinal}}, nil
}

func sign(current BulletinState, body Sign, c Command, asked int) ([]EventBody, error) {
	switch {
	case current.Stage != BulletinSigning:
		return nil, current.wrongStage()
	case body.Digest != current.Digest:
		return nil, current.stale(0)
	case slices.ContainsFunc(current.Signatures, func(s Signature) bool { return c.Actor.Repeats(s.Account, s.Right) }):
		return nil, models.Refuse(RefusedSameSigner)
	}
	facts := []EventBody{Signed{Sign: body, Ordinal: current.Ordinal}}
	if len(current.Signatures)+1 >= asked {
		on := models.DateOf(c.At)
		facts = append(facts, Issued{Ordinal: current.Ordinal, Digest: current.Digest, Year: on.Year(), On: on})
	}
	return facts, nil
}

// must refuses a bulletin at another stage, or one that changed since it was seen.
func (b BulletinState) must(seen int64, stage BulletinStage) error {
	if b.Stage != stage {
		return b.wrongStage()
	}
	if b.Version != seen {
		return b.stale(seen)
	}
	return nil
}

func (b BulletinState) wrongStage() error {
	return models.Refuse(RefusedBulletin, "stage", string(b.Stage))
}

func (b BulletinState) stale(seen int64) error {
	return models.Refuse(RefusedBulletinStale,
		"shown", strconv.FormatInt(seen, 10), "current", strconv.FormatInt(b.Version, 10))
}
