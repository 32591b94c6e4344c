package backup

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// startWithin bounds the wait for a hub to begin its answer.
const startWithin = 2 * time.Minute

// Download writes to w the backup that the hub at base makes, and compares its length and
// checksum with what the hub says. token is an API token of an admin, or "" for a hub
// without users. It takes as long as the hub does, and ends with ctx.
func Download(ctx context.Context, base, token string, withSecrets bool, w io.Writer) error {
	at, err := url.Parse(base)
	if err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" || at.User != nil {
		return errors.New("the address of the hub must be like http://127.0.0.1:8080, without a password")
	}
	at = at.JoinPath("/api/v1/backup")
	if withSecrets {
		at.RawQuery = "secrets=1"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.ResponseHeaderTimeout = startWithin
	defer transport.CloseIdleConnections()
	client := http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("ask the hub for a backup: %w", err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("ask the hub for a backup: %s", refusal(resp))
	}
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

// refusal says why a hub gave no backup.
func refusal(resp *http.Response) string {
	var p struct{ Detail string }
	b, _ := io.ReadAll(io.LimitReader(resp.Body, 64<<10)) // what is missing is not told
	_ = json.Unmarshal(b, &p)
	text := strings.TrimSpace(resp.Status + " " + p.Detail)
	if resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden {
		text += " (it takes an API token of an admin, in CAMHUB_TOKEN)"
	}
	return text
}
