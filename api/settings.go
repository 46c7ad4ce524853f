package api

import (
	"strings"
	"time"

	"bangfu/api/auth"
)

// Settings of the API. Zero values mean the defaults named here.
type Settings struct {
	// PublicURL is where people reach the API. With https its cookies are
	// secure and bound to the host; with http they are for loopback only.
	PublicURL string
	// TrustedProxies are networks (CIDR) whose X-Forwarded-For is believed.
	TrustedProxies []string
	// LoginLimit (20), CommandLimit (120) and RequestLimit (3000) are requests
	// a minute: log-ins by address, changes by address and account, and
	// everything by address. A negative number lifts the limit.
	LoginLimit, CommandLimit, RequestLimit int
	// MaximumUpload (50 MiB) bounds one uploaded file.
	MaximumUpload int64
	// SessionIdle (2 h) and SessionLife (12 h) end sessions.
	SessionIdle, SessionLife time.Duration
	// LockAfter (5) wrong passwords lock an account for LockFor (15 min).
	LockAfter int
	LockFor   time.Duration
	// SubstitutionDays (184) bounds how many days one substitution may last.
	SubstitutionDays int
	// SecretKey (32 bytes) seals the secrets of second factors. Without it nobody
	// can set one up.
	SecretKey []byte
	// SecondFactorRoles need a second factor, once there is a key.
	SecondFactorRoles []auth.Role
	// SingleSignOn is the provider that people may log in by, if any.
	SingleSignOn SingleSignOn
	// PasswordAge (90 days) is how long a password lasts: whoever logs in with an
	// older one sets another first. A negative length: for ever.
	PasswordAge time.Duration
	// PasswordHistory (5) former passwords do not come back. A negative number:
	// all but the present one may.
	PasswordHistory int
	// Version is the program's.
	Version string
}

func (s Settings) withDefaults() Settings {
	orElse(&s.LoginLimit, 20)
	orElse(&s.CommandLimit, 120)
	orElse(&s.RequestLimit, 3000)
	orElse(&s.MaximumUpload, 50<<20)
	orElse(&s.SessionIdle, 2*time.Hour)
	orElse(&s.SessionLife, 12*time.Hour)
	orElse(&s.LockAfter, 5)
	orElse(&s.LockFor, 15*time.Minute)
	orElse(&s.PasswordAge, 90*24*time.Hour)
	orElse(&s.PasswordHistory, 5)
	s.SingleSignOn = s.SingleSignOn.withDefaults()
	orElse(&s.SubstitutionDays, 184)
	return s
}

func orElse[T comparable](value *T, otherwise T) {
	var zero T
	if *value == zero {
		*value = otherwise
	}
}

// secure reports whether people reach the API by TLS.
func (s Settings) secure() bool { return strings.HasPrefix(s.PublicURL, "https://") }
