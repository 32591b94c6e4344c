package export

// aviLayout decides where the chunks and indexes of an AVI file are.
type aviLayout struct {
	limit   int64
	at      int64 // where the next byte goes
	riffs   []aviRiff
	entries []aviEntry // of the last RIFF
	header  []byte     // of the last RIFF, whose sizes are not known before it ends
}

// aviRiff is one part of an AVI file.
type aviRiff struct {
	start  int64 // of the four letters RIFF
	movi   int64 // of the four letters movi
	frames uint32
	index  int64 // where its index of chunks is
	length uint32
	listed int64 // bytes of its list of chunks, from movi
	end    int64
}

// aviEntry is a chunk: where its data is, from the letters movi, and its size.
type aviEntry struct{ offset, size uint32 }

const (
	aviChunk      = 8             // "00dc" and the size
	aviIndexEntry = 8             // of an index of chunks
	aviOldEntry   = 16            // of the index of the first RIFF
	aviIndexHead  = aviChunk + 24 // of an index of chunks
	aviRiffHead   = 3*4 + 3*4     // RIFF size AVIX LIST size movi
)

func newAVILayout(limit int64) *aviLayout {
	return &aviLayout{
		limit: limit, at: aviHeadSize,
		riffs: []aviRiff{{start: 0, movi: aviHeadSize - 4}},
	}
}

func (l *aviLayout) riff() *aviRiff { return &l.riffs[len(l.riffs)-1] }

// picture puts picture i, with the empty frames before it, behind what is there.
func (l *aviLayout) picture(a *aviFile, i int) {
	if i == 0 {
		a.starts = append(a.starts, 0) // the head belongs to it
	} else {
		a.starts = append(a.starts, l.at)
	}
	size := a.src.Picture(i).Size
	frames := int64(a.repeats(i) + 1)
	ahead := frames*aviChunk + int64(size) + 1
	indexes := (int64(len(l.entries)) + frames) * (aviIndexEntry + aviOldEntry)
	if len(l.entries) > 0 && l.at+ahead+indexes+2*aviIndexHead-l.riff().start > l.limit {
		a.between[i] = l.next(a, i)
	} else if a.padded(i) {
		l.at++
	}
	for range frames - 1 {
		l.chunk(0)
	}
	l.chunk(size)
}

func (l *aviLayout) chunk(size int) {
	l.at += aviChunk
	l.entries = append(l.entries, aviEntry{uint32(l.at - l.riff().movi), uint32(size)})
	l.riff().frames++
	l.at += int64(size)
}

// finish ends the last RIFF before picture i and returns its indexes.
func (l *aviLayout) finish(a *aviFile, i int) []byte {
	if a.padded(i) {
		l.at++
	}
	r := l.riff()
	r.index = l.at
	b := l.chunkIndex()
	r.length = uint32(len(b))
	r.listed = l.at + int64(len(b)) - r.movi
	if len(l.riffs) == 1 {
		b = l.oldIndex(b)
	}
	l.at += int64(len(b))
	r.end = l.at
	if l.header != nil {
		r.patch(l.header)
	}
	l.entries = l.entries[:0]
	return b
}

// next ends one RIFF and begins another. The header of that is a part of what is
// returned, and gets its sizes later.
func (l *aviLayout) next(a *aviFile, i int) []byte {
	b := l.finish(a, i)
	l.riffs = append(l.riffs, aviRiff{start: l.at, movi: l.at + aviRiffHead - 4})
	at := len(b)
	b = append(b, make([]byte, aviRiffHead)...)
	l.header = b[at:]
	l.at += aviRiffHead
	return b
}

// patch writes the header of a RIFF that is not the first.
func (r *aviRiff) patch(b []byte) {
	copy(b, "RIFF")
	le.PutUint32(b[4:], uint32(r.end-r.start-8))
	copy(b[8:], "AVIXLIST")
	le.PutUint32(b[16:], uint32(r.listed))
	copy(b[20:], "movi")
}

// chunkIndex returns the index of all chunks of the last RIFF, "ix00".
func (l *aviLayout) chunkIndex() []byte {
	n := len(l.entries)
	b := make([]byte, 0, aviIndexHead+n*(aviIndexEntry+aviOldEntry)+aviChunk+aviRiffHead)
	b = append(b, "ix00"...)
	b = le.AppendUint32(b, uint32(24+n*aviIndexEntry))
	b = le.AppendUint16(b, 2) // longs an entry
	b = append(b, 0, 1)       // an index of chunks
	b = le.AppendUint32(b, uint32(n))
	b = append(b, "00dc"...)
	b = le.AppendUint64(b, uint64(l.riff().movi))
	b = le.AppendUint32(b, 0)
	for _, e := range l.entries {
		b = le.AppendUint32(b, e.offset)
		b = le.AppendUint32(b, e.size) // the highest bit is clear: a key frame
	}
	return b
}

// oldIndex appends the index that programs without OpenDML read.
func (l *aviLayout) oldIndex(b []byte) []byte {
	b = append(b, "idx1"...)
	b = le.AppendUint32(b, uint32(len(l.entries)*aviOldEntry))
	for _, e := range l.entries {
		b = append(b, "00dc"...)
		b = le.AppendUint32(b, 0x10) // a key frame
		b = le.AppendUint32(b, e.offset-aviChunk)
		b = le.AppendUint32(b, e.size)
	}
	return b
}
