package settings_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"bangfu/cmd/internal/settings"
)

// line is a small program with one plain setting, one list and one secret.
type line struct {
	Config  string           `env:"BANGFU_CONFIG"`
	Archive settings.Archive `embed:"" prefix:"archive-"`
	Proxies []string         `env:"BANGFU_PROXIES"`
}

func (line) BeforeResolve(context *kong.Context) error { return settings.UseFile(context) }

func parse(t *testing.T, arguments ...string) (line, error) {
	t.Helper()
	var parsed line
	parser, err := kong.New(&parsed, kong.Writers(io.Discard, io.Discard))
	require.NoError(t, err)
	_, err = parser.Parse(arguments)
	return parsed, err
}

func file(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
	return path
}

func TestAFlagWinsOverTheEnvironmentAndThatOverTheFile(t *testing.T) {
	config := file(t, "settings.yaml", "archive:\n  dsn: from-file\n  max-open: 7\n")

	parsed, err := parse(t, "--config", config)
	require.NoError(t, err)
	require.Equal(t, "from-file", parsed.Archive.DSN)
	require.Equal(t, 7, parsed.Archive.MaxOpen)
	require.Equal(t, "mysql", parsed.Archive.Driver, "the default, where nobody says anything")

	t.Setenv("BANGFU_ARCHIVE_DSN", "from-environment")
	parsed, err = parse(t, "--config", config)
	require.NoError(t, err)
	require.Equal(t, "from-environment", parsed.Archive.DSN)

	parsed, err = parse(t, "--config", config, "--archive-dsn", "from-flag")
	require.NoError(t, err)
	require.Equal(t, "from-flag", parsed.Archive.DSN)
}

func TestTheFileMayBeNamedByTheEnvironmentAndMayBeJSON(t *testing.T) {
	t.Setenv("BANGFU_CONFIG", file(t, "settings.json", `{"archive": {"dsn": "json"}, "proxies": ["10.0.0.0/8", "127.0.0.1/32"]}`))
	parsed, err := parse(t)
	require.NoError(t, err)
	require.Equal(t, "json", parsed.Archive.DSN)
	require.Equal(t, []string{"10.0.0.0/8", "127.0.0.1/32"}, parsed.Proxies)
}

func TestAKeyThatNobodyKnowsIsATypingError(t *testing.T) {
	_, err := parse(t, "--config", file(t, "settings.yaml", "archive: {dns: x}\n"))
	require.ErrorContains(t, err, "archive-dns")
}

func TestAFileThatIsMissingIsNamed(t *testing.T) {
	_, err := parse(t, "--config", "/nowhere/settings.yaml")
	require.ErrorContains(t, err, "/nowhere/settings.yaml")
}

func TestASecretMayBeInAFile(t *testing.T) {
	t.Setenv("BANGFU_ARCHIVE_DSN_FILE", file(t, "secret", "bangfu:s3cret@tcp(db)/bangfu\n"))
	parsed, err := parse(t)
	require.NoError(t, err)
	require.Equal(t, "bangfu:s3cret@tcp(db)/bangfu", parsed.Archive.DSN)
}

func TestOnlySecretsAreReadFromFiles(t *testing.T) {
	t.Setenv("BANGFU_ARCHIVE_MAX_OPEN_FILE", file(t, "number", "9"))
	parsed, err := parse(t)
	require.NoError(t, err)
	require.Zero(t, parsed.Archive.MaxOpen)
}

func TestProductionRefusesSQLite(t *testing.T) {
	require.ErrorIs(t, settings.Archive{Driver: "sqlite", DSN: "archive.db"}.Check(), settings.ErrSQLiteInProduction)
	require.NoError(t, settings.Archive{Driver: "sqlite", DSN: "archive.db", AllowTrialDB: true}.Check())
	require.ErrorIs(t, settings.Archive{Driver: "mysql"}.Check(), settings.ErrNoArchive)
}

func TestAProviderWhoseWordCouldBeForgedIsRefused(t *testing.T) {
	for issuer, good := range map[string]bool{
		"https://id.example.org/realm": true, "http://127.0.0.1:9000": true, "http://localhost:9000": true, "http://[::1]:9000": true,
		"http://id.example.org": false, "id.example.org": false, "https://": false, "": false, "ftp://127.0.0.1": false,
	} {
		err := settings.SingleSignOn{Issuer: issuer, ClientID: "bangfu"}.Check()
		require.Equal(t, good, err == nil, issuer)
	}
	require.ErrorIs(t, settings.SingleSignOn{Issuer: "https://id.example.org"}.Check(), settings.ErrSingleSignOn)
	require.NoError(t, settings.SingleSignOn{}.Check(), "nothing is asked of whoever has no provider")
}
