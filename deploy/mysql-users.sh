#!/bin/bash
# Runs once, in a fresh database server: two databases' owners that cannot see
# each other's data. Temporal's tool makes its databases itself.
set -euo pipefail
export MYSQL_PWD=$MYSQL_ROOT_PASSWORD
mysql --user=root <<SQL
CREATE DATABASE bangfu CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;
CREATE USER 'bangfu'@'%' IDENTIFIED BY '${ARCHIVE_PASSWORD}';
GRANT ALL PRIVILEGES ON bangfu.* TO 'bangfu'@'%';
CREATE USER 'temporal'@'%' IDENTIFIED BY '${TEMPORAL_PASSWORD}';
GRANT ALL PRIVILEGES ON temporal.* TO 'temporal'@'%';
GRANT ALL PRIVILEGES ON temporal_visibility.* TO 'temporal'@'%';
SQL
