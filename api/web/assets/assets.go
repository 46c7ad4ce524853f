// Package assets holds the scripts, styles and icons of the pages. They are in
// the program: nothing is fetched from elsewhere when a page is shown.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
	"sync"
)

//go:embed files
var files embed.FS

// Prefix is the path under which the files are served.
const Prefix = "/assets/"

// HTMX is the configuration of htmx: nothing of it runs or styles inline, and
// it shows refusals like any other answer.
const HTMX = `{"includeIndicatorCSS":false,"defaultFocusScroll":false,"history":true}`

// Charts is the script of the pages that draw charts.
const Charts = "echarts.min.js"

// Styles are the style sheets of every page.
func Styles() []string { return []string{"bootstrap.min.css", "bangfu.css"} }

// Scripts are the scripts of every page.
func Scripts() []string { return []string{"htmx.min.js", "bangfu.js"} }

// file is one file, plain and compressed.
type file struct {
	kind              string
	plain, compressed []byte
}

// loaded reads the files once: every page names them by their digest.
var loaded = sync.OnceValue(func() (all struct {
	digest string
	files  map[string]file
},
) {
	all.files = map[string]file{}
	sum := sha256.New()
	err := fs.WalkDir(files, "files", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		// A hash of names and contents in the order of the walk, which is sorted.
		fmt.Fprintf(sum, "%s %d\n", name, len(content))
		sum.Write(content)
		var compressed bytes.Buffer
		writer, err := gzip.NewWriterLevel(&compressed, gzip.BestCompression)
		if err != nil {
			return err
		}
		if _, err := writer.Write(content); err != nil {
			return err
		}
		if err := writer.Close(); err != nil {
			return err
		}
		all.files[path.Base(name)] = file{kind: mime.TypeByExtension(path.Ext(name)), plain: content, compressed: compressed.Bytes()}
		return nil
	})
	if err != nil {
		panic(fmt.Sprintf("read the embedded assets: %v", err))
	}
	all.digest = hex.EncodeToString(sum.Sum(nil))[:16]
	return all
})

// URL is the address of a file. It changes with the content of any of them, so
// that browsers may keep what they have for ever.
func URL(name string) string { return Prefix + loaded().digest + "/" + name }

// Compressed is how many bytes of a file travel.
func Compressed(name string) int { return len(loaded().files[name].compressed) }

// Handler serves the files to everybody.
func Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		digest, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
		found, exists := loaded().files[name]
		if !exists {
			w.Header().Set("Cache-Control", "no-store")
			http.NotFound(w, r)
			return
		}
		header := w.Header()
		header.Set("Content-Type", found.kind)
		header.Set("Vary", "Accept-Encoding")
		if digest == loaded().digest {
			header.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		content := found.plain
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			header.Set("Content-Encoding", "gzip")
			content = found.compressed
		}
		// The browser may be gone; there is nobody left to tell.
		_, _ = w.Write(content)
	})
}
