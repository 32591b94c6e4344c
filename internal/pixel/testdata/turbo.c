// turbo measures libjpeg-turbo for the benchmarks of this package, through the
// TurboJPEG API, with a handle and a buffer that are used again: its fastest way
// from the memory of a camera.
//
//	cc -O3 -o turbo turbo.c -lturbojpeg
//	turbo ROUNDS FOURCC WIDTH HEIGHT QUALITY frame.raw
//
// FOURCC is YUYV, whose planes it splits first, NV12, whose pairs it splits,
// YU12 or GREY. The width is a multiple of 16 and the height of 2. It prints the
// CPU time that a picture took, in nanoseconds, and the bytes of the JPEG.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static void yuyv(const unsigned char *restrict in, unsigned char *restrict y, unsigned char *restrict u, unsigned char *restrict v, int n) {
	for (int i = 0; i < n / 4; i++) {
		y[2 * i] = in[4 * i], y[2 * i + 1] = in[4 * i + 2];
		u[i] = in[4 * i + 1], v[i] = in[4 * i + 3];
	}
}

static void pairs(const unsigned char *restrict in, unsigned char *restrict u, unsigned char *restrict v, int n) {
	for (int i = 0; i < n; i++) u[i] = in[2 * i], v[i] = in[2 * i + 1];
}

int main(int argc, char **argv) {
	if (argc != 7) fail("usage");
	int rounds = atoi(argv[1]), w = atoi(argv[3]), h = atoi(argv[4]), quality = atoi(argv[5]);
	FILE *f = fopen(argv[6], "rb");
	if (!f) fail(argv[6]);
	unsigned char *in = malloc(2 * w * h), *y = malloc(w * h), *u = malloc(w * h), *v = malloc(w * h), *out = NULL;
	if (fread(in, 1, 2 * w * h, f) < (size_t)(w * h)) fail("read");
	unsigned long size = 0;
	tjhandle c = tjInitCompress();
	double start = 0;
	for (int r = -1; r < rounds; r++) {
		if (r == 0) start = cpu(); // the first round warms up
		const unsigned char *planes[3] = {in, u, v};
		int sub = TJSAMP_420;
		if (!strcmp(argv[2], "YUYV")) {
			yuyv(in, y, u, v, 2 * w * h);
			planes[0] = y, sub = TJSAMP_422;
		} else if (!strcmp(argv[2], "NV12")) {
			pairs(in + w * h, u, v, w * h / 4);
		} else if (!strcmp(argv[2], "YU12")) {
			planes[1] = in + w * h, planes[2] = in + w * h * 5 / 4;
		} else if (!strcmp(argv[2], "GREY")) {
			sub = TJSAMP_GRAY;
		} else {
			fail(argv[2]);
		}
		if (tjCompressFromYUVPlanes(c, planes, w, NULL, h, sub, &out, &size, quality, 0)) fail("code");
	}
	printf("%.0f %lu\n", rounds ? (cpu() - start) / rounds : 0, size);
	return 0;
}
