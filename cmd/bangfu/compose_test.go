package main

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/stretchr/testify/require"

	"bangfu/cmd/internal/settings"
)

var composeFile = filepath.Join("..", "..", "docker-compose.yml")

// secrets are what an operator has to give; each has a value that is easy to
// find again in the loaded project.
var secrets = []string{
	"MYSQL_ROOT_PASSWORD=find-me-root", "ARCHIVE_PASSWORD=find-me-archive",
	"TEMPORAL_PASSWORD=find-me-temporal", "PUBLIC_URL=https://bangfu.example.org",
}

func compose(t *testing.T, environment ...string) (*types.Project, error) {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{composeFile}, cli.WithEnv(environment))
	require.NoError(t, err)
	return options.LoadProject(t.Context())
}

func loaded(t *testing.T) *types.Project {
	t.Helper()
	project, err := compose(t, secrets...)
	require.NoError(t, err)
	return project
}

func TestNothingStartsWithoutItsSecrets(t *testing.T) {
	for _, left := range secrets {
		given := slices.DeleteFunc(slices.Clone(secrets), func(one string) bool { return one == left })
		_, err := compose(t, given...)
		name, _, _ := strings.Cut(left, "=")
		require.ErrorContains(t, err, name)
	}
}

func TestTheFileHoldsNoSecret(t *testing.T) {
	content, err := os.ReadFile(composeFile)
	require.NoError(t, err)
	// Whatever is called a password gets its value from outside.
	secret := regexp.MustCompile(`(?i)(password|_pwd|secret|api_key)\S*:\s*(.*)`)
	found := 0
	for _, line := range strings.Split(string(content), "\n") {
		text, _, _ := strings.Cut(line, "#")
		if secret.MatchString(text) && !strings.Contains(text, "test:") {
			found++
			require.Contains(t, text, "${", line)
		}
	}
	require.GreaterOrEqual(t, found, 5)
}

func TestImagesArePinned(t *testing.T) {
	exact := regexp.MustCompile(`:\d+\.\d+\.\d+$`)
	for name, service := range loaded(t).Services {
		require.Regexp(t, exact, service.Image, name)
	}
}

func TestWhatRunsIsWatchedAndWhatEndsIsAwaited(t *testing.T) {
	project := loaded(t)
	for name, service := range project.Services {
		job := strings.HasPrefix(service.Restart, types.RestartPolicyOnFailure)
		require.Equal(t, !job, service.HealthCheck != nil, name)
		for needed, dependency := range service.DependsOn {
			other, exists := project.Services[needed]
			require.True(t, exists, "%s needs %s", name, needed)
			wanted := types.ServiceConditionHealthy
			if strings.HasPrefix(other.Restart, types.RestartPolicyOnFailure) {
				wanted = types.ServiceConditionCompletedSuccessfully
			}
			require.Equal(t, wanted, dependency.Condition, "%s needs %s", name, needed)
		}
	}
}

func TestPortsAreThisHostsAlone(t *testing.T) {
	for name, service := range loaded(t).Services {
		for _, port := range service.Ports {
			require.Equal(t, "127.0.0.1", port.HostIP, name)
		}
	}
}

func TestEveryVariableIsOneThatTheProgramKnows(t *testing.T) {
	parser, err := newParser(&program{}, io.Discard, io.Discard)
	require.NoError(t, err)
	known := settings.Variables(parser.Model)
	checked := 0
	for name, service := range loaded(t).Services {
		for variable := range service.Environment {
			if strings.HasPrefix(variable, "BANGFU_") {
				checked++
				require.Contains(t, known, variable, name)
			}
		}
	}
	require.Greater(t, checked, 10)
}

func TestTheServicesRunCommandsThatExist(t *testing.T) {
	parser, err := newParser(&program{}, io.Discard, io.Discard)
	require.NoError(t, err)
	var commands []string
	for _, node := range parser.Model.Children {
		commands = append(commands, node.Name)
	}
	ours := 0
	for _, service := range loaded(t).Services {
		if !strings.HasPrefix(service.Image, "bangfu:") {
			continue
		}
		ours++
		require.Contains(t, commands, service.Command[0])
		if service.HealthCheck != nil {
			require.Equal(t, "bangfu", service.HealthCheck.Test[1])
			require.Contains(t, commands, service.HealthCheck.Test[2])
		}
	}
	require.Equal(t, 4, ours)
}

func TestTemporalIsSetUpByItsToolsAndOnePinnedVersion(t *testing.T) {
	project := loaded(t)
	require.Equal(t, "temporalio/server:1.32.1", project.Services["temporal"].Image)
	require.Equal(t, "temporalio/admin-tools:1.32.1", project.Services["temporal-schema"].Image)
	require.Contains(t, project.Services["temporal"].DependsOn, "temporal-schema")
	require.Equal(t, "mysql8", *project.Services["temporal"].Environment["DB"])
	script, err := os.ReadFile(filepath.Join("..", "..", "deploy", "temporal-schema.sh"))
	require.NoError(t, err)
	for _, database := range []string{"DBNAME", "VISIBILITY_DBNAME"} {
		require.Contains(t, string(script), "schema "+*project.Services["temporal"].Environment[database]+" ")
	}
}
