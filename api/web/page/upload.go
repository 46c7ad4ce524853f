package page

import (
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"

	"bangfu/api"
)

// Files are those that a form sent under a name.
func (v *Visit) Files(name string) []*multipart.FileHeader {
	if v.Request.MultipartForm == nil {
		return nil
	}
	return v.Request.MultipartForm.File[name]
}

// Upload files one of them as evidence. The query says what it is for, such as
// purpose=document.
func (v *Visit) Upload(header *multipart.FileHeader, query url.Values) (filed api.EvidenceView, err error) {
	file, err := header.Open()
	if err != nil {
		return filed, fmt.Errorf("open an uploaded file: %w", err)
	}
	defer func() { _ = file.Close() }()
	query.Set("name", header.Filename)
	_, err = v.Do(http.MethodPost, "/evidence?"+query.Encode(), file, &filed, Header("Content-Type", "application/octet-stream"))
	return filed, err
}
