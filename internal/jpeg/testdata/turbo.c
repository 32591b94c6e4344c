// turbo measures libjpeg-turbo for the benchmarks of this package, through the
// TurboJPEG API, planes to planes and with handles and buffers that are used
// again: its fastest way.
//
//	cc -O2 -o turbo turbo.c -lturbojpeg
//	turbo ROUNDS DENOMINATOR picture.jpg...
//
// It decodes each picture at 1/DENOMINATOR and codes it at quality 70. With the
// denominator 8 it decodes the luma alone. It prints the CPU time that a
// picture took, in nanoseconds, without reading files.
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <turbojpeg.h>

static double cpu(void) {
	struct rusage u;
	getrusage(RUSAGE_SELF, &u);
	return u.ru_utime.tv_sec * 1e9 + u.ru_utime.tv_usec * 1e3 + u.ru_stime.tv_sec * 1e9 + u.ru_stime.tv_usec * 1e3;
}

static void fail(const char *what) {
	fprintf(stderr, "%s: %s\n", what, tjGetErrorStr());
	exit(1);
}

int main(int argc, char **argv) {
	if (argc < 4) fail("usage");
	int rounds = atoi(argv[1]), den = atoi(argv[2]), n = argc - 3;
	unsigned char *jpeg[64], *planes[3] = {0}, *out = NULL;
	unsigned long size[64], got = 0;
	for (int i = 0; i < n; i++) {
		FILE *f = fopen(argv[3 + i], "rb");
		if (!f) fail(argv[3 + i]);
		jpeg[i] = malloc(16 << 20);
		size[i] = fread(jpeg[i], 1, 16 << 20, f);
		fclose(f);
	}
	for (int i = 0; i < 3; i++) planes[i] = malloc(64 << 20);
	tjhandle d = tjInitDecompress(), c = tjInitCompress();
	tjscalingfactor scale = {1, den};
	double start = 0;
	for (int r = -1; r < rounds; r++) {
		if (r == 0) start = cpu(); // the first round warms up
		for (int i = 0; i < n; i++) {
			int w, h, sub, space;
			if (tjDecompressHeader3(d, jpeg[i], size[i], &w, &h, &sub, &space)) fail("header");
			w = TJSCALED(w, scale), h = TJSCALED(h, scale);
			if (den == 8) {
				if (tjDecompress2(d, jpeg[i], size[i], planes[0], w, w, h, TJPF_GRAY, 0)) fail("luma");
				continue;
			}
			if (tjDecompressToYUVPlanes(d, jpeg[i], size[i], planes, w, NULL, h, 0)) fail("decode");
			if (tjCompressFromYUVPlanes(c, (const unsigned char **)planes, w, NULL, h, sub, &out, &got, 70, 0)) fail("code");
		}
	}
	printf("%.0f\n", (cpu() - start) / rounds / n);
	return 0;
}
