// Package api is the REST door of bangfu: gin carries it, huma describes it as
// OpenAPI 3.1, and problem documents in Chinese say why something was refused.
//
// How a resource joins:
//
//  1. It has one file, named as in the other rooms (obligation.go), with a
//     function `func register<Resource>(api huma.API, s *server)`, and adds
//     that function to the list in resources.go.
//  2. It registers each operation with
//     huma.Register(api, s.operation(huma.Operation{...}, permission, reach), s.handler)
//     so that authentication, the permission check, the walk test and the
//     OpenAPI document know it. The path is relative to /api/v1.
//  3. Its handlers take auth.Principal by principal(ctx), apply
//     s.Policy.Reach(principal, permission) to every list and single read, and
//     ask s.Policy.MayOn(principal, permission, unitPath, cadre) before a
//     command. What lies outside one's reach is store.ErrNotFound (404).
//  4. They return errors as they are: problem.Of maps those of the archive, the
//     engine and the rules; problem.New(code, ...) makes the others.
//  5. Commands embed Keyed and go through s.command (idempotency.go), edits and
//     decisions embed Guarded (conditional.go), lists embed Paging (page.go). The
//     framework reads embedded structs by exported names only.
//  6. Each operation has a row in walk_table_test.go.
package api

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"gocloud.dev/blob"

	"bangfu/api/auth"
	"bangfu/api/problem"
	"bangfu/models/store"
	"bangfu/workflows"
)

// Prefix is the path of this version of the API.
const Prefix = "/api/v1"

// Services are what the API needs to work.
type Services struct {
	Archive *store.Archive
	// Engine gives commands to the workflows.
	Engine *workflows.Engine
	Policy *auth.Policy
	// Blobs keeps the bytes of evidence, by their SHA-256.
	Blobs *blob.Bucket
	// Clock is the server's clock; nil means the machine's.
	Clock    func() time.Time
	Logger   *slog.Logger
	Settings Settings
	// Metrics may be shared with the worker; nil means metrics of its own.
	Metrics *Metrics
	// Pages are shown to people; nil leaves the API alone.
	Pages Pages
}

// server is what handlers work with.
type server struct {
	Services
	sessions *scs.SessionManager
	inFlight *keysInFlight
	passport *passwords
	provider *provider
	actions  actionTexts
}

// New mounts everything and gives the handler of the whole program.
func New(services Services) (http.Handler, error) {
	if services.Archive == nil || services.Engine == nil || services.Policy == nil {
		return nil, errors.New("the API needs an archive, an engine and a policy")
	}
	s, err := newServer(services)
	if err != nil {
		return nil, err
	}
	problem.Install()
	engine := newEngine()
	s.mountHealth(engine)
	s.mountProblems(engine)
	if err := s.mountDocs(engine); err != nil {
		return nil, err
	}
	api := humagin.NewWithGroup(engine, engine.Group(Prefix), s.describe())
	api.UseMiddleware(s.authenticate)
	for _, register := range resources() {
		register(api, s)
	}
	s.actions = actionsOf(api.OpenAPI())
	s.mountLoginLinks(engine)
	s.mountPages(engine)
	return s.wrap(engine)
}

func newServer(services Services) (*server, error) {
	services.Settings = services.Settings.withDefaults()
	if services.Clock == nil {
		services.Clock = time.Now
	}
	if services.Logger == nil {
		services.Logger = slog.New(slog.DiscardHandler)
	}
	if services.Metrics == nil {
		services.Metrics = NewMetrics(nil)
	}
	services.Metrics.watchPool(services.Archive.SQL())
	passport, err := newPasswords()
	if err != nil {
		return nil, fmt.Errorf("prepare passwords: %w", err)
	}
	return &server{
		Services: services, sessions: newSessions(services),
		inFlight: newKeysInFlight(), passport: passport,
		provider: newProvider(services.Settings.SingleSignOn, services.Settings.PublicURL, services.Clock),
	}, nil
}

func newEngine() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.NoRoute(func(c *gin.Context) {
		writeProblem(c.Writer, c.Request, unknownAddress(c.Request.URL.Path))
	})
	engine.NoMethod(func(c *gin.Context) {
		writeProblem(c.Writer, c.Request,
			problem.New(problem.MethodNotAllowed, "path", shortened(c.Request.URL.Path), "method", shortened(c.Request.Method)))
	})
	engine.Use(rememberRoute)
	return engine
}

func unknownAddress(path string) *problem.Problem {
	return problem.New(problem.NoSuchAddress, "path", shortened(path))
}

// shortened keeps what a caller made up from filling the answer.
func shortened(text string) string {
	const most = 100
	letters := []rune(text)
	if len(letters) <= most {
		return text
	}
	return string(letters[:most]) + "…"
}

// now is the instant of the request by the server's clock.
func (s *server) now() time.Time { return s.Clock().UTC() }

// describe is the head of the OpenAPI document.
func (s *server) describe() huma.Config {
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title:       "帮扶责任管理 API",
				Version:     "1.0.0",
				Description: documentText,
			},
			Servers: []*huma.Server{{URL: Prefix}},
			Components: &huma.Components{
				Schemas: huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer),
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"session": {Type: "apiKey", In: "cookie", Name: s.sessions.Cookie.Name, Description: "浏览器登录后的会话"},
					"token":   {Type: "http", Scheme: "bearer", Description: "程序令牌，以 bf_ 开头"},
				},
			},
		},
		OpenAPIPath:   "/openapi",
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json",
	}
	config.Transformers = []huma.Transformer{s.number}
	config.OnAddOperation = []huma.AddOpFunc{tagsInOrder, describeStream}
	return config
}

// tagsInOrder lists the parts of the documentation as resources.go does.
func tagsInOrder(document *huma.OpenAPI, op *huma.Operation) {
	for _, name := range op.Tags {
		if !slices.ContainsFunc(document.Tags, func(tag *huma.Tag) bool { return tag.Name == name }) {
			document.Tags = append(document.Tags, &huma.Tag{Name: name})
		}
	}
}

// describeStream puts the body of an upload into the document.
func describeStream(_ *huma.OpenAPI, op *huma.Operation) {
	if body, isStream := op.Metadata[metaStream].(*huma.RequestBody); isStream {
		op.RequestBody = body
	}
}

// The metadata of an operation.
const (
	metaPermission = "permission"
	metaReach      = "reach"
	metaLogged     = "logged"
	metaPerson     = "person"
	metaExpired    = "expired-password"
	metaStream     = "stream"
)

// Reaches: how the part of the tree is found that an operation is about.
const (
	// ReachNone: the operation is about nothing in the tree.
	ReachNone = "none"
	// ReachSelf: it is about the caller.
	ReachSelf = "self"
	// ReachList: a list that shows what lies within the caller's reach.
	ReachList = "list"
	// ReachObject: one thing, found by the path's ID, that lies in a unit or
	// belongs to a cadre; outside the caller's reach it is not found.
	ReachObject = "object"
)

// operation completes the description of an operation with who may use it.
func (s *server) operation(op huma.Operation, permission auth.Permission, reach string) huma.Operation {
	if op.Metadata == nil {
		op.Metadata = map[string]any{}
	}
	op.Metadata[metaPermission] = permission
	op.Metadata[metaReach] = reach
	if permission != auth.Public {
		op.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	}
	// The framework reads a body that it has a schema for into memory. What an
	// operation describes itself is a stream: the document learns of it later.
	if op.RequestBody != nil {
		op.Metadata[metaStream], op.RequestBody = op.RequestBody, nil
	}
	op.Extensions = map[string]any{"x-permission": string(permission), "x-reach": reach}
	return op
}

// logged marks an operation whose every use goes into the access log.
func logged(op huma.Operation) huma.Operation { return mark(op, metaLogged) }

// personal marks an operation that programs' tokens cannot use.
func personal(op huma.Operation) huma.Operation { return mark(op, metaPerson) }

// beforePassword marks what is allowed while the password must be changed.
func beforePassword(op huma.Operation) huma.Operation { return mark(op, metaExpired) }

func mark(op huma.Operation, key string) huma.Operation {
	if op.Metadata == nil {
		op.Metadata = map[string]any{}
	}
	op.Metadata[key] = true
	return op
}
