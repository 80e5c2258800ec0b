# The commands of this repository; each is a script in scripts/.
.DEFAULT_GOAL := help
.PHONY: help run test check bench

help: ## Show these lines
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

run: ## A demo shop at http://127.0.0.1:8080; Ctrl-C stops it, its data stays under var/
	@scripts/run.sh

test: ## Every test, on throw-away databases, and outside checks of a running shop
	@scripts/test.sh

check: ## Format, lints, schemas up to date, dependency direction, licences
	@scripts/check.sh

bench: ## The load benchmark: PRODUCTS=10000 by default
	@scripts/bench.sh
