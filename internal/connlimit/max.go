package connlimit

const (
	most      = 4096    // connections, some 20 KB of memory each
	reserve   = 512     // files that are not for connections: walls, cameras, recordings, the store
	fewFiles  = 1024    // when the system does not tell
	manyFiles = 1 << 20 // more makes no difference
)

// Max returns how many connections the process may hold: up to 4096, or fewer
// where the system allows few open files, of which 512 (with very few, half) are
// left for others.
func Max() int { return maxOf(openFiles()) }

func maxOf(files int) int { return max(1, min(most, max(files-reserve, files/2))) }
