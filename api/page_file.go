package api

import (
	"maps"
	"net/http"
)

// Fetch carries a request through the API like Ask, but hands what is granted to
// the visitor as it comes: a file may be of any size. The answer is then without
// a body. A refusal is answered here alone, for a page to show.
func (d Door) Fetch(w http.ResponseWriter, outer *http.Request, asked Request) (Answer, error) {
	passing := &passage{answerRecorder: answerRecorder{header: http.Header{}}, to: w}
	if err := d.carry(passing, outer, asked); err != nil {
		return Answer{}, err
	}
	return passing.answer(), nil
}

// passage hands on what is granted and keeps a refusal.
type passage struct {
	answerRecorder
	to http.ResponseWriter
}

func (w *passage) granted() bool { return w.status != 0 && w.status < http.StatusBadRequest }

func (w *passage) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	w.answerRecorder.WriteHeader(status)
	if w.granted() {
		maps.Copy(w.to.Header(), w.header)
		w.to.WriteHeader(w.status)
	}
}

func (w *passage) Write(data []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	if w.granted() {
		return w.to.Write(data)
	}
	return w.body.Write(data)
}
