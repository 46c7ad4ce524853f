package embedded

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"go.temporal.io/server/schema/sqlite"
	"google.golang.org/protobuf/types/known/durationpb"
)

// prepareFile makes sure that the SQLite file has its schema and the namespace.
func prepareFile(settings Settings) error {
	_, err := os.Stat(settings.File)
	if errors.Is(err, fs.ErrNotExist) {
		err = createFile(settings.File)
	}
	if err != nil {
		return fmt.Errorf("preparing Temporal's file: %w", err)
	}
	namespace, err := sqlite.NewNamespaceConfig(clusterName, settings.Namespace, false, nil)
	if err != nil {
		return fmt.Errorf("describing the namespace %s: %w", settings.Namespace, err)
	}
	namespace.Detail.Config.Retention = durationpb.New(settings.Retention)
	if err := sqlite.CreateNamespaces(sqlSettings(settings.File), namespace); err != nil {
		return fmt.Errorf("creating the namespace %s: %w", settings.Namespace, err)
	}
	return nil
}

// createFile writes the schema beside the file and renames it into place: a
// process killed half-way leaves no file that looks ready and is not.
func createFile(file string) error {
	unfinished := file + ".new"
	if err := os.Remove(unfinished); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	settings := sqlSettings(unfinished)
	delete(settings.ConnectAttributes, "journal_mode") // a log file beside it would not be renamed along
	if err := sqlite.SetupSchema(settings); err != nil {
		return fmt.Errorf("writing the schema: %w", err)
	}
	return os.Rename(unfinished, file)
}
