package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"

	"camhub/internal/simulator"
)

// simulate runs the camera simulator until a signal ends it.
func simulate(ctx context.Context, args []string, stdout, _ io.Writer) error {
	fs := flag.NewFlagSet("camhub simulate", flag.ContinueOnError)
	listen := fs.String("listen", "127.0.0.1:8090", "`address` to serve on; port 0 picks a free one")
	if err := parse(fs, args, stdout); err != nil {
		return err
	}
	l, err := net.Listen("tcp", *listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", *listen, err)
	}
	fmt.Fprintf(stdout, "simulated cameras are at http://%s\n", l.Addr())
	return simulator.Serve(ctx, l)
}
