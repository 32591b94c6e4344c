// Package release holds how a release is built and checked: scripts for make, and their
// tests. It holds nothing of the product.
//
// dist.sh builds the archives of `make dist`: a static program for each kind of machine,
// with what belongs to it, the same bytes every time. try.sh runs them, those for other
// processors under qemu. vulncheck.sh looks for known weaknesses in what the program
// is built of.
package release
