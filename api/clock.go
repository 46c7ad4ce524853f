package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"bangfu/api/auth"
	"bangfu/models"
)

// ClockOutput answers with the clock.
type ClockOutput struct {
	Body struct {
		Now   time.Time   `json:"now" doc:"服务器时间（UTC）"`
		Today models.Date `json:"today" doc:"业务日期（Asia/Shanghai）"`
		Zone  string      `json:"zone" doc:"业务时区"`
	}
}

// registerClock tells programs by which day the rules count, so that none
// trusts a clock of its own.
func registerClock(api huma.API, s *server) {
	huma.Register(api, s.operation(huma.Operation{
		OperationID: "get-clock", Method: http.MethodGet, Path: "/clock", Tags: []string{"系统"}, Summary: "服务器时间与业务日期",
	}, auth.Public, ReachNone), func(context.Context, *struct{}) (*ClockOutput, error) {
		output := &ClockOutput{}
		output.Body.Now = s.now()
		output.Body.Today = models.DateOf(output.Body.Now)
		output.Body.Zone = models.Shanghai.String()
		return output, nil
	})
}
