// Package release holds how a release is built and checked: scripts for make, and their
// tests. It holds nothing of the product.
//
// dist.sh builds what `make dist` promises: build/dist/camhub_<version>_linux_<arch>.tar.gz
// for amd64, arm64 and armv7, each with its bill of materials (CycloneDX), and SHA256SUMS.
// The programs are static, with local cameras: nothing has to be installed beside them. The
// same commit and compilers give the same bytes. try.sh (`make test-dist`) builds them
// twice and runs them, those for other processors under qemu-user. vulncheck.sh, a part of
// `make test`, looks for known weaknesses of the modules that the program calls, and says
// so when it can't reach the database.
package release
