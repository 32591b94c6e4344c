package backup

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"

	"camhub/internal/hubclient"
)

// Download writes to w the backup that a running hub makes, and compares its length and
// checksum with what the hub says. It takes as long as the hub does, and ends with ctx.
func Download(ctx context.Context, hub *hubclient.Client, withSecrets bool, w io.Writer) error {
	path := "/api/v1/backup"
	if withSecrets {
		path += "?secrets=1"
	}
	resp, err := hub.Open(ctx, path)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, sum), resp.Body)
	if err != nil {
		return fmt.Errorf("get the backup: after %d bytes: %w", n, err)
	}
	digest := "sha-256=:" + base64.StdEncoding.EncodeToString(sum.Sum(nil)) + ":"
	if resp.ContentLength != n || resp.Header.Get("Repr-Digest") != digest {
		return fmt.Errorf("get the backup: %w", ErrDamaged)
	}
	return nil
}
