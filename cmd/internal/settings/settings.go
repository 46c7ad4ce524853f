// Package settings holds what the programs can be told, in groups that kong
// reads: a flag wins over the environment, the environment over the file.
package settings

import (
	"errors"
	"net"
	"net/url"
	"time"
)

// Log says how the program writes its log, which goes to standard error.
type Log struct {
	Level  string `help:"Least severe line to write: debug, info, warn or error." enum:"debug,info,warn,error" default:"info" env:"BANGFU_LOG_LEVEL"`
	Format string `help:"Form of a line: json or text." enum:"json,text" default:"json" env:"BANGFU_LOG_FORMAT"`
}

// Archive says where the archive is.
type Archive struct {
	Driver       string `help:"Database of the archive: mysql, or sqlite for a trial." enum:"mysql,sqlite" default:"mysql" env:"BANGFU_ARCHIVE_DRIVER"`
	DSN          string `name:"dsn" help:"How to reach it, as user:password@tcp(host:3306)/bangfu; for sqlite the name of a file." env:"BANGFU_ARCHIVE_DSN" secret:""`
	MaxOpen      int    `help:"Most connections open at once; 0 leaves it to the program." default:"0" env:"BANGFU_ARCHIVE_MAX_OPEN"`
	MaxIdle      int    `help:"Most connections kept idle; 0 leaves it to the program." default:"0" env:"BANGFU_ARCHIVE_MAX_IDLE"`
	AllowTrialDB bool   `name:"allow-sqlite" help:"Accept the sqlite driver. For trials and tests: one process may write to it, and nobody backs it up." env:"BANGFU_ARCHIVE_ALLOW_SQLITE"`
}

// ErrSQLiteInProduction refuses the evaluation's database.
var ErrSQLiteInProduction = errors.New("production does not run on SQLite: set the archive to a MySQL 8 database (--archive-driver=mysql, --archive-dsn), or use cmd/standalone for a trial")

// ErrNoArchive says that nothing names the archive.
var ErrNoArchive = errors.New("the archive's address is missing: set --archive-dsn or BANGFU_ARCHIVE_DSN")

// Check refuses settings that cannot be meant.
func (a Archive) Check() error {
	if a.Driver == "sqlite" && !a.AllowTrialDB {
		return ErrSQLiteInProduction
	}
	if a.DSN == "" {
		return ErrNoArchive
	}
	return nil
}

// Temporal says where the Temporal cluster is and who the program is there.
type Temporal struct {
	Address   string        `help:"Host and port of Temporal's frontend." default:"127.0.0.1:7233" env:"BANGFU_TEMPORAL_ADDRESS"`
	Namespace string        `help:"Namespace of the workflows." default:"bangfu" env:"BANGFU_TEMPORAL_NAMESPACE"`
	APIKey    string        `name:"api-key" help:"Key for a frontend that asks for one." env:"BANGFU_TEMPORAL_API_KEY" secret:""`
	CAFile    string        `name:"ca-file" help:"Certificate authority of the frontend; turns TLS on." type:"path" env:"BANGFU_TEMPORAL_CA_FILE"`
	CertFile  string        `help:"This program's certificate for the frontend." type:"path" env:"BANGFU_TEMPORAL_CERT_FILE"`
	KeyFile   string        `help:"Key of that certificate." type:"path" env:"BANGFU_TEMPORAL_KEY_FILE"`
	Wait      time.Duration `help:"How long to wait for the frontend at the start." default:"1m" env:"BANGFU_TEMPORAL_WAIT"`
}

// HTTP says how the API is served.
type HTTP struct {
	Listen          string        `help:"Address and port of the API." default:"127.0.0.1:8080" env:"BANGFU_HTTP_LISTEN"`
	PublicURL       string        `name:"public-url" help:"How people reach the API from outside, for links and cookies; with https its cookies are bound to the host." default:"http://127.0.0.1:8080" env:"BANGFU_HTTP_PUBLIC_URL"`
	TrustedProxies  []string      `help:"Networks of reverse proxies whose X-Forwarded-For is believed; none by default." env:"BANGFU_HTTP_TRUSTED_PROXIES"`
	LoginLimit      int           `help:"Log-ins a minute from one address; a negative number lifts the limit." default:"20" env:"BANGFU_HTTP_LOGIN_LIMIT"`
	CommandLimit    int           `help:"Changes a minute from one address and account; a negative number lifts the limit." default:"120" env:"BANGFU_HTTP_COMMAND_LIMIT"`
	RequestLimit    int           `help:"Requests a minute from one address; a negative number lifts the limit." default:"3000" env:"BANGFU_HTTP_REQUEST_LIMIT"`
	MaxUpload       int64         `help:"Largest evidence file in bytes." default:"52428800" env:"BANGFU_HTTP_MAX_UPLOAD"`
	SessionIdle     time.Duration `help:"How long an unused log-in lasts." default:"2h" env:"BANGFU_HTTP_SESSION_IDLE"`
	SessionLife     time.Duration `help:"How long any log-in lasts." default:"12h" env:"BANGFU_HTTP_SESSION_LIFE"`
	SecretKey       string        `help:"Key that seals second factors: 64 hex digits (openssl rand -hex 32). With it, the roles below must use one; whoever changes it makes all of them set it up anew." env:"BANGFU_HTTP_SECRET_KEY" secret:""`
	FactorRoles     []string      `help:"Roles that need a second factor once there is a key." default:"system-officer,security-officer,auditor,organization,adjudicator" env:"BANGFU_HTTP_FACTOR_ROLES"`
	PasswordDays    int           `help:"Days that a password lasts; the next log-in after them sets another. A negative number: for ever." default:"90" env:"BANGFU_HTTP_PASSWORD_DAYS"`
	FormerPasswords int           `help:"Former passwords of an account that do not come back; a negative number: all may." default:"5" env:"BANGFU_HTTP_FORMER_PASSWORDS"`
	SubstituteDays  int           `help:"Most days that one substitution may last." default:"184" env:"BANGFU_HTTP_SUBSTITUTE_DAYS"`
	SingleSignOn    SingleSignOn  `embed:"" prefix:"single-sign-on-"`
	HeaderTimeout   time.Duration `help:"How long a client may take to send its header." default:"10s" env:"BANGFU_HTTP_HEADER_TIMEOUT"`
	IdleTimeout     time.Duration `help:"How long an idle connection is kept." default:"2m" env:"BANGFU_HTTP_IDLE_TIMEOUT"`
	DrainDelay      time.Duration `help:"How long to go on serving after reporting not ready, so that a load balancer sees it." default:"5s" env:"BANGFU_HTTP_DRAIN_DELAY"`
	DrainTimeout    time.Duration `help:"How long requests in flight may take to end." default:"20s" env:"BANGFU_HTTP_DRAIN_TIMEOUT"`
}

// SingleSignOn says which OpenID provider people may log in by. Without an
// issuer there is none.
type SingleSignOn struct {
	Issuer       string   `help:"Address of the OpenID provider; without one, people log in by password only." env:"BANGFU_SINGLE_SIGN_ON_ISSUER"`
	ClientID     string   `name:"client-id" help:"This program's identifier at the provider; its answers go to PUBLIC-URL/login/single-sign-on/callback." env:"BANGFU_SINGLE_SIGN_ON_CLIENT_ID"`
	ClientSecret string   `help:"This program's secret at the provider." env:"BANGFU_SINGLE_SIGN_ON_CLIENT_SECRET" secret:""`
	NameClaim    string   `help:"Claim of the provider's token that names the person, as the system officer enters it on the account." default:"preferred_username" env:"BANGFU_SINGLE_SIGN_ON_NAME_CLAIM"`
	Button       string   `help:"Text of the button on the log-in page." default:"统一身份认证登录" env:"BANGFU_SINGLE_SIGN_ON_BUTTON"`
	Scopes       []string `help:"Scopes asked of the provider." default:"openid,profile" env:"BANGFU_SINGLE_SIGN_ON_SCOPES"`
	FactorValues []string `help:"Values of the token's amr or acr that prove a second factor, such as mfa; none by default, so that the code is asked for all the same." env:"BANGFU_SINGLE_SIGN_ON_FACTOR_VALUES"`
}

// ErrSingleSignOn refuses a provider that cannot be meant.
var ErrSingleSignOn = errors.New("single sign-on needs the issuer's https address and a client ID: set BANGFU_SINGLE_SIGN_ON_ISSUER and BANGFU_SINGLE_SIGN_ON_CLIENT_ID, or neither")

// Check refuses a provider whose word could be forged on its way.
func (s SingleSignOn) Check() error {
	if s.Issuer == "" && s.ClientID == "" {
		return nil
	}
	address, err := url.Parse(s.Issuer)
	if err != nil || address.Host == "" || s.ClientID == "" {
		return ErrSingleSignOn
	}
	// Plain http is for a provider on this very machine, as in a trial.
	host := net.ParseIP(address.Hostname())
	local := address.Hostname() == "localhost" || (host != nil && host.IsLoopback())
	if address.Scheme != "https" && (address.Scheme != "http" || !local) {
		return ErrSingleSignOn
	}
	return nil
}

// Worker says how the workflows and activities are carried out.
type Worker struct {
	Listen           string        `help:"Address and port of the worker's health and metrics." default:"127.0.0.1:8081" env:"BANGFU_WORKER_LISTEN"`
	StopTimeout      time.Duration `help:"How long running activities may take to end." default:"20s" env:"BANGFU_WORKER_STOP_TIMEOUT"`
	CachedWorkflows  int           `help:"Workflows kept in memory between their steps." default:"10000" env:"BANGFU_WORKER_CACHED_WORKFLOWS"`
	LocalActivities  int           `help:"Steps on the archive carried out at once; not much above the archive's connections." default:"64" env:"BANGFU_WORKER_LOCAL_ACTIVITIES"`
	StartsPerSecond  float64       `help:"Obligations started a second after an enrolment." default:"50" env:"BANGFU_WORKER_STARTS_PER_SECOND"`
	KeepRostersDays  int           `help:"Days for which the sheet of an import is kept; a negative number keeps it for ever. The import's entry stays." default:"365" env:"BANGFU_WORKER_KEEP_ROSTERS_DAYS"`
	NoticesPerSecond float64       `help:"Most activities a second on the queue for notices, over all workers." default:"1" env:"BANGFU_WORKER_NOTICES_PER_SECOND"`
}

// Files says where evidence is kept.
type Files struct {
	URL string `name:"url" help:"Where evidence files are kept: file:///folder, or s3://bucket?region=…" default:"file:///var/lib/bangfu/files" env:"BANGFU_FILES_URL"`
}

// Mail says how notices leave by mail. Without a host they stay in the program.
type Mail struct {
	Host     string  `help:"SMTP server; without one, notices are shown in the program only." env:"BANGFU_MAIL_HOST"`
	Port     int     `help:"Its port." default:"587" env:"BANGFU_MAIL_PORT"`
	Security string  `help:"Encryption of the connection: starttls, tls, or none for a server on the same machine." enum:"starttls,tls,none" default:"starttls" env:"BANGFU_MAIL_SECURITY"`
	Username string  `help:"Account at the server." env:"BANGFU_MAIL_USERNAME"`
	Password string  `help:"Password of that account." env:"BANGFU_MAIL_PASSWORD" secret:""`
	From     string  `help:"Sender's address." env:"BANGFU_MAIL_FROM"`
	Rate     float64 `help:"Mails a second of one worker." default:"5" env:"BANGFU_MAIL_RATE"`
}
