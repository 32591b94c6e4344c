package export

// deleted says why an export that was made is no more.
const deleted = "Recordings of this export were deleted, since there was no other room for new ones."

// lost reports whether recordings that the job holds were deleted all the same.
func (j *job) lost() bool {
	for _, h := range j.holds {
		if h.Lost() {
			return true
		}
	}
	return false
}

// look fails a job that was ready and has lost recordings that its files are made of.
// Called with mu held.
func (s *Service) look(j *job) {
	if j.State != Ready || !j.lost() {
		return
	}
	j.State, j.Error = Failed, &Reason{CodeDeleted, deleted}
	s.fail(j)
	j.Told = false // that it is ready was the news before
	s.tell(j)
	s.saveOrLog(j)
	s.touch(j)
}
