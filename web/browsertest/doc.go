// Package browsertest holds tests that start the real program and look at its
// pages with a real browser, as a person would: they click, type and compare
// the pixels of the pictures. They need Chromium or Chrome, and are skipped
// where there is none, unless CI=true says that there must be one.
package browsertest
