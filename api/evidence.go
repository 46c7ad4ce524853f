package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models"
	"bangfu/models/store"
)

// EvidenceView describes one upload.
type EvidenceView struct {
	ID         models.EvidenceID `json:"id" doc:"材料编号"`
	FileName   string            `json:"fileName" doc:"原文件名"`
	MediaType  string            `json:"mediaType" doc:"由内容识别的类型" example:"application/pdf"`
	Size       int64             `json:"size" doc:"字节数"`
	SHA256     string            `json:"sha256" doc:"SHA-256"`
	SM3        string            `json:"sm3" doc:"SM3（GB/T 32905）"`
	Purpose    string            `json:"purpose" enum:"claim,document,progress" doc:"claim 为申报证据，document 为文件依据，progress 为任务进展的材料"`
	Cadre      models.CadreID    `json:"cadre,omitempty" doc:"所属干部"`
	UploadedAt time.Time         `json:"uploadedAt" doc:"上传时间"`
}

func showEvidence(evidence store.Evidence) EvidenceView {
	return EvidenceView{
		ID: evidence.ID, FileName: evidence.FileName, MediaType: evidence.MediaType, Size: evidence.Size,
		SHA256: evidence.SHA256, SM3: evidence.SM3, Purpose: string(evidence.Purpose), Cadre: evidence.Cadre,
		UploadedAt: evidence.UploadedAt,
	}
}

// uploadStream takes the body of a request as a stream: the framework would
// read it into memory.
type uploadStream struct {
	body        io.Reader
	contentType string
}

// Resolve keeps the stream for the handler.
func (u *uploadStream) Resolve(ctx huma.Context) []error {
	u.body, u.contentType = ctx.BodyReader(), ctx.Header("Content-Type")
	return nil
}

// Uploading is uploadStream under an embedded name that the framework reads.
type Uploading = uploadStream

// UploadInput is the request to upload.
type UploadInput struct {
	Uploading
	Purpose store.EvidencePurpose `query:"purpose" enum:"claim,document,progress" default:"claim" doc:"claim 为申报证据，document 为文件依据，progress 为任务进展的材料"`
	Name    string                `query:"name" maxLength:"400" doc:"直接提交文件内容时的文件名" example:"营业执照.pdf"`
	Unit    models.UnitID         `query:"unit" maxLength:"64" doc:"文件依据归属的单位；不填时为本人职责所在"`
	Cadre   models.CadreID        `query:"cadre" maxLength:"64" doc:"代为上传时，所代理的干部；不填为本人"`
}

// EvidenceInput names the evidence that is asked for.
type EvidenceInput struct {
	Evidence models.EvidenceID `path:"evidence" maxLength:"64" doc:"材料编号"`
}

// DownloadInput asks for a file's content.
type DownloadInput struct {
	EvidenceInput
	Inline bool `query:"inline" doc:"在页面中显示；只对 PDF 和图片有效，其余仍为下载"`
}

// EvidenceBody answers with the evidence.
type EvidenceBody struct{ Body EvidenceView }

// UploadedBody answers with the uploaded.
type UploadedBody struct {
	Location string `header:"Location"`
	Body     EvidenceView
}

// fileBody describes the body of an upload in the OpenAPI document.
func fileBody(mediaTypes ...string) *huma.RequestBody {
	binary := &huma.Schema{Type: "string", Format: "binary"}
	body := &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"multipart/form-data": {Schema: &huma.Schema{
			Type: "object", Required: []string{"file"},
			Properties: map[string]*huma.Schema{"file": {Type: "string", Format: "binary", Description: "文件"}},
		}},
	}}
	for _, mediaType := range mediaTypes {
		body.Content[mediaType] = &huma.MediaType{Schema: binary}
	}
	return body
}

func registerEvidence(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "upload-evidence", Method: http.MethodPost, Path: "/evidence", Tags: []string{"材料"},
		Summary: "上传一份材料", DefaultStatus: http.StatusCreated,
		Description: "multipart/form-data 的 file 部分，或直接以文件内容为请求体并在 name 中给出文件名。" +
			"只收 PDF、PNG、JPEG、OFD、DOCX、XLSX，类型由内容识别；内容按 SHA-256 存放，不会被覆盖。",
		RequestBody:     fileBody("application/octet-stream", typePDF, typePNG, typeJPEG, typeOFD, typeDOCX, typeXLSX),
		BodyReadTimeout: -1,
	}, auth.EvidenceUpload, ReachObject), s.uploadEvidence)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-evidence", Method: http.MethodGet, Path: "/evidence/{evidence}", Tags: []string{"材料"},
		Summary: "一份材料的说明",
	}, auth.EvidenceRead, ReachObject), s.getEvidence)
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "download-evidence", Method: http.MethodGet, Path: "/evidence/{evidence}/content", Tags: []string{"材料"},
		Summary: "下载一份材料",
	}, auth.EvidenceRead, ReachObject), s.downloadEvidence)
}

// evidenceLimit is how large one piece of evidence may be.
func (s *server) evidenceLimit() int64 {
	if s.Settings.MaximumUpload > 0 {
		return s.Settings.MaximumUpload
	}
	return defaultEvidenceLimit
}

func (s *server) uploadEvidence(ctx context.Context, input *UploadInput) (*UploadedBody, error) {
	place, err := s.uploadPlace(ctx, input)
	if err != nil {
		return nil, err
	}
	file, err := input.receive(input.Name, s.evidenceLimit())
	if err != nil {
		return nil, fileProblem(err, s.evidenceLimit())
	}
	defer file.Close()
	if err := file.store(ctx, s.Blobs); err != nil {
		return nil, err
	}
	place.SHA256, place.SM3, place.Size = file.sha256, file.sm3, file.size
	place.MediaType, place.FileName = file.mediaType, file.name
	added, err := s.Archive.AddEvidence(ctx, place)
	if err != nil {
		return nil, err
	}
	return &UploadedBody{Location: Prefix + "/evidence/" + string(added.ID), Body: showEvidence(added)}, nil
}

// uploadPlace says where in the tree an upload lies: a cadre's evidence with
// the cadre, a document with the unit for which its uploader acts.
func (s *server) uploadPlace(ctx context.Context, input *UploadInput) (store.Evidence, error) {
	who := principal(ctx)
	place := store.Evidence{Purpose: input.Purpose, UploadedBy: who.Account, UploadedAt: s.now()}
	reach := s.Policy.Reach(who, auth.EvidenceUpload)
	if input.Purpose == store.EvidenceOfClaim {
		place.Cadre = input.Cadre
		if place.Cadre == "" {
			place.Cadre = who.Cadre
		}
		if !slices.Contains(reach.Cadres, place.Cadre) {
			return store.Evidence{}, forbidden("只有干部本人或其代理人可以上传申报证据；文件依据请用 purpose=document。")
		}
		cadre, err := s.Archive.Cadre(ctx, store.Everything(), place.Cadre)
		if err == nil {
			place.UnitPath = cadre.UnitPath
		}
		if errors.Is(err, store.ErrNotFound) {
			err = nil
		}
		return place, err
	}
	switch {
	case input.Unit != "":
		unit, err := s.requireUnit(ctx, input.Unit, "query.unit")
		if err != nil {
			return store.Evidence{}, err
		}
		if !s.Policy.May(who, auth.EvidenceUpload, unit.Path) {
			return store.Evidence{}, forbidden("该单位不在您的职责范围内。")
		}
		place.UnitPath = unit.Path
	case len(reach.Paths) > 0:
		place.UnitPath = reach.Paths[0]
	case who.Cadre != "" && slices.Contains(reach.Cadres, who.Cadre):
		// A cadre's own document, such as the licence behind an override.
		place.Cadre = who.Cadre
	default:
		return store.Evidence{}, forbidden("")
	}
	return place, nil
}

// receive reads one file out of the request: the part "file" of a form, or the
// body itself.
func (u *uploadStream) receive(name string, limit int64) (*receivedFile, error) {
	part, claim, err := u.open(name)
	if err != nil {
		return nil, err
	}
	return receiveFile(part, claim, limit)
}

// open finds the file in the request without reading it.
func (u *uploadStream) open(name string) (io.Reader, fileClaim, error) {
	if !strings.HasPrefix(strings.ToLower(u.contentType), "multipart/") {
		return u.body, fileClaim{name: name, mediaType: u.contentType}, nil
	}
	_, boundary, _ := strings.Cut(u.contentType, "boundary=")
	boundary, _, _ = strings.Cut(boundary, ";")
	boundary = strings.Trim(strings.TrimSpace(boundary), `"`)
	if boundary == "" {
		return nil, fileClaim{}, invalid("header.Content-Type", "缺少 boundary")
	}
	form := multipart.NewReader(u.body, boundary)
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, fileClaim{}, invalid("body.file", "表单中没有 file 部分")
		}
		if err != nil {
			return nil, fileClaim{}, problem.New(problem.RequestMalformed).At("body", "无法读取上传的表单").Because(err)
		}
		if part.FormName() == "file" {
			return part, fileClaim{name: part.FileName(), mediaType: part.Header.Get("Content-Type")}, nil
		}
	}
}

// fileProblem says in Chinese why a file was not taken.
func fileProblem(err error, limit int64) error {
	refusal, refused := isFileRefusal(err)
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		refusal = &fileRefusal{fault: fileTooLarge}
	case errors.Is(err, io.ErrUnexpectedEOF):
		return problem.New(problem.RequestMalformed, "fault", "evidence-broken-off").At("body", "上传中断，文件不完整").Because(err)
	case !refused:
		return err
	}
	code, text := problem.RequestInvalid, ""
	switch refusal.fault {
	case fileEmpty:
		text = "文件是空的。"
	case fileTooLarge:
		code, text = problem.RequestTooLarge, fmt.Sprintf("文件超过上限 %d MB。", limit>>20)
	case fileType:
		code, text = problem.MediaType, "不收这种文件（内容为 "+refusal.found+"）。可以上传 PDF、PNG、JPEG、OFD、DOCX、XLSX。"
	case fileMismatch:
		code, text = problem.MediaType, "文件内容（"+refusal.found+"）与文件名或声明的类型不符。"
	case fileMacro:
		code, text = problem.MediaType, "文件含有宏，请另存为不含宏的文件。"
	case fileName:
		text = "文件名缺失、没有扩展名，或不是 UTF-8。"
	}
	said := problem.New(code, "fault", string(refusal.fault)).At("body.file", text).Because(err)
	said.Detail = text
	return said
}

// readableEvidence reads an upload within the caller's reach: by its own place,
// or because it is attached to a record that the caller may read, so that
// evidence follows a record to a new unit.
func (s *server) readableEvidence(ctx context.Context, id models.EvidenceID) (store.Evidence, error) {
	who := principal(ctx)
	reach := s.Policy.Reach(who, auth.EvidenceRead)
	evidence, err := s.Archive.Evidence(ctx, reach, id)
	if err == nil || !errors.Is(err, store.ErrNotFound) {
		return evidence, err
	}
	filter := store.RecordFilter{Evidence: id, States: withoutDrafts(nil)}
	records, listErr := s.Archive.Records(ctx, reach, filter, store.Page{Size: 1})
	if listErr != nil {
		return store.Evidence{}, listErr
	}
	if len(records.Items) == 0 {
		return store.Evidence{}, err
	}
	return s.Archive.Evidence(ctx, store.Everything(), id)
}

func (s *server) getEvidence(ctx context.Context, input *EvidenceInput) (*EvidenceBody, error) {
	evidence, err := s.readableEvidence(ctx, input.Evidence)
	if err != nil {
		return nil, err
	}
	return &EvidenceBody{Body: showEvidence(evidence)}, nil
}

func (s *server) downloadEvidence(ctx context.Context, input *DownloadInput) (*huma.StreamResponse, error) {
	evidence, err := s.readableEvidence(ctx, input.Evidence)
	if err != nil {
		return nil, err
	}
	content, err := s.Blobs.NewReader(ctx, store.EvidenceKey(evidence.SHA256), nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil, fmt.Errorf("evidence %s: its content is not in the store: %w", evidence.ID, err)
	}
	if err != nil {
		return nil, fmt.Errorf("open evidence %s: %w", evidence.ID, err)
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) { sendFile(ctx, evidence, content, input.Inline) }}, nil
}

// inlineTypes may be shown in a page of this site: a browser draws them and
// runs nothing in them.
var inlineTypes = []string{typePDF, typePNG, typeJPEG}

// sendFile streams a file so that a browser stores it and never runs it; a
// picture or a PDF it may also show in a frame of our own pages.
func sendFile(ctx huma.Context, evidence store.Evidence, content *blob.Reader, inline bool) {
	defer func() { _ = content.Close() }()
	mediaType := evidence.MediaType
	if _, known := evidenceTypes[mediaType]; !known {
		mediaType = "application/octet-stream"
	}
	ctx.SetHeader("Content-Type", mediaType)
	ctx.SetHeader("Content-Length", fmt.Sprint(content.Size()))
	ctx.SetHeader("X-Content-Type-Options", "nosniff")
	if inline && slices.Contains(inlineTypes, mediaType) {
		// The viewer of PDFs is the browser's own and does not start in a sandbox.
		ctx.SetHeader("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "+
			"object-src 'self'; frame-ancestors 'self'")
		ctx.SetHeader("X-Frame-Options", "SAMEORIGIN")
		ctx.SetHeader("Content-Disposition", "inline; "+disposition(evidence.FileName))
	} else {
		ctx.SetHeader("Content-Security-Policy", "default-src 'none'; sandbox")
		ctx.SetHeader("Content-Disposition", attachment(evidence.FileName))
	}
	ctx.SetHeader("Cache-Control", "private, no-store")
	ctx.SetHeader("Repr-Digest", "sha-256=:"+base64Digest(evidence.SHA256)+":")
	ctx.SetStatus(http.StatusOK)
	// A client that goes away in the middle is no error of the server.
	_, _ = io.Copy(ctx.BodyWriter(), content)
}

// attachment has a client keep the answer as a file of that name, not show it.
func attachment(name string) string { return "attachment; " + disposition(name) }

// disposition names the file by RFC 6266: the words in UTF-8, and letters and
// digits alone for clients that read nothing else.
func disposition(name string) string {
	plainName := strings.Map(func(r rune) rune {
		if r < 0x80 && (r == '.' || r == '-' || r == '_' || (r >= '0' && r <= '9') || (r|0x20 >= 'a' && r|0x20 <= 'z')) {
			return r
		}
		return '_'
	}, name)
	return `filename="` + plainName + `"; filename*=UTF-8''` + url.PathEscape(name)
}
