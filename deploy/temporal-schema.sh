#!/bin/sh
# Sets up or upgrades the schemas of Temporal's two databases: its own state and
# its visibility. Safe to repeat. The tool reads host, user and password from
# the environment (SQL_HOST, SQL_USER, SQL_PASSWORD, SQL_PLUGIN).
set -eu

schema() {
	database=$1 versions=$2
	temporal-sql-tool --database "$database" create-database
	# A second set-up finds a later version there and leaves it.
	temporal-sql-tool --database "$database" setup-schema --version 0.0
	temporal-sql-tool --database "$database" update-schema --schema-dir "$versions"
}

schema temporal /etc/temporal/schema/mysql/v8/temporal/versioned
schema temporal_visibility /etc/temporal/schema/mysql/v8/visibility/versioned
