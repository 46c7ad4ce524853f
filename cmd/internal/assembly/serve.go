package assembly

import (
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"go.temporal.io/sdk/client"
	"gocloud.dev/blob"

	"bangfu/activities"
	"bangfu/api"
	"bangfu/api/auth"
	"bangfu/api/web"
	"bangfu/cmd/internal/settings"
	"bangfu/cmd/internal/telemetry"
	"bangfu/cmd/internal/version"
	"bangfu/models/store"
	"bangfu/workflows"
)

// Parts are what the API and the workers are made of.
type Parts struct {
	Archive  *store.Archive
	Temporal client.Client
	Engine   *workflows.Engine
	Files    *blob.Bucket
	Metrics  *telemetry.Metrics
	Logger   *slog.Logger
}

// API builds the API's handler.
func (p Parts) API(http settings.HTTP) (http.Handler, error) {
	policy, err := auth.NewPolicy()
	if err != nil {
		return nil, fmt.Errorf("reading the roles: %w", err)
	}
	key, err := secretKey(http.SecretKey)
	if err != nil {
		return nil, err
	}
	roles, err := rolesOf(http.FactorRoles)
	if err != nil {
		return nil, err
	}
	if err := http.SingleSignOn.Check(); err != nil {
		return nil, err
	}
	return api.New(api.Services{
		Archive: p.Archive, Engine: p.Engine, Policy: policy, Blobs: p.Files,
		Clock: time.Now, Logger: p.Logger, Metrics: api.NewMetrics(p.Metrics.Registry()),
		Settings: api.Settings{
			PublicURL: http.PublicURL, TrustedProxies: http.TrustedProxies,
			LoginLimit: http.LoginLimit, CommandLimit: http.CommandLimit, RequestLimit: http.RequestLimit,
			MaximumUpload: http.MaxUpload, SessionIdle: http.SessionIdle, SessionLife: http.SessionLife,
			SecretKey: key, SecondFactorRoles: roles, SubstitutionDays: http.SubstituteDays, Version: version.String(),
			PasswordAge: time.Duration(http.PasswordDays) * 24 * time.Hour, PasswordHistory: http.FormerPasswords,
			SingleSignOn: api.SingleSignOn(http.SingleSignOn),
		},
		Pages: web.New(),
	})
}

// ErrSecretKey refuses a key that cannot be meant.
var ErrSecretKey = errors.New("the secret key must be 64 hex digits (openssl rand -hex 32): set --http-secret-key or BANGFU_HTTP_SECRET_KEY, or leave it out")

func secretKey(text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	const size = 32
	key, err := hex.DecodeString(text)
	if err != nil || len(key) != size {
		// The text itself is a secret, even a wrong one.
		return nil, ErrSecretKey
	}
	return key, nil
}

func rolesOf(names []string) ([]auth.Role, error) {
	roles := make([]auth.Role, 0, len(names))
	for _, name := range names {
		role := auth.Role(name)
		if !role.Valid() {
			return nil, fmt.Errorf("roles that need a second factor: there is no role %q", name)
		}
		roles = append(roles, role)
	}
	return roles, nil
}

// HTTPServer serves a handler with the timeouts that the settings ask for.
func HTTPServer(handler http.Handler, settings settings.HTTP, logger *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: settings.HeaderTimeout,
		IdleTimeout:       settings.IdleTimeout,
		ErrorLog:          slog.NewLogLogger(logger.Handler(), slog.LevelWarn),
	}
}

// workers builds the workers, which do not poll before they are started.
func (p Parts) workers(worker settings.Worker, mail settings.Mail, publicURL string) (*workflows.Workers, error) {
	acts, err := activities.New(p.Archive, p.Engine, activities.Settings{
		StartsPerSecond: worker.StartsPerSecond, Logger: p.Logger,
		Files: p.Files, KeepRosters: time.Duration(worker.KeepRostersDays) * 24 * time.Hour,
		Mail: activities.MailSettings{
			Host: mail.Host, Port: mail.Port, TLS: mailTLS(mail.Security),
			Username: mail.Username, Password: mail.Password, From: mail.From,
			Link: publicURL, PerSecond: mail.Rate,
		},
	})
	if err != nil {
		return nil, fmt.Errorf("preparing the activities: %w", err)
	}
	return workflows.NewWorkers(p.Temporal, acts, workflows.Settings{
		NoticesPerSecond: worker.NoticesPerSecond, StickyRuns: worker.CachedWorkflows,
		LocalActivities: worker.LocalActivities, StopTimeout: worker.StopTimeout,
	}), nil
}

func mailTLS(security string) activities.MailTLS {
	switch security {
	case "none":
		return activities.MailTLSNone
	case "tls":
		return activities.MailTLSImplicit
	default:
		return activities.MailTLSRequired
	}
}

// LoginLink is the address of a one-time log-in link at the API's base address.
func LoginLink(base, secret string) string {
	return strings.TrimSuffix(base, "/") + api.Prefix + "/login-link/" + secret
}
