// Package standalone is the program of cmd/standalone, as a function that tests
// can call.
package standalone

import (
	"io"
	"net"
	"path/filepath"
	"strconv"
	"time"

	"bangfu/cmd/internal/settings"
)

// Settings are what the trial can be told.
type Settings struct {
	Data          string        `help:"Folder of all state; it is made when missing." type:"path" default:"./data" env:"BANGFU_DATA"`
	HTTPPort      int           `name:"http-port" help:"Port of the API on this machine; 0 takes any free one." default:"8080" env:"BANGFU_HTTP_PORT"`
	TemporalPort  int           `help:"Port of the embedded Temporal on this machine; 0 takes any free one." default:"7233" env:"BANGFU_TEMPORAL_PORT"`
	Demonstration bool          `help:"Write demonstration data on the first start." default:"true" negatable:"" env:"BANGFU_DEMONSTRATION"`
	DrainTimeout  time.Duration `help:"How long each part may take to end." default:"15s" env:"BANGFU_DRAIN_TIMEOUT"`
	LogLevel      string        `help:"Least severe line of the log: debug, info, warn or error." enum:"debug,info,warn,error" default:"warn" env:"BANGFU_LOG_LEVEL"`
	LogFormat     string        `help:"Form of the log's lines: text or json." enum:"text,json" default:"text" env:"BANGFU_LOG_FORMAT"`

	// Out is told what happens, in words for a person; LogTo gets the log.
	Out   io.Writer `kong:"-"`
	LogTo io.Writer `kong:"-"`
	// Started is called once everything answers.
	Started func(Addresses) `kong:"-"`
}

// Addresses are where the trial answers.
type Addresses struct {
	// API is its base URL, Temporal the frontend's host and port.
	API, Temporal string
	// Links are the log-in links that were printed, one a role.
	Links []Link
}

// Link lets one role in, once.
type Link struct{ Role, Title, URL string }

// loopback is where everything listens: a trial has no TLS and lets people in
// by links on a screen.
const loopback = "127.0.0.1"

const namespace = "bangfu"

func (s Settings) archiveFile() string  { return filepath.Join(s.Data, "archive.db") }
func (s Settings) temporalFile() string { return filepath.Join(s.Data, "temporal.db") }
func (s Settings) keyFile() string      { return filepath.Join(s.Data, "secret.key") }
func (s Settings) filesFolder() string  { return filepath.Join(s.Data, "files") }

func (s Settings) withDefaults() Settings {
	if s.Out == nil {
		s.Out = io.Discard
	}
	if s.LogTo == nil {
		s.LogTo = io.Discard
	}
	if s.LogLevel == "" {
		s.LogLevel, s.LogFormat = "warn", "text"
	}
	if s.DrainTimeout == 0 {
		s.DrainTimeout = 15 * time.Second
	}
	if s.Started == nil {
		s.Started = func(Addresses) {}
	}
	return s
}

func (s Settings) log() settings.Log { return settings.Log{Level: s.LogLevel, Format: s.LogFormat} }

// http are the settings of the API in a trial. The limits on rates guard a
// server that strangers reach; here they would only be in a tester's way. A
// second factor can be tried, and no role needs one.
func (s Settings) http(publicURL, secretKey string) settings.HTTP {
	return settings.HTTP{
		PublicURL: publicURL, SecretKey: secretKey, HeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		LoginLimit: -1, CommandLimit: -1, RequestLimit: -1,
	}
}

func (s Settings) httpAddress() string {
	return net.JoinHostPort(loopback, strconv.Itoa(s.HTTPPort))
}
