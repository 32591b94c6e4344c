package export

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"time"

	"camhub/internal/atomicfile"
)

// jobFile is the name of what is known of a job, in the folder of its own that each
// has.
const jobFile = "job.json"

// folderName is how the folders of jobs are called. All else is left alone.
var folderName = regexp.MustCompile(`^[a-z2-7]{16}$`)

func (s *Service) path(id string) string { return filepath.Join(s.c.Dir, id) }

// kept is what is written of a job.
type kept struct {
	Job
	By   string `json:"by"`
	Told bool   `json:"told"`
}

// save writes what is known of a job.
func (s *Service) save(j *job) error {
	b, err := json.Marshal(kept{j.Job, j.By, j.Told})
	if err != nil {
		return err
	}
	dir := s.path(j.ID)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("save export: %w", err)
	}
	if err := atomicfile.Write(filepath.Join(dir, jobFile), b, 0o644); err != nil {
		return fmt.Errorf("save export: %w", err)
	}
	return nil
}

// saveOrLog is save for a job that goes on anyway: it would be lost with the hub.
func (s *Service) saveOrLog(j *job) {
	if err := s.save(j); err != nil {
		s.c.Log.Warn("an export would not survive a restart", "export", j.ID, "err", err)
	}
}

// removeFiles removes all files of a job but what is known of it.
func (s *Service) removeFiles(id string) error {
	names, err := os.ReadDir(s.path(id))
	for _, e := range names {
		if e.Name() != jobFile {
			err = errors.Join(err, os.Remove(filepath.Join(s.path(id), e.Name())))
		}
	}
	return err
}

// load reads the jobs of an earlier run. What can't be read is removed.
func (s *Service) load() error {
	names, err := os.ReadDir(s.c.Dir)
	if err != nil {
		return err
	}
	var found []*job
	for _, e := range names {
		if !e.IsDir() || !folderName.MatchString(e.Name()) {
			continue
		}
		j, err := s.read(e.Name())
		if err != nil {
			s.c.Log.Warn("an export of before is lost", "export", e.Name(), "err", err)
			if err := os.RemoveAll(s.path(e.Name())); err != nil {
				return err
			}
			continue
		}
		found = append(found, j)
	}
	slices.SortStableFunc(found, func(a, b *job) int { return a.Created.Compare(b.Created) })
	for _, j := range found {
		s.resume(j)
	}
	return nil
}

func (s *Service) read(id string) (*job, error) {
	b, err := os.ReadFile(filepath.Join(s.path(id), jobFile))
	if err != nil {
		return nil, err
	}
	var k kept
	if err := json.Unmarshal(b, &k); err != nil {
		return nil, err
	}
	j := &job{Job: k.Job, By: k.By, Told: k.Told}
	_, known := formats[j.Format]
	if j.ID != id || !known || len(j.Cameras) == 0 || !(j.Speed >= 1) {
		return nil, errors.New("it is not what it was")
	}
	return j, nil
}

// resume takes a job of an earlier run.
func (s *Service) resume(j *job) {
	j.Position = 0
	switch {
	case j.State == Running:
		now := time.Now().UTC()
		j.State, j.Error, j.Finished = Failed, interrupted(), &now
		s.fail(j)
		s.tell(j)
		s.saveOrLog(j)
	case j.State == Ready && j.Format == H264:
		if !s.reopen(j) {
			j.State, j.Error = Failed, &Reason{CodeInterrupted, "The file of this export is no longer there."}
			s.fail(j)
			s.saveOrLog(j)
		}
	case j.State == Ready: // it is planned anew
		j.State, j.Files, j.Finished = Queued, nil, nil
	}
	s.add(j)
	s.touch(j)
}

// reopen finds the files of a job, and reports whether all are there.
func (s *Service) reopen(j *job) bool {
	for i := range j.Files {
		f := &file{File: j.Files[i], path: filepath.Join(s.path(j.ID), fmt.Sprintf("%d.mp4", i))}
		info, err := os.Stat(f.path)
		if err != nil || info.Size() != f.Size {
			return false
		}
		j.files = append(j.files, f)
	}
	return j.Finished != nil && len(j.Files) > 0
}
