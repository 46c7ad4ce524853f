// Package assembly puts the rooms together. Both programs are made of the same
// parts; they differ in where the database and Temporal are.
package assembly

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"strings"

	"go.temporal.io/sdk/client"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/s3blob" // evidence in an S3 bucket, for several API processes

	"bangfu/cmd/internal/settings"
	"bangfu/cmd/internal/telemetry"
	"bangfu/models/store"
	"bangfu/workflows"
)

// ErrOlderSchema asks for a migration.
var ErrOlderSchema = errors.New("the archive is not migrated to this program's version: run `bangfu migrate` first")

// OpenArchive opens the archive without looking at its schema.
func OpenArchive(ctx context.Context, archive settings.Archive, logger *slog.Logger) (*store.Archive, error) {
	if err := archive.Check(); err != nil {
		return nil, err
	}
	return store.Open(ctx, store.Settings{
		Driver: archive.Driver, DSN: archive.DSN,
		MaxOpen: archive.MaxOpen, MaxIdle: archive.MaxIdle, Logger: logger,
	})
}

// CheckSchema refuses an archive of another version than the program's.
func CheckSchema(ctx context.Context, archive *store.Archive) error {
	have, want, err := archive.SchemaVersion(ctx)
	switch {
	case err != nil:
		return err
	case have > want:
		return fmt.Errorf("%w: schema %d, program %d", store.ErrNewerSchema, have, want)
	case have < want:
		return fmt.Errorf("%w (schema %d, program %d)", ErrOlderSchema, have, want)
	default:
		return nil
	}
}

// ConnectTemporal makes a client that connects when it is first used, so that
// the API can start and serve reads while Temporal is away.
func ConnectTemporal(temporal settings.Temporal, metrics *telemetry.Metrics, logger *slog.Logger) (client.Client, error) {
	options := workflows.ClientOptions(temporal.Address, temporal.Namespace, logger)
	options.MetricsHandler = metrics.Temporal()
	if temporal.APIKey != "" {
		options.Credentials = client.NewAPIKeyStaticCredentials(temporal.APIKey)
	}
	encryption, err := encryptionFor(temporal)
	if err != nil {
		return nil, err
	}
	options.ConnectionOptions.TLS = encryption
	connection, err := client.NewLazyClient(options)
	if err != nil {
		return nil, fmt.Errorf("preparing the connection to Temporal at %s: %w", temporal.Address, err)
	}
	return connection, nil
}

func encryptionFor(temporal settings.Temporal) (*tls.Config, error) {
	if temporal.CAFile == "" && temporal.CertFile == "" {
		return nil, nil
	}
	encryption := &tls.Config{MinVersion: tls.VersionTLS12}
	if temporal.CAFile != "" {
		authority, err := os.ReadFile(temporal.CAFile)
		if err != nil {
			return nil, fmt.Errorf("reading Temporal's certificate authority: %w", err)
		}
		encryption.RootCAs = x509.NewCertPool()
		if !encryption.RootCAs.AppendCertsFromPEM(authority) {
			return nil, fmt.Errorf("reading Temporal's certificate authority: no certificate in %s", temporal.CAFile)
		}
	}
	if temporal.CertFile != "" {
		certificate, err := tls.LoadX509KeyPair(temporal.CertFile, temporal.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("reading the certificate for Temporal: %w", err)
		}
		encryption.Certificates = []tls.Certificate{certificate}
	}
	return encryption, nil
}

// OpenFiles opens the store of evidence. A folder is made when missing; files
// get no side file of metadata, since the archive keeps what is known of them.
func OpenFiles(ctx context.Context, files settings.Files) (*blob.Bucket, error) {
	address, err := url.Parse(files.URL)
	if err != nil {
		return nil, fmt.Errorf("reading the address of the evidence files: %w", err)
	}
	if address.Scheme == fileblob.Scheme {
		query := address.Query()
		query.Set("create_dir", "true")
		query.Set("no_tmp_dir", "true")
		query.Set("metadata", "skip")
		address.RawQuery = query.Encode()
	}
	bucket, err := blob.OpenBucket(ctx, address.String())
	if err != nil {
		return nil, fmt.Errorf("opening the evidence files at %s: %w", strings.SplitN(files.URL, "?", 2)[0], err)
	}
	return bucket, nil
}
