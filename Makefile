# Each command is a script in scripts/.
.DEFAULT_GOAL := help
.PHONY: help run test check bench abuse fuzz sbom

help: ## Show this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 16

run: ## Start a demo shop at http://127.0.0.1:8080; Ctrl-C stops it, its data stays under var/
	@scripts/run.sh

test: ## Run every test on temporary databases; ARGS="-p api --test it killed" runs only those
	@scripts/test.sh $(ARGS)

check: ## Check format, lints, schemas, dependency direction, licenses
	@scripts/check.sh

bench: ## Run the load benchmark; PRODUCTS=10000 by default
	@scripts/bench.sh

abuse: ## Search for the most expensive GraphQL request that is admitted; SEED=1, SECONDS_TOTAL=60
	@scripts/abuse.sh

fuzz: ## Run the fuzz targets; SECONDS_EACH=60 by default
	@scripts/fuzz.sh

sbom: ## Write the bill of materials to var/sbom
	@scripts/sbom.sh
